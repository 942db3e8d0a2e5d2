using System.Text;
using Roj.Storage.Resp;
using Roj.Tests.Storage.Resp;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>What anybody may send to where clients are served.</summary>
public sealed class RespFuzz
{
    private static readonly string[] said =
    [
        "SET a 1 EX 10 NX GET", "GET a", "MGET a b c", "MSET a 1 b 2", "INCRBY a 5", "APPEND a x", "DEL a b", "EXPIRE a 10 NX",
        "PERSIST a", "TTL a", "KEYS [a-c]*", "SCAN 0 MATCH a* COUNT 5 TYPE string", "SELECT 3", "HELLO 3 SETNAME x", "RESET",
        "CLIENT SETNAME x", "CONFIG GET *", "INFO server", "COMMAND INFO get", "MULTI", "EXEC", "GETEX a PERSIST", "GETRANGE a 0 -1",
        "QUIT", "FLUSHALL", "RANDOMKEY", "WAIT 0 0", "AUTH secret", "NOPE a b",
    ];

    /// <summary>All in one piece or byte by byte, the replies are the same; a client who was not hung up on is still served.</summary>
    [Fact]
    public void Sessions() => Fuzzing.Run(Corpus(), input =>
    {
        var whole = new RespClient();
        var heard = whole.Send(Encoding.Latin1.GetString(input));
        var slow = new RespClient();
        Assert.Equal(heard, string.Concat(input.Select(letter => slow.Send($"{(char)letter}"))));
        Assert.Equal(whole.Session.IsOver, slow.Session.IsOver);
        Assert.Equal(0, whole.Session.UnderWay);
        return !whole.Session.IsOver || heard.EndsWith("+OK\r\n", StringComparison.Ordinal);
    });

    /// <summary>Strangers cost nothing that they did not send.</summary>
    [Fact]
    public void Strangers() => Fuzzing.Run([Encoding.Latin1.GetBytes(RespClient.Command("AUTH x") + RespClient.Command("GET a"))], input =>
    {
        var isOver = false;
        Fuzzing.Bounded(input, bytes =>
        {
            var session = new RespSession(new RespSettings { Password = "a password that nobody hits upon"u8.ToArray() }, new RespFacts());
            session.Receive(bytes);
            Assert.False(session.TryTake(0, out _));
            isOver = session.IsOver;
            return true;
        });
        return !isOver;
    });

    /// <summary>The store answers when and in which order it likes: every command has its reply all the same, in order.</summary>
    [Fact]
    public void Orders() => Fuzzing.Run(Corpus(), input =>
    {
        var client = new RespClient(new RespSettings { CallsMax = 4 });
        var at = 0;
        client.Session.Receive(input);
        client.Take();
        while (client.UnderWay.Count > 0)
        {
            client.Answer(input[at++ % input.Length] % client.UnderWay.Count);
            client.Take();
            Assert.InRange(client.UnderWay.Count, 0, 4);
        }

        Assert.Equal(client.Session.Output.Length, client.Session.Waiting);
        return true;
    });

    private static byte[][] Corpus() =>
    [
        .. said.Select(words => Encoding.Latin1.GetBytes(RespClient.Command(words))),
        Encoding.Latin1.GetBytes(string.Concat(said.Where(words => words is not "QUIT").Select(RespClient.Command))),
        "SET a \"1 2\\x41\" EX 10\r\nGET 'a'\r\n\r\nPING\n"u8.ToArray(),
    ];
}

using Roj.Kernel;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>A client can't tell in which order the store does what may be under way together: a thousand seeds.</summary>
public sealed class RespOrderTests
{
    private static readonly string[] commands =
    [
        "GET #", "SET # 1", "SET # 20 NX", "SET # 30 XX GET", "INCR #", "INCRBY # 7", "DECR #", "APPEND # 9", "DEL # #", "UNLINK #",
        "GETDEL #", "GETSET # 5", "MGET # # #", "MSET # 1 # 2 # 3", "EXISTS # #", "STRLEN #", "EXPIRE # 100", "PERSIST #", "TTL #",
        "KEYS *", "SCAN 0", "DBSIZE", "FLUSHDB", "FLUSHALL", "SELECT 0", "SELECT 1", "PING", "ECHO #", "NOPE #", "TYPE #",
        "GETRANGE # 0 0", "RANDOMKEY",
    ];

    [Fact]
    public void Replies_are_those_of_a_store_that_does_one_thing_at_a_time()
    {
        for (var seed = 1UL; seed <= 1000; seed++)
        {
            var rng = new Rng(seed);
            var said = Enumerable.Range(0, 60).Select(_ => Fill(commands[rng.Next(0, commands.Length)], rng)).ToArray();
            var expected = string.Concat(said.Select(Slowly()));
            var heard = InAnyOrder(said, rng);
            Assert.True(expected == heard, $"seed {seed}: {string.Join(", ", said)}");
        }
    }

    private static Func<string, string> Slowly()
    {
        var client = new RespClient();
        return command => client.Say(command);
    }

    private static string InAnyOrder(string[] said, Rng rng)
    {
        var client = new RespClient(new RespSettings { CallsMax = rng.Next(1, 20) });
        var heard = "";
        for (var next = 0; next < said.Length || client.UnderWay.Count > 0;)
        {
            if (next < said.Length && rng.Next(0, 3) == 0)
                client.Ask(said[next++]);
            else if (client.UnderWay.Count > 0)
                client.Answer(rng.Next(0, client.UnderWay.Count));
            client.Take();
            heard += client.Hear();
        }

        Assert.Equal(0, client.Session.Waiting);
        return heard;
    }

    private static string Fill(string command, Rng rng) =>
        string.Concat(command.Select(letter => letter == '#' ? $"{(char)('a' + rng.Next(0, 3))}" : $"{letter}"));
}

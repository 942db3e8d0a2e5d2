using System.Globalization;
using System.Text;
using Roj.EndToEnd.Interop;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj.Tests.Storage.Resp;

/// <summary>A client of one session, whose store answers when it is told to.</summary>
internal sealed class RespClient
{
    private readonly DumbStore store = new();
    private readonly List<RespCall> underWay = [];

    public RespClient(RespSettings? settings = null, RespFacts? facts = null) =>
        Session = new RespSession(settings ?? new RespSettings(), facts ?? new RespFacts());

    public RespSession Session { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Now { get; set; } = 1_000_000;

    /// <summary>The calls that were taken and not answered, oldest first.</summary>
    public IReadOnlyList<RespCall> UnderWay => underWay;

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A command as an array of bulk strings, its words with blanks between them.</summary>
    public static string Command(string words) => Command(words.Split(' '));

    public static string Command(params string[] words) =>
        $"*{words.Length}\r\n"
        + string.Concat(words.Select(word => string.Create(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n")));

    public static RespClient WithPassword(string password) => new(new RespSettings { Password = Bytes(password) });

    /// <summary>Sends commands, does at once what they ask for, and takes what is answered.</summary>
    public string Say(params string[] commands) => Send(string.Concat(commands.Select(Command)));

    /// <summary>Sends what may be no command.</summary>
    public string Send(string bytes)
    {
        Session.Receive(Bytes(bytes));
        return Work();
    }

    /// <summary>Does all there is to be done.</summary>
    public string Work()
    {
        var heard = new StringBuilder(Hear());
        while (Session.TryTake(Now, out var call))
        {
            Session.Answer(Now, call, store.Answer(call.Call, Now));
            heard.Append(Hear());
        }

        return heard.Append(Hear()).ToString();
    }

    /// <summary>Sends commands, and takes the calls that there are at once.</summary>
    public IReadOnlyList<RespCall> Ask(params string[] commands)
    {
        Session.Receive(Bytes(string.Concat(commands.Select(Command))));
        return Take();
    }

    /// <summary>Takes the calls that there are.</summary>
    public IReadOnlyList<RespCall> Take()
    {
        var before = underWay.Count;
        while (Session.TryTake(Now, out var call))
            underWay.Add(call);
        return underWay[before..];
    }

    /// <summary>Answers one of the calls that are under way as the store does, or otherwise.</summary>
    public void Answer(int index, StorageAnswer? answer = null)
    {
        var call = underWay[index];
        underWay.RemoveAt(index);
        Session.Answer(Now, call, answer ?? store.Answer(call.Call, Now));
    }

    /// <summary>Takes what was answered.</summary>
    public string Hear()
    {
        var heard = Encoding.Latin1.GetString(Session.Output.Span);
        Session.Sent(heard.Length);
        return heard;
    }
}

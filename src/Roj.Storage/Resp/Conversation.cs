using System.Globalization;
using System.Text;
using Roj.Storage.Resp.Commands;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp;

/// <summary>What a connection has said about itself, and the command that it says now.</summary>
internal sealed class Conversation
{
    private const int QuotedMax = 128; // of what nobody understood

    /// <summary>A client came.</summary>
    public Conversation(RespSettings settings, RespFacts facts, RespReader words)
    {
        Settings = settings;
        Facts = facts;
        Words = words;
        Reset();
    }

    /// <summary>How it is served.</summary>
    public RespSettings Settings { get; }

    /// <summary>What it may know of the node.</summary>
    public RespFacts Facts { get; set; }

    /// <summary>The command: its name, and its arguments from 1 on.</summary>
    public RespReader Words { get; }

    /// <summary>Where the reply goes, if it is known at once.</summary>
    public RespWriter Reply { get; private set; } = new();

    /// <summary>Now, in milliseconds since 1970 (UTC).</summary>
    public long Now { get; set; }

    /// <summary>The database that keys are of.</summary>
    public int Database { get; set; }

    /// <summary>In which version of the protocol replies are, 2 or 3.</summary>
    public int Version { get; private set; }

    /// <summary>What the client calls itself; empty if it has not said.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether it is between MULTI and EXEC.</summary>
    public TransactionState Transaction { get; set; }

    /// <summary>Whether it said the password, or need not.</summary>
    public bool IsTrusted => Words.IsTrusted;

    /// <summary>Whether a wrong password was said.</summary>
    public bool HasGuessed { get; set; }

    /// <summary>Whether nothing more is heard of it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The only call of the errand that was found last; null if it has several.</summary>
    public StorageCall? Call { get; private set; }

    /// <summary>The name of the command as errors have it, such as <c>client|setname</c>.</summary>
    public string CommandName { get; private set; } = "";

    /// <summary>Does what the command says.</summary>
    /// <param name="reply">Where the reply goes, if it is known at once.</param>
    /// <returns>What it wants of the store; null if it has its reply.</returns>
    public RespErrand? Hear(RespWriter reply)
    {
        Reply = reply;
        Call = null;
        return Understand() is { } command ? command.Run(this) : null;
    }

    /// <summary>Says an error, after its word in capitals. What a client sent goes back as the bytes that came: see <see cref="Quoted"/>.
    /// </summary>
    public RespErrand? Say(string error)
    {
        Reply.Error(Encoding.Latin1.GetBytes(error));
        return null;
    }

    /// <summary>Says an error of no particular kind.</summary>
    public RespErrand? Refuse(string why) => Say($"ERR {why}");

    /// <summary>The command has too few arguments, or too many.</summary>
    public RespErrand? WrongCount() => Refuse($"wrong number of arguments for '{CommandName}' command");

    /// <summary>All is well.</summary>
    public RespErrand? Ok()
    {
        Reply.Ok();
        return null;
    }

    /// <summary>Asks the store for one thing.</summary>
    public RespErrand Ask(StorageCall call, RespErrand errand)
    {
        Call = call;
        return errand;
    }

    /// <summary>Says one last thing.</summary>
    public void HangUp(RespWriter reply, string error)
    {
        reply.Error(Encoding.Latin1.GetBytes(error));
        IsOver = true;
    }

    /// <summary>Says good-bye.</summary>
    public RespErrand? HangUp()
    {
        IsOver = true;
        return Ok();
    }

    /// <summary>From now on, replies are in another version.</summary>
    public void Speak(int version) => Reply.Version = Version = version;

    /// <summary>The client has shown who it is.</summary>
    public void Trust() => Words.IsTrusted = true;

    /// <summary>As if it had just come.</summary>
    public void Reset()
    {
        Words.IsTrusted = Settings.Password is null;
        Database = 0;
        Name = "";
        Transaction = TransactionState.None;
        Speak(2);
    }

    /// <summary>Whether an argument is a word, in whatever case.</summary>
    public bool Is(int index, ReadOnlySpan<byte> upper) => Ascii.EqualsIgnoreCase(Words[index], upper);

    /// <summary>Reads a number, or says that it is none.</summary>
    public bool TryNumber(int index, out long number)
    {
        if (Digits.TryParse(Words[index], out number))
            return true;
        Refuse("value is not an integer or out of range");
        return false;
    }

    /// <summary>Whether all arguments from one on, with steps between them, are keys; says what is wrong if not.</summary>
    public bool AreKeys(int from, int step = 1)
    {
        for (var i = from; i < Words.Count; i += step)
        {
            if (!IsKey(i))
                return false;
        }

        return true;
    }

    /// <summary>Whether an argument is a key; says what is wrong if not.</summary>
    public bool IsKey(int index = 1)
    {
        if (Words[index].Length is >= 1 and <= StorageLimits.KeyBytesMax)
            return true;
        Refuse($"a key has 1 to {StorageLimits.KeyBytesMax} bytes, not {Words[index].Length}");
        return false;
    }

    /// <summary>Whether an argument may be a value; says what is wrong if not.</summary>
    public bool IsValue(int index)
    {
        if (Words[index].Length <= StorageLimits.ValueBytesMax)
            return true;
        Refuse($"a value has at most {StorageLimits.ValueBytesMax} bytes, not {Words[index].Length}");
        return false;
    }

    /// <summary>The key that an argument is.</summary>
    public StorageKey Key(int index = 1) => Key(Words[index]);

    /// <summary>The key that a name is here.</summary>
    public StorageKey Key(ReadOnlySpan<byte> name) => new(Database, name.ToArray());

    /// <summary>What a client sent, to be said back to it: to its first NUL, where Redis stops too.</summary>
    public static string Quoted(ReadOnlySpan<byte> word, int bytesMax = int.MaxValue)
    {
        var nul = word.IndexOf((byte)0);
        var length = Math.Min(nul < 0 ? word.Length : nul, bytesMax);
        return Encoding.Latin1.GetString(word[..length]);
    }

    // Null if it was refused.
    private Command? Understand()
    {
        var command = CommandTable.Find(Words[0]);
        var part = command is { Parts.Count: > 0 } && Words.Count > 1 ? command.FindPart(Words[1]) : command;
        CommandName = part?.FullName ?? "";
        if (command is null)
            Misunderstand();
        else if (part is null)
            Refuse($"unknown subcommand '{Quoted(Words[1], QuotedMax)}'. Try {command.Name.ToUpperInvariant()} HELP.");
        else if (!part.Takes(Words.Count))
            WrongCount();
        else if (!IsTrusted && !part.IsForStrangers)
            Say("NOAUTH Authentication required.");
        else if (Transaction is not TransactionState.None && !part.IsUnrefused)
            Refuse($"{Quoted(Words[0]).ToUpperInvariant()} is refused after MULTI: {Transactions.Why}");
        else
            return part;
        if (Transaction is TransactionState.Empty)
            Transaction = TransactionState.Refused;
        return null;
    }

    // Browsers can be made to send POST to any port, with commands as what they post: what follows must not be heard, as in Redis.
    private void Misunderstand()
    {
        if (Is(0, "POST"u8) || Is(0, "HOST:"u8))
        {
            HangUp(Reply, "ERR Protocol error: this is no HTTP server");
            return;
        }

        var said = new StringBuilder();
        for (var i = 1; i < Words.Count && said.Length < QuotedMax; i++)
        {
            var word = Quoted(Words[i], QuotedMax - said.Length);
            said.Append(CultureInfo.InvariantCulture, $"'{word}' ");
        }

        Refuse($"unknown command '{Quoted(Words[0], QuotedMax)}', with args beginning with: {said}");
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>About the connection itself.</summary>
internal static class ConnectionCommands
{
    private const string Handshake = "noscript loading stale fast no_auth allow_busy";
    private const string Quick = "loading stale fast";
    private const string Admin = "noscript loading stale";

    /// <summary>All of them.</summary>
    public static Command[] All { get; } =
    [
        Define("auth", -2, Handshake, "Says who the client is.", Auth),
        Define("hello", -1, Handshake, "Agrees on the version of the protocol.", Hello),
        Define("quit", -1, Handshake + " " + Command.Unrefused, "Ends the connection.", c => c.HangUp()),
        Define("reset", 1, Handshake + " " + Command.Unrefused, "Makes the connection as if it were new.", Reset),
        Define("ping", -1, "fast", "Answers PONG, or what was said.", Ping),
        Define("echo", 2, "fast", "Answers what was said.", Echo),
        Define("select", 2, Quick, "Chooses the database that keys are of.", Select),
        Define("client", -2, "", "About connections.", c => c.WrongCount()).With(
            Define("getname", 2, Admin, "What the client calls itself.", GetName),
            Define("setname", 3, Admin, "The client calls itself something.", SetName),
            Define("setinfo", 4, Admin, "The client says which library it uses.", c => c.Ok()),
            Define("id", 2, Admin, "The number of the connection.", Id),
            Define("info", 2, Admin, "What is known of the connection.", Info),
            Define("list", -2, "admin " + Admin, "What is known of the connection: others are not shown.", Info),
            Define("no-evict", 3, "admin " + Admin, "Nobody is ever put out: it has no effect.", NoEvict),
            Define("kill", -3, "admin " + Admin, "Is refused.", c => c.Refuse("CLIENT KILL is refused: others' connections are theirs"))),
    ];

    private static Command Define(string name, int arity, string flags, string summary, Func<Conversation, RespErrand?> run) =>
        new(name, arity, flags, default, "connection", summary, run);

    private static RespErrand? Ping(Conversation c)
    {
        if (c.Words.Count > 2)
            return c.WrongCount();
        if (c.Words.Count == 2)
            return Echo(c);
        c.Reply.Simple("PONG"u8);
        return null;
    }

    private static RespErrand? Echo(Conversation c)
    {
        c.Reply.Bulk(c.Words[1]);
        return null;
    }

    private static RespErrand? Auth(Conversation c)
    {
        if (c.Words.Count > 3)
            return c.Refuse("syntax error");
        if (c.Words.Count == 2 && c.Settings.Password is null)
        {
            return c.Refuse("AUTH <password> called without any password configured for the default user. "
                + "Are you sure your configuration is correct?");
        }

        return TryTrust(c, c.Words.Count == 3 ? 1 : 0, c.Words.Count - 1) ? c.Ok() : null;
    }

    // The only user is called default; where nobody needs a password, any is right, as in Redis.
    private static bool TryTrust(Conversation c, int user, int password)
    {
        var isUser = user == 0 || c.Words[user].SequenceEqual("default"u8);
        var isPassword = c.Settings.Password is not { } right || CryptographicOperations.FixedTimeEquals(right.Span, c.Words[password]);
        if (isUser && isPassword)
        {
            c.Trust();
            return true;
        }

        c.HasGuessed = true;
        c.Say("WRONGPASS invalid username-password pair or user is disabled.");
        return false;
    }

    private static RespErrand? Hello(Conversation c)
    {
        var version = (long)c.Version;
        var next = 1;
        if (c.Words.Count > 1)
        {
            if (!Digits.TryParse(c.Words[next++], out version))
                return c.Refuse("Protocol version is not an integer or out of range");
            if (version is < 2 or > 3)
                return c.Say("NOPROTO unsupported protocol version");
        }

        var name = 0;
        while (next < c.Words.Count)
        {
            if (c.Is(next, "AUTH"u8) && next + 2 < c.Words.Count)
            {
                if (!TryTrust(c, next + 1, next + 2))
                    return null;
                next += 3;
            }
            else if (c.Is(next, "SETNAME"u8) && next + 1 < c.Words.Count)
            {
                name = next + 1;
                if (!IsName(c, name))
                    return null;
                next += 2;
            }
            else
            {
                return c.Refuse($"Syntax error in HELLO option '{Conversation.Quoted(c.Words[next])}'");
            }
        }

        if (!c.IsTrusted)
        {
            return c.Say("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
                + "option can be used to authenticate the client and select the RESP protocol version at the same time");
        }

        if (name > 0)
            c.Name = Encoding.ASCII.GetString(c.Words[name]);
        c.Speak((int)version);
        Greet(c);
        return null;
    }

    private static void Greet(Conversation c)
    {
        c.Reply.Map(7);
        c.Reply.Bulk("server"u8);
        c.Reply.Bulk("redis"u8);
        c.Reply.Bulk("version"u8);
        c.Reply.Bulk(RespSettings.RedisVersion);
        c.Reply.Bulk("proto"u8);
        c.Reply.Number(c.Version);
        c.Reply.Bulk("id"u8);
        c.Reply.Number(c.Settings.ConnectionId);
        c.Reply.Bulk("mode"u8);
        c.Reply.Bulk("standalone"u8);
        c.Reply.Bulk("role"u8);
        c.Reply.Bulk("master"u8);
        c.Reply.Bulk("modules"u8);
        c.Reply.Array(0);
    }

    private static RespErrand? Reset(Conversation c)
    {
        c.Reset();
        c.Reply.Simple("RESET"u8);
        return null;
    }

    private static RespErrand? Select(Conversation c)
    {
        if (!c.TryNumber(1, out var database))
            return null;
        if (database is < int.MinValue or > int.MaxValue)
            return c.Refuse($"value is out of range, value must between {int.MinValue} and {int.MaxValue}");
        if (database is < 0 or >= StorageLimits.Databases)
            return c.Refuse("DB index is out of range");
        c.Database = (int)database;
        return c.Ok();
    }

    private static RespErrand? GetName(Conversation c)
    {
        if (c.Name.Length == 0)
            c.Reply.Null();
        else
            c.Reply.Bulk(c.Name);
        return null;
    }

    private static RespErrand? SetName(Conversation c)
    {
        if (!IsName(c, 2))
            return null;
        c.Name = Encoding.ASCII.GetString(c.Words[2]);
        return c.Ok();
    }

    private static bool IsName(Conversation c, int index)
    {
        if (c.Words[index].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0)
            return true;
        c.Refuse("Client names cannot contain spaces, newlines or special characters.");
        return false;
    }

    private static RespErrand? Id(Conversation c)
    {
        c.Reply.Number(c.Settings.ConnectionId);
        return null;
    }

    private static RespErrand? Info(Conversation c)
    {
        c.Reply.Verbatim(string.Create(
            CultureInfo.InvariantCulture,
            $"id={c.Settings.ConnectionId} addr={c.Settings.Peer} laddr={c.Settings.Local} fd=0 name={c.Name} age=0 idle=0 flags=N "
            + $"db={c.Database} sub=0 psub=0 multi=-1 qbuf=0 qbuf-free=0 obl=0 oll=0 omem=0 events=r "
            + $"cmd={c.CommandName} user=default redir=-1 resp={c.Version}\n"));
        return null;
    }

    private static RespErrand? NoEvict(Conversation c) => c.Is(2, "ON"u8) || c.Is(2, "OFF"u8) ? c.Ok() : c.Refuse("syntax error");
}

using System.Text;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>About the node, and whole databases.</summary>
internal static class ServerCommands
{
    private const string Admin = "admin noscript loading stale";
    private const long SecondsPerTick = 1000;

    /// <summary>All of them.</summary>
    public static Command[] All { get; } =
    [
        Define("info", -1, "loading stale", "What there is to know of the node.", Info),
        Define("time", 1, "loading stale fast", "The node's clock.", Time),
        Define("role", 1, "noscript loading stale fast", "Every node is a master.", Role),
        Define("wait", 3, "noscript", "How many other nodes have what was acknowledged: it never waits.", Wait),
        Define("dbsize", 1, "readonly fast", "How many keys there are.", Size),
        Define("flushdb", -1, "write", "Deletes all keys of a database, one by one.", Clear),
        Define("flushall", -1, "write", "Deletes all keys of all databases, one by one.", ClearAll),
        Define("config", -2, "", "About settings.", c => c.WrongCount()).With(
            Define("get", -3, Admin, "Settings that match patterns.", Configuration.Get),
            Define("set", -4, Admin, "Is refused.", c => c.Refuse("CONFIG SET is refused: a node is told its settings when it starts"))),
        Define("command", -1, "loading stale", "What commands there are.", Descriptions.All).With(
            Define("count", 2, "loading stale", "How many commands there are.", Descriptions.Count),
            Define("info", -2, "loading stale", "What kind some commands are of.", Descriptions.Some),
            Define("docs", -2, "loading stale", "What commands do.", Descriptions.Documents),
            Define("list", -2, "loading stale", "What commands are called.", Descriptions.Names)),
    ];

    private static Command Define(string name, int arity, string flags, string summary, Func<Conversation, RespErrand?> run) =>
        new(name, arity, flags, default, "server", summary, run);

    private static RespErrand? Info(Conversation c)
    {
        var wanted = new List<string>();
        for (var i = 1; i < c.Words.Count; i++)
            wanted.Add(Encoding.ASCII.GetString(c.Words[i]));
        c.Reply.Verbatim(InfoText.Write(c, wanted));
        return null;
    }

    private static RespErrand? Time(Conversation c)
    {
        c.Reply.Array(2);
        c.Reply.Bulk($"{c.Now / SecondsPerTick}");
        c.Reply.Bulk($"{c.Now % SecondsPerTick * 1000}");
        return null;
    }

    private static RespErrand? Role(Conversation c)
    {
        c.Reply.Array(3);
        c.Reply.Bulk("master"u8);
        c.Reply.Number(0);
        c.Reply.Array(0);
        return null;
    }

    private static RespErrand? Wait(Conversation c)
    {
        if (!c.TryNumber(1, out _))
            return null;
        if (!Digits.TryParse(c.Words[2], out long timeout))
            return c.Refuse("timeout is not an integer or out of range");
        if (timeout < 0)
            return c.Refuse("timeout is negative");
        c.Reply.Number(c.Facts.OtherCopies);
        return null;
    }

    private static RespErrand Size(Conversation c) => c.Ask(new StorageCall.Count(c.Database), NumberErrand.Instance);

    private static RespErrand? Clear(Conversation c) =>
        IsClearing(c) ? c.Ask(new StorageCall.Clear(c.Database), DoneErrand.AsWord) : c.Refuse("syntax error");

    private static RespErrand? ClearAll(Conversation c) =>
        IsClearing(c)
            ? new EachErrand(StorageLimits.Databases, static (_, database) => new StorageCall.Clear(database))
            : c.Refuse("syntax error");

    // Both mean the same here: what is cleared is cleared when it is said.
    private static bool IsClearing(Conversation c) =>
        c.Words.Count == 1 || (c.Words.Count == 2 && (c.Is(1, "SYNC"u8) || c.Is(1, "ASYNC"u8)));
}

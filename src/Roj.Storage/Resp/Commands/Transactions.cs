using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>What is between MULTI and EXEC is to be done in one go, which can't be had here: it must not be done one by one either, so
/// all of it is refused, and EXEC says that nothing was done. A client that sends all of it at once is told the truth so.</summary>
internal static class Transactions
{
    /// <summary>Why there are none.</summary>
    public const string Why = "a key is changed in one go, several are not";

    /// <summary>All commands that have to do with it.</summary>
    public static Command[] All { get; } =
    [
        Define("multi", "Begins what is refused until its end.", Begin),
        Define("exec", "Ends it.", End),
        Define("discard", "Ends it.", Drop),
    ];

    private static Command Define(string name, string summary, Func<Conversation, RespErrand?> run) =>
        new(name, 1, "noscript loading stale fast " + Command.Unrefused, default, "transactions", summary, run);

    private static RespErrand? Begin(Conversation c)
    {
        if (c.Transaction is not TransactionState.None)
            return c.Refuse("MULTI calls can not be nested");
        c.Transaction = TransactionState.Empty;
        return c.Ok();
    }

    private static RespErrand? End(Conversation c)
    {
        var state = c.Transaction;
        c.Transaction = TransactionState.None;
        if (state is TransactionState.None)
            return c.Refuse("EXEC without MULTI");
        if (state is TransactionState.Refused)
            return c.Say("EXECABORT Transaction discarded because of previous errors.");
        c.Reply.Array(0);
        return null;
    }

    private static RespErrand? Drop(Conversation c)
    {
        if (c.Transaction is TransactionState.None)
            return c.Refuse("DISCARD without MULTI");
        c.Transaction = TransactionState.None;
        return c.Ok();
    }
}

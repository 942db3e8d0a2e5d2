namespace Roj.Storage.Resp.Commands;

/// <summary>Commands of Redis that clients try, and that are not to be had for a reason: to all others they are unknown.</summary>
internal static class RefusedCommands
{
    private const string NoPublishing = "nothing is published here";
    private const string NoScripts = "no scripts are run here";

    /// <summary>All of them.</summary>
    public static Command[] All { get; } =
    [
        Define("cluster", -2, "cluster", "This instance has cluster support disabled"),
        .. Define("transactions", Transactions.Why, ("watch", -2), ("unwatch", 1), ("msetnx", -3)),
        .. Define(
            "pubsub",
            NoPublishing,
            ("subscribe", -2),
            ("psubscribe", -2),
            ("ssubscribe", -2),
            ("unsubscribe", -1),
            ("punsubscribe", -1),
            ("sunsubscribe", -1),
            ("publish", 3)),
        .. Define("scripting", NoScripts, ("eval", -3), ("evalsha", -3), ("fcall", -3), ("script", -2), ("function", -2)),
    ];

    private static IEnumerable<Command> Define(string group, string why, params (string Name, int Arity)[] commands) =>
        commands.Select(command => Define(command.Name, command.Arity, group, $"{command.Name.ToUpperInvariant()} is refused: {why}"));

    private static Command Define(string name, int arity, string group, string why) =>
        new(name, arity, "stale", default, group, "Is refused.", c => c.Refuse(why));
}

using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>About values.</summary>
internal static class StringCommands
{
    private const string Reads = "readonly fast";
    private const string Writes = "write denyoom fast";

    /// <summary>All of them.</summary>
    public static Command[] All { get; } =
    [
        Define("get", 2, Reads, "What a key holds.", Get),
        Define("set", -3, "write denyoom", "A key is to hold something.", Set),
        Define("setnx", 3, Writes, "A key is to hold something if it is not there.", SetNew),
        Define("setex", 4, "write denyoom", "A key is to hold something for some seconds.", c => SetFor(c, Unit.Seconds)),
        Define("psetex", 4, "write denyoom", "A key is to hold something for some milliseconds.", c => SetFor(c, Unit.Milliseconds)),
        Define("getset", 3, Writes, "A key is to hold something; what did it hold?", GetSet),
        Define("getdel", 2, "write fast", "A key is to be deleted; what did it hold?", GetDelete),
        Define("getex", -2, "write fast", "What a key holds, which is to live until another time.", GetUntil),
        Define("mget", -2, Reads, (1, -1, 1), "What several keys hold.", GetMany),
        Define("mset", -3, "write denyoom", (1, -1, 2), "Several keys are to hold something: one after the other.", SetMany),
        Define("strlen", 2, Reads, "How many bytes a key holds.", Length),
        Define("append", 3, Writes, "Something is to stand behind what a key holds.", Append),
        Define("getrange", 4, "readonly", "A part of what a key holds.", Range),
        Define("substr", 4, "readonly", "A part of what a key holds.", Range),
        Define("incr", 2, Writes, "Adds one.", c => Add(c, 1)),
        Define("decr", 2, Writes, "Subtracts one.", c => Add(c, -1)),
        Define("incrby", 3, Writes, "Adds a number.", c => c.TryNumber(2, out var delta) ? Add(c, delta) : null),
        Define("decrby", 3, Writes, "Subtracts a number.", Subtract),
    ];

    private static Command Define(string name, int arity, string flags, string summary, Func<Conversation, RespErrand?> run) =>
        Define(name, arity, flags, (1, 1, 1), summary, run);

    private static Command Define(
        string name, int arity, string flags, (int First, int Last, int Step) keys, string summary, Func<Conversation, RespErrand?> run) =>
        new(name, arity, flags, keys, "string", summary, run);

    private static RespErrand? Get(Conversation c) => c.IsKey() ? c.Ask(new StorageCall.Read(c.Key()), ValueErrand.Instance) : null;

    private static RespErrand? Length(Conversation c) => c.IsKey() ? c.Ask(new StorageCall.Read(c.Key()), NumberErrand.Length) : null;

    private static RespErrand? Set(Conversation c)
    {
        var options = new SetOptions();
        if (!options.TryRead(c, from: 3, SetOptions.Kind.Set) || !c.IsKey() || !c.IsValue(2))
            return null;
        var write = new StorageCall.Write(c.Key(), c.Words[2].ToArray(), options.Condition, options.Expiry, options.ReturnsOld);
        return c.Ask(write, options.ReturnsOld ? ValueErrand.Instance : DoneErrand.AsWord);
    }

    private static RespErrand? SetNew(Conversation c) =>
        c.IsKey() && c.IsValue(2)
            ? c.Ask(new StorageCall.Write(c.Key(), c.Words[2].ToArray(), WriteCondition.IfAbsent), DoneErrand.AsNumber)
            : null;

    private static RespErrand? SetFor(Conversation c, Unit unit) =>
        Times.TryEnd(c, 2, unit, isFromNow: true, out var end) && c.IsKey() && c.IsValue(3)
            ? c.Ask(new StorageCall.Write(c.Key(), c.Words[3].ToArray(), Expiry: Expiry.At(end)), DoneErrand.AsWord)
            : null;

    private static RespErrand? GetSet(Conversation c) =>
        c.IsKey() && c.IsValue(2)
            ? c.Ask(new StorageCall.Write(c.Key(), c.Words[2].ToArray(), ReturnsOld: true), ValueErrand.Instance)
            : null;

    private static RespErrand? GetDelete(Conversation c) =>
        c.IsKey() ? c.Ask(new StorageCall.Delete(c.Key(), ReturnsOld: true), ValueErrand.Instance) : null;

    private static RespErrand? GetUntil(Conversation c)
    {
        var options = new SetOptions();
        if (!options.TryRead(c, from: 2, SetOptions.Kind.Get) || !c.IsKey())
            return null;
        StorageCall call = options.IsForEver || options.Expiry.EndsAt is not null
            ? new StorageCall.Expire(c.Key(), options.Expiry.EndsAt, ReturnsValue: true)
            : new StorageCall.Read(c.Key());
        return c.Ask(call, ValueErrand.Instance);
    }

    private static RespErrand? GetMany(Conversation c) => c.AreKeys(1) ? new ValuesErrand(c.Words.Count - 1, InDatabase(c)) : null;

    // A database may be chosen while calls are still to be made: not before this command has made them all, so the present one is right.
    private static Func<ReadOnlySpan<byte>, StorageKey> InDatabase(Conversation c) => c.Key;

    private static RespErrand? SetMany(Conversation c)
    {
        if (c.Words.Count % 2 == 0)
            return c.WrongCount();
        for (var i = 1; i < c.Words.Count; i += 2)
        {
            if (!c.IsKey(i) || !c.IsValue(i + 1))
                return null;
        }

        return new EachErrand(
            c.Words.Count / 2,
            (words, i) => new StorageCall.Write(c.Key(words[(2 * i) + 1]), words[(2 * i) + 2].ToArray()));
    }

    private static RespErrand? Append(Conversation c) =>
        c.IsKey() && c.IsValue(2)
            ? c.Ask(new StorageCall.Append(c.Key(), c.Words[2].ToArray()), NumberErrand.Instance)
            : null;

    private static RespErrand? Range(Conversation c) =>
        c.TryNumber(2, out var first) && c.TryNumber(3, out var last) && c.IsKey()
            ? c.Ask(new StorageCall.Read(c.Key()), new RangeErrand(first, last))
            : null;

    private static RespErrand? Subtract(Conversation c)
    {
        if (!c.TryNumber(2, out var delta))
            return null;
        return delta == long.MinValue ? c.Refuse("decrement would overflow") : Add(c, -delta);
    }

    private static RespErrand? Add(Conversation c, long delta) =>
        c.IsKey() ? c.Ask(new StorageCall.Add(c.Key(), delta), NumberErrand.Instance) : null;
}

using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>About keys, whatever they hold.</summary>
internal static class KeyCommands
{
    private const int BatchMax = 10_000; // keys in one answer, whatever a SCAN asks for
    private const int Batch = 10;

    /// <summary>All of them.</summary>
    public static Command[] All { get; } =
    [
        Define("del", -2, "write", (1, -1, 1), "Deletes keys: how many were there?", Delete),
        Define("unlink", -2, "write fast", (1, -1, 1), "Deletes keys: how many were there?", Delete),
        Define("exists", -2, "readonly fast", (1, -1, 1), "How many of some keys are there?", Exists),
        Define("type", 2, "readonly fast", "What kind of value a key has.", c => Read(c, TypeErrand.Instance)),
        Define("ttl", 2, "readonly fast", "For how many seconds a key lives.", c => Read(c, NumberErrand.LeftSeconds)),
        Define("pttl", 2, "readonly fast", "For how many milliseconds a key lives.", c => Read(c, NumberErrand.Left)),
        Define("expiretime", 2, "readonly fast", "When a key ends, in seconds since 1970.", c => Read(c, NumberErrand.EndSeconds)),
        Define("pexpiretime", 2, "readonly fast", "When a key ends, in milliseconds since 1970.", c => Read(c, NumberErrand.End)),
        Define("expire", -3, "write fast", "A key is to live for some seconds.", c => Expire(c, Unit.Seconds, true)),
        Define("pexpire", -3, "write fast", "A key is to live for some milliseconds.", c => Expire(c, Unit.Milliseconds, true)),
        Define("expireat", -3, "write fast", "A key is to live until a second since 1970.", c => Expire(c, Unit.Seconds, false)),
        Define("pexpireat", -3, "write fast", "A key is to live until a millisecond since 1970.", c => Expire(c, Unit.Milliseconds, false)),
        Define("persist", 2, "write fast", "A key is to live for ever.", Persist),
        Define("keys", 2, "readonly", default, "All keys that match a pattern.", Keys),
        Define("scan", -2, "readonly", default, "Some keys, and where to go on.", Scan),
        Define("randomkey", 1, "readonly", default, "A key, whichever.", AnyKey),
    ];

    private static Command Define(string name, int arity, string flags, string summary, Func<Conversation, RespErrand?> run) =>
        Define(name, arity, flags, (1, 1, 1), summary, run);

    private static Command Define(
        string name, int arity, string flags, (int First, int Last, int Step) keys, string summary, Func<Conversation, RespErrand?> run) =>
        new(name, arity, flags, keys, "generic", summary, run);

    private static RespErrand? Read(Conversation c, RespErrand errand) => c.IsKey() ? c.Ask(new StorageCall.Read(c.Key()), errand) : null;

    private static RespErrand? Delete(Conversation c)
    {
        if (!c.AreKeys(1))
            return null;
        return c.Words.Count == 2
            ? c.Ask(new StorageCall.Delete(c.Key()), DoneErrand.AsNumber)
            : new CountErrand(c.Words.Count - 1, name => new StorageCall.Delete(c.Key(name)));
    }

    private static CountErrand? Exists(Conversation c) =>
        c.AreKeys(1) ? new CountErrand(c.Words.Count - 1, name => new StorageCall.Read(c.Key(name))) : null;

    private static RespErrand? Persist(Conversation c) =>
        c.IsKey() ? c.Ask(new StorageCall.Expire(c.Key(), null), DoneErrand.AsNumber) : null;

    private static RespErrand? Expire(Conversation c, Unit unit, bool isFromNow)
    {
        var condition = ExpireCondition.Always;
        for (var i = 3; i < c.Words.Count; i++)
        {
            var more = c.Is(i, "NX"u8) ? ExpireCondition.IfNone
                : c.Is(i, "XX"u8) ? ExpireCondition.IfAny
                : c.Is(i, "GT"u8) ? ExpireCondition.IfLater
                : c.Is(i, "LT"u8) ? ExpireCondition.IfSooner
                : ExpireCondition.Always;
            if (more is ExpireCondition.Always)
                return c.Refuse($"Unsupported option {Conversation.Quoted(c.Words[i])}");
            condition |= more;
        }

        if (condition.HasFlag(ExpireCondition.IfNone) && condition != ExpireCondition.IfNone)
            return c.Refuse("NX and XX, GT or LT options at the same time are not compatible");
        if (condition.HasFlag(ExpireCondition.IfLater | ExpireCondition.IfSooner))
            return c.Refuse("GT and LT options at the same time are not compatible");
        return Times.TryAnyEnd(c, 2, unit, isFromNow, out var end) && c.IsKey()
            ? c.Ask(new StorageCall.Expire(c.Key(), end, condition), DoneErrand.AsNumber)
            : null;
    }

    private static KeysErrand? Keys(Conversation c) => IsPattern(c, 1) ? new KeysErrand(c.Database, Pattern(c.Words[1])) : null;

    private static RespErrand AnyKey(Conversation c) => c.Ask(new StorageCall.AnyKey(c.Database), AnyKeyErrand.Instance);

    private static RespErrand? Scan(Conversation c)
    {
        if (!Digits.TryParse(c.Words[1], out ulong cursor))
            return c.Refuse("invalid cursor");
        var (batch, pattern, hidesAll) = (Batch, default(ReadOnlyMemory<byte>?), false);
        for (var i = 2; i < c.Words.Count; i += 2)
        {
            var hasValue = i + 1 < c.Words.Count;
            if (hasValue && c.Is(i, "COUNT"u8))
            {
                if (!c.TryNumber(i + 1, out var count))
                    return null;
                if (count < 1)
                    return c.Refuse("syntax error");
                batch = (int)Math.Min(count, BatchMax);
            }
            else if (hasValue && c.Is(i, "MATCH"u8))
            {
                if (!IsPattern(c, i + 1))
                    return null;
                pattern = Pattern(c.Words[i + 1]);
            }
            else if (hasValue && c.Is(i, "TYPE"u8))
            {
                hidesAll = !c.Is(i + 1, "string"u8);
            }
            else
            {
                return c.Refuse("syntax error");
            }
        }

        return c.Ask(new StorageCall.List(c.Database, cursor, batch, pattern), new ScanErrand(hidesAll));
    }

    private static bool IsPattern(Conversation c, int index)
    {
        if (c.Words[index].Length <= StorageLimits.PatternBytesMax)
            return true;
        c.Refuse($"a pattern has at most {StorageLimits.PatternBytesMax} bytes, not {c.Words[index].Length}");
        return false;
    }

    private static ReadOnlyMemory<byte>? Pattern(ReadOnlySpan<byte> pattern) =>
        pattern.SequenceEqual("*"u8) ? default(ReadOnlyMemory<byte>?) : pattern.ToArray();
}

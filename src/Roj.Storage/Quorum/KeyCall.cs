using System.Buffers.Text;
using Roj.Agreement;

namespace Roj.Storage;

/// <summary>What a call about one key means for its register, and what its outcome means for the call.</summary>
internal static class KeyCall
{
    /// <summary>The change that a call is; null for a reading.</summary>
    /// <param name="call">A call about one key.</param>
    /// <param name="unix">Now, in milliseconds since 1970 (UTC).</param>
    public static RegisterChange? ChangeOf(StorageCall call, long unix)
    {
        TimedStep? step = call switch
        {
            StorageCall.Write write => new TimedStep.Write(
                write.Value, KindOf(write.Condition), write.Expiry.EndsAt, write.Expiry.Keeps, write.ReturnsOld),
            StorageCall.Delete delete => new TimedStep.Delete(delete.ReturnsOld),
            StorageCall.Expire expire => new TimedStep.Move(expire.At, (EndCondition)(byte)expire.Condition, expire.ReturnsValue),
            StorageCall.Add add => new TimedStep.Add(add.Delta),
            StorageCall.Append append => new TimedStep.Append(append.Tail),
            _ => null,
        };
        if (step is null)
            return null;
        return new RegisterChange.Timed(unix, step)
        {
            Fence = call.Fence,
            Condition = call.AtVersion is { } version ? Condition.At(version) : Condition.None,
        };
    }

    /// <summary>Bytes that it writes.</summary>
    public static int BytesOf(StorageCall call) => call switch
    {
        StorageCall.Write write => write.Value.Length,
        StorageCall.Append append => append.Tail.Length,
        _ => 0,
    };

    /// <summary>Whether its answer says, or lets conclude, that something whose time is over is not there: that must be its end first, or
    /// a router with another clock might say otherwise.</summary>
    public static bool RestsOnEnd(Outcome outcome, long unix) =>
        outcome.Refusal is Refusal.None or Refusal.ConditionFailed && outcome.Content is { } content
        && TimedValue.Read(content.Data)?.IsOver(unix) is true;

    /// <summary>What is answered.</summary>
    public static StorageAnswer Answer(StorageCall call, Outcome outcome, long unix)
    {
        if (outcome.Refusal is Refusal.ConditionFailed)
            return outcome.Applied is Applied.No ? Unmet(call, outcome, unix) : Failure(outcome);
        if (outcome.Applied is not Applied.Yes)
            return Failure(outcome);
        var before = outcome.Before is { } data ? TimedValue.Read(data) : null;
        return call switch
        {
            StorageCall.Read => ValueOf(outcome, unix, isApplied: true),
            StorageCall.Add when AfterOf(outcome) is { } after && Utf8Parser.TryParse(after.Bytes.Span, out long sum, out _) =>
                new StorageAnswer.Number(sum),
            StorageCall.Append when AfterOf(outcome) is { } after => new StorageAnswer.Number(after.Bytes.Length),
            StorageCall.Write { ReturnsOld: false } or StorageCall.Expire { ReturnsValue: false } => // refused if there was nothing
                new StorageAnswer.Done(true) { Version = outcome.Version },
            StorageCall.Delete { ReturnsOld: false } when outcome.Before is not null =>
                new StorageAnswer.Done(before is not null) { Version = outcome.Version },
            StorageCall.Write or StorageCall.Expire when outcome.Before is not null =>
                new StorageAnswer.Value(before?.Bytes, before?.EndsAt),
            StorageCall.Delete when outcome.Before is not null =>
                new StorageAnswer.Value(before?.Bytes, before?.EndsAt, before is not null),
            _ => new StorageAnswer.Failed(
                StorageFault.TimedOut, "it was done, by a node that died over it: what it would have answered is lost", Applied.Yes),
        };
    }

    // A condition that did not hold: nothing was done, which is no fault.
    private static StorageAnswer Unmet(StorageCall call, Outcome outcome, long unix) => call switch
    {
        StorageCall.Write { ReturnsOld: true } or StorageCall.Expire { ReturnsValue: true } or StorageCall.Delete { ReturnsOld: true } =>
            ValueOf(outcome, unix, isApplied: false),
        StorageCall.Add or StorageCall.Append => new StorageAnswer.Failed(
            StorageFault.Moved, $"it is at version {outcome.Version} by now", Applied.No),
        _ => new StorageAnswer.Done(false) { Version = outcome.Version },
    };

    private static StorageAnswer.Value ValueOf(Outcome outcome, long unix, bool isApplied)
    {
        var held = AfterOf(outcome);
        var live = held is { } one && !one.IsOver(unix) ? held : null;
        return new StorageAnswer.Value(live?.Bytes, live?.EndsAt, isApplied) { Version = outcome.Version };
    }

    private static TimedValue? AfterOf(Outcome outcome) => TimedValue.Read(outcome.Content?.Data);

    private static StorageAnswer.Failed Failure(Outcome outcome) => outcome.Refusal switch
    {
        Refusal.NotANumber => new(StorageFault.NotANumber, "what is there is no whole number of 64 bits", outcome.Applied),
        Refusal.Overflow => new(StorageFault.Overflow, "the sum is no number of 64 bits", outcome.Applied),
        Refusal.TooLong => new(StorageFault.TooLarge, $"a value has at most {StorageLimits.ValueBytesMax} bytes", outcome.Applied),
        Refusal.Fenced => new(StorageFault.Fenced, "a later holder of that lease has written there already", outcome.Applied),
        Refusal.TooManyFences => new(
            StorageFault.Fenced, $"it was written under {Content.FencesMax} other leases already", outcome.Applied),
        Refusal.Busy => new(StorageFault.Full, "too many calls are under way", outcome.Applied),
        Refusal.NoRoster => new(StorageFault.NoQuorum, "this node knows of no cluster yet that decides by majority", outcome.Applied),
        _ when outcome.Applied is Applied.Unknown => new(
            StorageFault.TimedOut, "no majority of the nodes that have copies answered in time: it may have been done, or be done yet",
            Applied.Unknown),
        _ => new(StorageFault.NoQuorum, "no majority of the nodes that have copies answered in time", outcome.Applied),
    };

    private static ConditionKind KindOf(WriteCondition condition) => condition switch
    {
        WriteCondition.IfAbsent => ConditionKind.Absent,
        WriteCondition.IfPresent => ConditionKind.Present,
        _ => ConditionKind.None,
    };
}

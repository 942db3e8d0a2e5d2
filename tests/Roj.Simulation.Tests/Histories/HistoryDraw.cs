using Roj.Kernel;
using Roj.Simulation.Histories;

namespace Roj.Simulation.Tests.Histories;

/// <summary>Histories of one register: as they come about if it is linearizable, and spoilt.</summary>
internal sealed class HistoryDraw(Rng rng, int clients, int length)
{
    private readonly HistoryRecorder recorder = new();
    private readonly List<OperationKind> pending = []; // given up by their clients, and not applied yet
    private Seen held;
    private int values;

    /// <summary>How many of a hundred changes are given up by their clients.</summary>
    public int LostPercent { get; init; } = 15;

    /// <summary>How many of a hundred changes are acknowledged without a version.</summary>
    public int UntoldPercent { get; init; } = 5;

    /// <summary>A linearizable history: each operation takes effect at one moment between its beginning and its end.</summary>
    public List<Operation> Honest()
    {
        var busy = new (int Operation, OperationKind Kind, Outcome Outcome, Seen? Seen)?[clients];
        var begun = 0;
        while (begun < length || Array.Exists(busy, one => one is not null))
        {
            if (pending.Count > 0 && rng.Chance(1, 8))
                TakeEffectLate();
            var client = rng.Next(clients);
            if (busy[client] is not { } one)
            {
                if (begun == length)
                    continue;
                var kind = DrawKind();
                busy[client] = (recorder.Invoke("r", $"client {client}", kind), kind, Outcome.Unknown, null);
                begun++;
            }
            else if (one.Outcome is Outcome.Unknown)
            {
                busy[client] = rng.Next(100) < LostPercent ? GiveUp(one.Kind) : Apply(one.Operation, one.Kind);
            }
            else
            {
                recorder.Return(one.Operation, one.Outcome, one.Seen);
                busy[client] = null;
            }
        }

        return [.. recorder.Operations];
    }

    /// <summary>The same with one to three things changed: mostly, but not always, it is no longer linearizable.</summary>
    public List<Operation> Spoilt()
    {
        var operations = Honest();
        for (var times = rng.Next(1, 4); times > 0; times--)
        {
            // Not every way of spoiling changes every operation.
            for (var tries = 0; tries < 20; tries++)
            {
                var one = rng.Next(operations.Count);
                var spoilt = Spoil(operations[one], rng.Pick(operations));
                if (spoilt == operations[one])
                    continue;
                operations[one] = spoilt;
                break;
            }
        }

        return operations;
    }

    private static Operation Spoil(Operation operation, Operation other, int what) => what switch
    {
        0 when operation.Seen is { } seen => operation with { Seen = seen with { Version = seen.Version + 1 } },
        1 when operation.Seen is { Version: > 0 } seen => operation with { Seen = seen with { Version = seen.Version - 1 } },
        2 when operation.Seen is { } seen => operation with { Seen = seen with { Value = other.Seen?.Value } },
        3 when operation.Seen is not null && other.Seen is not null => operation with { Seen = other.Seen },
        4 when operation is { Outcome: Outcome.Yes, Kind.IsChange: true } => operation with { Outcome = Outcome.No },
        5 when operation is { Outcome: Outcome.No, Seen: { } seen } =>
            operation with { Outcome = Outcome.Yes, Seen = seen with { Version = seen.Version + 1 } },
        6 when operation is { Kind.IsChange: true } => operation with { Outcome = Outcome.Unknown },
        7 when operation is { Kind.IsChange: true, Outcome: Outcome.Yes } => operation with { Seen = null },
        8 when other.Invoked <= operation.Returned => operation with { Invoked = other.Invoked },
        9 when other.Returned >= operation.Invoked && operation.Returned is not null => operation with { Returned = other.Returned },
        10 when operation.Kind.IsChange && other.Kind.IsChange => operation with { Kind = other.Kind },
        _ => operation,
    };

    private Operation Spoil(Operation operation, Operation other) => Spoil(operation, other, rng.Next(11));

    private OperationKind DrawKind() => rng.Next(14) switch
    {
        < 4 => new OperationKind.Read(),
        < 7 => new OperationKind.Write($"{++values}"),
        7 => new OperationKind.Write("7"), // not every value is unique
        < 10 => new OperationKind.CompareAndSet(rng.Chance(2, 3) ? held.Value : $"{rng.Next(values + 1)}", $"{++values}"),
        10 => new OperationKind.CompareVersionAndSet(rng.Chance(2, 3) ? held.Version : held.Version + 1, $"{++values}"),
        11 => new OperationKind.Append("0"),
        12 => new OperationKind.Add(rng.Next(1, 3)),
        _ => new OperationKind.Delete(),
    };

    private (int Operation, OperationKind Kind, Outcome Outcome, Seen? Seen)? GiveUp(OperationKind kind)
    {
        pending.Add(kind);
        return null;
    }

    private void TakeEffectLate()
    {
        var kind = rng.Pick(pending);
        pending.Remove(kind);
        held = Model.After(held, kind) ?? held;
    }

    private (int Operation, OperationKind Kind, Outcome Outcome, Seen? Seen) Apply(int operation, OperationKind kind)
    {
        if (kind is OperationKind.Read)
            return (operation, kind, Outcome.Yes, held);
        if (Model.After(held, kind) is not { } after)
            return (operation, kind, Outcome.No, rng.Chance(1, 10) ? null : held);
        held = after;
        return (operation, kind, Outcome.Yes, rng.Next(100) < UntoldPercent ? null : held);
    }
}

namespace Roj.Simulation.Histories;

/// <summary>Writes down operations as they begin and end.</summary>
/// <remarks>
/// Without times it numbers the calls, which is exact where one thread makes them all, as in the simulator. Whoever records several threads
/// gives times, and a lock.
/// </remarks>
public sealed class HistoryRecorder
{
    private readonly List<Operation> operations = [];
    private long last; // the last number given

    /// <summary>All that were invoked, in that order.</summary>
    public IReadOnlyList<Operation> Operations => operations;

    /// <summary>An operation begins now.</summary>
    /// <returns>Its number here, for <see cref="Return(int, Outcome, Seen?)"/>.</returns>
    public int Invoke(string register, string client, OperationKind kind) => Invoke(register, client, kind, ++last);

    /// <summary>An operation begins at a time that was taken before anything was sent.</summary>
    /// <returns>Its number here, for <see cref="Return(int, Outcome, Seen?, long)"/>.</returns>
    public int Invoke(string register, string client, OperationKind kind, long at)
    {
        operations.Add(new Operation(register, client, kind, at, Returned: null, Outcome.Unknown, Seen: null));
        return operations.Count - 1;
    }

    /// <summary>An operation has ended now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It was never invoked.</exception>
    public void Return(int operation, Outcome outcome, Seen? seen) => Return(operation, outcome, seen, ++last);

    /// <summary>An operation had ended at a time that was taken after its answer had come.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It was never invoked.</exception>
    /// <exception cref="InvalidOperationException">It has ended before.</exception>
    public void Return(int operation, Outcome outcome, Seen? seen, long at)
    {
        if (operations[operation].Returned is not null)
            throw new InvalidOperationException($"{operations[operation]} has ended before");
        operations[operation] = operations[operation] with { Outcome = outcome, Seen = seen, Returned = at };
    }

    /// <summary>An operation that somebody else wrote down.</summary>
    public void Add(Operation operation) => operations.Add(operation);
}

namespace Roj.Simulation.Histories;

/// <summary>The operations on one register, without those that say nothing.</summary>
internal sealed class RegisterHistory
{
    private RegisterHistory(string name) => Name = name;

    public string Name { get; }

    /// <summary>What stands, or may stand, in an order; by invocation.</summary>
    public List<Step> Steps { get; } = [];

    /// <summary>Changes that were refused: nobody may see their values by them.</summary>
    public List<Operation> Refused { get; } = [];

    /// <summary>Each register's own history, by name: linearizability is local (Herlihy and Wing 1990, theorem 1).</summary>
    /// <exception cref="ArgumentException">An operation can't have been: it ended before it began, or says nothing of its end.</exception>
    public static IEnumerable<RegisterHistory> Of(IEnumerable<Operation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        var all = new SortedDictionary<string, RegisterHistory>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            Refuse(operation);
            if (!all.TryGetValue(operation.Register, out var history))
                all.Add(operation.Register, history = new RegisterHistory(operation.Register));
            history.Take(operation);
        }

        foreach (var history in all.Values)
            history.Steps.Sort((a, b) => a.Invoked.CompareTo(b.Invoked));
        return all.Values;
    }

    private static void Refuse(Operation operation)
    {
        var known = operation.Outcome is not Outcome.Unknown;
        if (operation.Returned < operation.Invoked || (known && operation.Returned is null))
            throw new ArgumentException($"{operation} has no end after its beginning");
        if (known && operation is { Kind.IsChange: false, Seen: null })
            throw new ArgumentException($"{operation} has ended and saw nothing");
    }

    private void Take(Operation operation)
    {
        if (operation is { Kind.IsChange: true, Outcome: Outcome.No })
            Refused.Add(operation);
        // A reading without an answer, and a refusal that tells nothing, can stand anywhere or nowhere.
        if (operation is { Kind.IsChange: false, Outcome: Outcome.Unknown } or { Outcome: Outcome.No, Seen: null })
            return;
        Steps.Add(new Step(operation));
    }
}

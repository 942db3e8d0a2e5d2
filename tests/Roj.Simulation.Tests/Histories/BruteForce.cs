using Roj.Simulation.Histories;

namespace Roj.Simulation.Tests.Histories;

/// <summary>Tries every order of every choice of operations: the definition, word for word (Herlihy and Wing 1990, section 2.3).</summary>
internal static class BruteForce
{
    public static bool IsLinearizable(IReadOnlyList<Operation> operations)
    {
        var must = operations.Where(one => one.Outcome is Outcome.Yes || one is { Outcome: Outcome.No, Seen: not null }).ToList();
        var may = operations.Where(one => one.Outcome is Outcome.Unknown && one.Kind.IsChange).ToList();
        for (var choice = 0; choice < 1 << may.Count; choice++)
        {
            var chosen = must.Concat(may.Where((_, i) => (choice >> i & 1) == 1)).ToList();
            if (Orders(chosen).Any(order => KeepsTime(order) && Explains(order)))
                return true;
        }

        return false;
    }

    private static IEnumerable<List<Operation>> Orders(List<Operation> operations)
    {
        if (operations.Count == 0)
            return [[]];
        return operations.SelectMany((first, i) =>
            Orders([.. operations.Where((_, j) => j != i)]).Select(rest => (List<Operation>)[first, .. rest]));
    }

    private static bool KeepsTime(List<Operation> order)
    {
        for (var i = 0; i < order.Count; i++)
        {
            for (var j = i + 1; j < order.Count; j++)
            {
                if (order[j].Outcome is not Outcome.Unknown && order[j].Returned < order[i].Invoked)
                    return false;
            }
        }

        return true;
    }

    private static bool Explains(List<Operation> order)
    {
        var held = Seen.Nothing;
        foreach (var one in order)
        {
            var after = Model.After(held, one.Kind);
            if (one.Kind is OperationKind.Read)
            {
                if (one.Seen != held)
                    return false;
                continue;
            }

            if (one.Outcome is Outcome.No)
            {
                // Of a change without a condition it is not judged why it was refused.
                var conditional = one.Kind is OperationKind.CompareAndSet or OperationKind.CompareVersionAndSet;
                if (one.Seen != held || (conditional && after is not null))
                    return false;
                continue;
            }

            if (after is not { } then || (one is { Outcome: Outcome.Yes, Seen: { } seen } && seen != then))
                return false;
            held = then;
        }

        return true;
    }
}

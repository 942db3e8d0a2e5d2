namespace Roj.Simulation.Histories;

/// <summary>One search of <see cref="ExhaustiveChecker"/>.</summary>
/// <remarks>
/// Beginnings and ends of the steps that do not stand yet are a list by time. Whatever begins before the first end in it can be next. The
/// first end that is reached belongs to a step that should have stood: then the last choice was wrong.
/// </remarks>
internal sealed class ExhaustiveSearch
{
    private readonly RegisterHistory history;
    private readonly bool versions;
    private readonly int stepsMax;

    private readonly int[] next; // the list; entry i + 1 is the beginning of step i, entry n + i + 1 its end, entry 0 the list's own
    private readonly int[] previous;
    private readonly ulong[] standing; // a bit for each step
    private readonly SortedSet<(ulong[] Standing, string? Value)> tried = new(Comparer<(ulong[], string?)>.Create(Compare));
    private readonly Stack<(int Step, Seen Before)> order = [];
    private int missing; // steps that must stand and do not

    private int deepest = -1;
    private string blocked = "";

    public ExhaustiveSearch(RegisterHistory history, bool versions, int stepsMax)
    {
        (this.history, this.versions, this.stepsMax) = (history, versions, stepsMax);
        var count = Steps.Count;
        next = new int[(2 * count) + 1];
        previous = new int[(2 * count) + 1];
        standing = new ulong[(count + 63) / 64];
        missing = Steps.Count(step => !step.IsOptional);

        var entries = Enumerable.Range(1, 2 * count).Where(entry => entry <= count || !Steps[entry - count - 1].IsOptional);
        // Where a beginning and an end fall together the beginning goes first: they are concurrent.
        foreach (var entry in entries.OrderBy(At).ThenBy(entry => entry > count))
            Insert(entry, previous[0]);
    }

    private List<Step> Steps => history.Steps;

    public Verdict Run()
    {
        var state = Seen.Nothing;
        var steps = 0;
        var entry = next[0];
        while (missing > 0)
        {
            if (++steps > stepsMax)
                return new Verdict.Unknown($"{history.Name}: no order of {Steps.Count} operations in {stepsMax} steps");
            if (entry <= Steps.Count)
            {
                entry = Try(entry - 1, ref state) ? next[0] : next[entry];
                continue;
            }

            Note(entry - Steps.Count - 1, state);
            if (!order.TryPop(out var last))
                return new Verdict.Violation($"{history.Name}: {blocked}");
            state = last.Before;
            PutBack(last.Step);
            entry = next[last.Step + 1];
        }

        return new Verdict.Linearizable();
    }

    private static int Compare((ulong[] Standing, string? Value) left, (ulong[] Standing, string? Value) right)
    {
        var order = left.Standing.AsSpan().SequenceCompareTo(right.Standing);
        return order != 0 ? order : string.CompareOrdinal(left.Value, right.Value);
    }

    private long At(int entry) => entry <= Steps.Count ? Steps[entry - 1].Invoked : Steps[entry - Steps.Count - 1].Returned;

    private bool Try(int step, ref Seen state)
    {
        if (!Steps[step].CanStand(state, versions, out var after))
            return false;
        standing[step / 64] ^= 1UL << step;
        // The version follows from the steps that stand: set and value are the whole configuration.
        if (!tried.Add(([.. standing], after.Value)))
        {
            standing[step / 64] ^= 1UL << step;
            return false;
        }

        order.Push((step, state));
        state = after;
        Remove(step + 1);
        if (Steps[step].IsOptional)
            return true;
        Remove(step + 1 + Steps.Count);
        missing--;
        return true;
    }

    private void PutBack(int step)
    {
        standing[step / 64] ^= 1UL << step;
        if (!Steps[step].IsOptional)
        {
            Insert(step + 1 + Steps.Count, previous[step + 1 + Steps.Count]);
            missing++;
        }

        Insert(step + 1, previous[step + 1]);
    }

    private void Note(int step, Seen state)
    {
        if (order.Count <= deepest)
            return;
        deepest = order.Count;
        var held = versions ? state.ToString() : state.Value ?? "nothing";
        var before = order.TryPeek(out var last) ? $", last {Steps[last.Step]}" : "";
        blocked = $"{Steps[step]} fits nowhere: at best {order.Count} operations stand before it{before}, and leave {held}";
    }

    /// <summary>Takes an entry out; it still knows where it was.</summary>
    private void Remove(int entry) => (next[previous[entry]], previous[next[entry]]) = (next[entry], previous[entry]);

    private void Insert(int entry, int behind)
    {
        (previous[entry], next[entry]) = (behind, next[behind]);
        (next[behind], previous[next[behind]]) = (entry, entry);
    }
}

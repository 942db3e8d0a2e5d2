namespace Roj.Simulation.Histories;

/// <summary>Gives each version that nobody owns to a change of which no version is known, so that every value follows.</summary>
/// <remarks>
/// It goes from version to version with what the register holds. Where there is a choice it takes the first change that fits, and comes
/// back for the next one when it can't go on. Behind the last version that anybody saw it goes on until all applied changes stand.
/// </remarks>
internal sealed class VersionSearch(string name, VersionLine line, VersionOwners owners, int stepsMax)
{
    private readonly Stack<Choice> choices = [];
    private readonly bool[] used = new bool[owners.Loose.Count];
    private readonly int known = line.Slots.Count;
    private int missing = owners.Loose.Count(step => !step.IsOptional); // applied, and no version yet

    private int steps;
    private int deepest = -1;
    private string blocked = "";

    public Verdict Run()
    {
        var at = new Place(Seen.Nothing, line.Slots[0].Observers.Aggregate(long.MinValue, (time, step) => Math.Max(time, step.Invoked)));
        var from = 0;
        while (!Walk(ref at))
        {
            // At a version without an owner, or at one that does not fit: then there is nothing to choose.
            while (!Choose(ref at, from))
            {
                if (!choices.TryPop(out var last))
                    return new Verdict.Violation($"{name}: {blocked}");
                (at, from) = (last.Before, last.Index + 1);
                Free(last.Index);
            }

            from = 0;
            if (steps > stepsMax)
                return new Verdict.Unknown($"{name}: the owners of its versions were not found in {stepsMax} steps");
        }

        return new Verdict.Linearizable();
    }

    /// <summary>Goes on while versions have owners.</summary>
    /// <returns>Whether it came to the end.</returns>
    private bool Walk(ref Place at)
    {
        while (Following(at) is { Owner: { } owner } slot && Stand(at, owner, slot) is { } then)
        {
            at = then;
            steps++;
        }

        return Following(at) is null && missing == 0;
    }

    private VersionSlot? Following(Place at) => at.Held.Version + 1 < (ulong)known ? line.Slots[(int)at.Held.Version + 1] : null;

    private bool Choose(ref Place at, int from)
    {
        var slot = Following(at);
        if (Overdue(at) is { } overdue)
        {
            Note(at, $"no version is left for {overdue}");
            return false;
        }

        for (var i = from; i < owners.Loose.Count && slot?.Owner is null; i++)
        {
            steps++;
            if (!IsFree(i, at.Held.Version + 1) || Stand(at, owners.Loose[i], slot) is not { } then)
                continue;
            choices.Push(new Choice(i, at));
            used[i] = true;
            missing -= owners.Loose[i].IsOptional ? 0 : 1;
            at = then;
            return true;
        }

        if (slot?.Owner is null)
            Note(at, $"no change of unknown version fits as version {at.Held.Version + 1}{Told(slot)}");
        return false;
    }

    /// <summary>A change that was applied, has no version, and can't get one any more.</summary>
    private Step? Overdue(Place at)
    {
        for (var i = 0; i < owners.Loose.Count && owners.Loose[i].Returned < at.Newest; i++)
        {
            if (!used[i])
                return owners.Loose[i];
        }

        return null;
    }

    private bool IsFree(int index, ulong version) =>
        !used[index]
        && (owners.Reserved[index] == 0 || (ulong)owners.Reserved[index] == version)
        && (owners.Twins[index] < 0 || used[owners.Twins[index]]);

    private void Free(int index)
    {
        used[index] = false;
        missing += owners.Loose[index].IsOptional ? 0 : 1;
    }

    /// <summary>The place behind a change and all who saw what it made; null if it can't stand there.</summary>
    private Place? Stand(Place at, Step change, VersionSlot? slot)
    {
        if (change.Invoked > slot?.Latest || !change.CanStand(at.Held, versions: true, out var after))
        {
            Note(at, $"{change} does not fit behind {at.Held}");
            return null;
        }

        if (slot?.Told is { } told && told.Value != after.Value)
        {
            Note(at, $"{change} would make {after}, but {told.Witness} tells otherwise");
            return null;
        }

        // Nothing that stands behind ended before this: Latest says so of the change, Overdue and VersionLine say so of all others.
        var newest = Math.Max(at.Newest, change.Invoked);
        return new Place(after, slot?.Observers.Aggregate(newest, (time, step) => Math.Max(time, step.Invoked)) ?? newest);
    }

    private static string Told(VersionSlot? slot) => slot?.Told is { } told ? $", of which {told.Witness} tells" : "";

    private void Note(Place at, string why)
    {
        if ((int)at.Held.Version < deepest)
            return;
        deepest = (int)at.Held.Version;
        blocked = $"however the versions are given out, {why}";
    }

    /// <summary>How far it came.</summary>
    /// <param name="Held">What the register holds.</param>
    /// <param name="Newest">When the last of all that stands was invoked: what ended before can't stand behind.</param>
    private readonly record struct Place(Seen Held, long Newest);

    /// <summary>A version was given to a change.</summary>
    private readonly record struct Choice(int Index, Place Before);
}

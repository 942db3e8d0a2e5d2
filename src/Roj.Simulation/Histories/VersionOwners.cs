namespace Roj.Simulation.Histories;

/// <summary>The changes of which no version is known: who could own which.</summary>
internal sealed class VersionOwners
{
    private readonly RegisterHistory history;
    private readonly VersionLine line;
    private readonly List<Step> loose;
    private readonly int[] reserved;
    private readonly string? breach;

    public VersionOwners(RegisterHistory history, VersionLine line)
    {
        (this.history, this.line) = (history, line);
        // Those that must stand first, the first to end before others; then the others, the oldest first, which fits wherever a newer does.
        loose = history.Steps.Where(step => step is { IsChange: true, Seen: null })
            .OrderBy(step => step.Returned).ThenBy(step => step.IsOptional).ThenBy(step => step.Invoked).ToList();
        reserved = new int[loose.Count];
        breach = TooFew() ?? TooMany() ?? Reserve();
        Twins = [.. Enumerable.Range(0, loose.Count).Select(Twin)];
    }

    /// <summary>The changes.</summary>
    public IReadOnlyList<Step> Loose => loose;

    /// <summary>For each the version that nobody else can have made; 0 if there is none.</summary>
    public IReadOnlyList<int> Reserved => reserved;

    /// <summary>For each the next older one that may be left out and is just the same, so that this one need not be tried before it; -1 for
    /// none.</summary>
    public IReadOnlyList<int> Twins { get; }

    /// <summary>A version that nobody can have made; null if there is none.</summary>
    public string? Breach() => breach;

    private IEnumerable<VersionSlot> Gaps => line.Slots.Where(slot => slot.Version > 0 && slot.Owner is null);

    private string? TooFew()
    {
        var invocations = loose.ConvertAll(step => step.Invoked);
        invocations.Sort();
        var (able, gaps) = (0, 0);
        foreach (var slot in Gaps)
        {
            // Latest grows with the version: who can have made this one can, by time, have made all later ones.
            while (able < invocations.Count && invocations[able] <= slot.Latest)
                able++;
            if (able < ++gaps)
                return $"nobody made version {slot.Version}: no acknowledged change did, nor an unknown one that began in time{By(slot)}";
        }

        return null;
    }

    /// <summary>An applied change for which no version is left: each gap goes to the one that must have ended first.</summary>
    private string? TooMany()
    {
        var homeless = loose.Where(step => !step.IsOptional).ToList(); // by end
        foreach (var slot in Gaps)
        {
            if (Lost(homeless, slot.Earliest) is { } lost)
                return lost;
            if (homeless.FindIndex(step => step.Invoked <= slot.Latest) is >= 0 and var first)
                homeless.RemoveAt(first);
        }

        return Lost(homeless, line.Newest);
    }

    private static string? Lost(List<Step> homeless, long newest) =>
        homeless.Find(step => step.Returned < newest) is { } lost ? $"{lost} was lost: no version is left that it can have made" : null;

    private string? Reserve()
    {
        foreach (var slot in Gaps.Where(slot => slot.Told is not null))
        {
            var able = Enumerable.Range(0, loose.Count).Where(i => CouldMake(loose[i], slot)).Take(2).ToList();
            if (able.Count == 0)
                return $"nobody made version {slot.Version}{By(slot)}{Suspicion(slot)}";
            if (able.Count > 1)
                continue;
            if (reserved[able[0]] > 0)
                return $"{loose[able[0]]} alone can have made version {reserved[able[0]]}, and version {slot.Version}{By(slot)}";
            reserved[able[0]] = (int)slot.Version;
        }

        return null;
    }

    private bool CouldMake(Step step, VersionSlot slot)
    {
        var value = slot.Told.GetValueOrDefault().Value;
        if (step.Invoked > slot.Latest || !step.Kind.CouldMake(value))
            return false;
        var before = line.Slots[(int)slot.Version - 1];
        return (before.Version > 0 && before.Told is null)
            || (step.CanStand(new Seen(before.Version, before.Told?.Value), versions: true, out var after) && after.Value == value);
    }

    private static string By(VersionSlot slot) => slot.Told is { } told ? $", of which {told.Witness} tells" : "";

    /// <summary>Who would have made such a value, and can't have.</summary>
    private string Suspicion(VersionSlot slot)
    {
        var value = slot.Told.GetValueOrDefault().Value;
        if (history.Refused.Find(refused => refused.Kind.CouldMake(value)) is { } refused)
            return $"; {refused} would have";
        return loose.Concat(history.Steps).FirstOrDefault(step => step.IsChange && step.Kind.CouldMake(value)) is { } other
            ? $"; {other} would have, elsewhere or later"
            : "";
    }

    private int Twin(int index)
    {
        if (!loose[index].IsOptional)
            return -1;
        for (var other = index - 1; other >= 0 && loose[other].IsOptional; other--)
        {
            if (reserved[other] == reserved[index] && loose[other].Kind == loose[index].Kind)
                return other;
        }

        return -1;
    }
}

namespace Roj.Simulation.Histories;

/// <summary>The versions of a register in a row, with all that clients were told of them.</summary>
internal sealed class VersionLine
{
    private readonly RegisterHistory history;
    private readonly List<VersionSlot> slots = [];
    private readonly string? breach;

    public VersionLine(RegisterHistory history)
    {
        this.history = history;
        breach = Fill() ?? Values() ?? Times();
        foreach (var slot in slots)
        {
            slot.Earliest = Newest;
            var made = Math.Max(Newest, slot.Owner?.Invoked ?? Newest);
            Newest = slot.Observers.Aggregate(made, (time, step) => Math.Max(time, step.Invoked));
        }

        var latest = long.MaxValue;
        foreach (var slot in Enumerable.Reverse(slots))
        {
            slot.Latest = slot.Observers.Aggregate(latest, (time, step) => Math.Min(time, step.Returned));
            latest = Math.Min(slot.Latest, slot.Owner?.Returned ?? long.MaxValue);
        }
    }

    /// <summary>All versions, from 0 to the greatest that anybody saw.</summary>
    public IReadOnlyList<VersionSlot> Slots => slots;

    /// <summary>When the last of all that have a version was invoked.</summary>
    public long Newest { get; } = long.MinValue;

    /// <summary>What can't be, whoever made the versions that nobody owns; null if nothing.</summary>
    public string? Breach() => breach;

    private string? Fill()
    {
        slots.Add(new VersionSlot(0));
        var makers = history.Steps.Count(step => step.IsChange);
        foreach (var step in history.Steps.Where(step => step.Seen is not null))
        {
            var version = step.Seen.GetValueOrDefault().Version;
            if (version > (ulong)makers)
                return $"{step} saw version {version}, but only {makers} changes can have been applied";
            while (version >= (ulong)slots.Count)
                slots.Add(new VersionSlot((ulong)slots.Count));
            if (Place(step, slots[(int)version]) is { } wrong)
                return wrong;
        }

        return null;
    }

    private static string? Place(Step step, VersionSlot slot)
    {
        var value = step.Seen.GetValueOrDefault().Value;
        if (slot.Version == 0 && (step.IsChange || value is not null))
            return $"{step} is before all changes";
        if (step.IsChange && slot.Owner is { } owner)
            return $"{step} and {owner} made the same version";
        if (slot.Told is { } told && told.Value != value)
            return $"{step} and {told.Witness} differ about version {slot.Version}";
        slot.Told ??= (value, step);
        if (step.IsChange)
            slot.Owner = step;
        else
            slot.Observers.Add(step);
        return null;
    }

    private string? Values()
    {
        foreach (var (before, slot) in slots.Zip(slots.Skip(1)))
        {
            if (slot.Owner is not { Kind: var kind } owner)
                continue;
            var after = owner.Seen.GetValueOrDefault();
            if (before.Version > 0 && before.Told is null && kind is OperationKind.CompareAndSet set)
                before.Told = (set.Expected, owner); // what it found there is as good as seen
            var follows = before.Version > 0 && before.Told is null
                ? kind.CouldMake(after.Value)
                : owner.CanStand(new Seen(before.Version, before.Told?.Value), versions: true, out _);
            if (!follows)
                return $"{owner} does not follow from {Describe(before)}";
        }

        var unfounded = slots.SelectMany(slot => slot.Observers)
            .FirstOrDefault(step => !step.CanStand(step.Seen.GetValueOrDefault(), versions: true, out _));
        return unfounded is null ? null : $"{unfounded}, though its condition is met there";
    }

    private static string Describe(VersionSlot slot) =>
        $"version {slot.Version}" + (slot.Told is { } told ? $", which was {told.Value ?? "nothing"} by {told.Witness}" : "");

    /// <summary>Real time (Herlihy and Wing 1990, section 2.3): nothing stands behind what began after its end.</summary>
    private string? Times()
    {
        Step? newest = null; // of all before, the one that began last
        foreach (var slot in slots)
        {
            if (slot.Owner is { } owner)
            {
                if (owner.Returned < newest?.Invoked)
                    return Late(owner, newest);
                newest = Newer(newest, owner);
            }

            if (slot.Observers.Find(step => step.Returned < newest?.Invoked) is { } late && newest is not null)
                return Late(late, newest);
            newest = slot.Observers.Aggregate(newest, Newer);
        }

        return null;
    }

    private static Step Newer(Step? left, Step right) => left is not null && left.Invoked >= right.Invoked ? left : right;

    private static string Late(Step early, Step stale) => $"{stale} went back behind {early}, which had returned before it began";
}

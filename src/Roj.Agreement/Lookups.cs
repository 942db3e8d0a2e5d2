using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Finds out who accepts for slots of the store: what <see cref="Placement"/> says, where whoever comes first to an empty one
/// writes it.</summary>
internal sealed class Lookups(Slots slots, RegistersSettings settings)
{
    /// <summary>What was looked up is not looked up again before this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly SortedDictionary<ushort, Instant> asked = [];
    private readonly SortedSet<ushort> underWay = [];
    private readonly SortedSet<ushort> mayFill = []; // somebody needs them
    private readonly Queue<(ushort Slot, RegisterChange? Change)> wanted = [];

    /// <summary>Somebody needs a slot that is not known, or nobody answers as far as it is.</summary>
    public void Want(Instant now, ushort slot)
    {
        mayFill.Add(slot);
        if (slots.Find(slot) is not null && asked.TryGetValue(slot, out var last) && now - last < Pause)
            return;
        Look(now, slot);
    }

    /// <summary>Somebody wants to know what is written of a slot; if nothing is, it stays so.</summary>
    public void Look(Instant now, ushort slot)
    {
        if (!underWay.Contains(slot))
            Ask(now, slot);
    }

    /// <summary>Takes out what is to be asked of a slot's register: a reading, or a change; null if nothing is.</summary>
    public (ushort Slot, RegisterChange? Change)? TakeWanted() => wanted.TryDequeue(out var next) ? next : null;

    /// <summary>What was asked has ended. If nothing came of it, whoever still waits wants it again.</summary>
    /// <returns>Whether it is known now what is written.</returns>
    public bool Ended(Instant now, ushort slot, Outcome outcome, AgreementOutbox outbox)
    {
        underWay.Remove(slot);
        asked[slot] = now;
        if (outcome.Content is not { } content || slots.Find(0) is not { Set: var roster })
            return false;
        if (content.Data is not null)
        {
            if (Placement.SetOf(content) is { } set && set.Cluster == roster.Cluster)
                slots.Adopt(slot, new SlotState(set, Floor.None), outbox);
            mayFill.Remove(slot);
            return true;
        }

        if (!mayFill.Remove(slot))
            return true;
        // All who come here at once write one thing each, and only the first writes it.
        var first = new ReplicaSet(roster.Cluster, 1, Placement.FirstOf(slot, roster.Members, settings.Copies), null);
        underWay.Add(slot);
        wanted.Enqueue((slot, new RegisterChange.Set(Placement.DataOf(first)) { Condition = Condition.Absent }));
        return false;
    }

    private void Ask(Instant now, ushort slot)
    {
        asked[slot] = now;
        underWay.Add(slot);
        wanted.Enqueue((slot, null));
    }
}

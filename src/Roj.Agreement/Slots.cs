namespace Roj.Agreement;

/// <summary>Which replica sets a node has adopted.</summary>
internal sealed class Slots
{
    private readonly IStableStore store;
    private readonly SortedDictionary<ushort, SlotState> states = [];
    private readonly Queue<ushort> changed = [];

    public Slots(IStableStore store)
    {
        this.store = store;
        if (store.Find(0, out var state) is Finding.Damaged)
            IsDamaged = true;
        else if (state is not null)
            states.Add(0, state);
    }

    /// <summary>Whether what was adopted can't be read: such a node knows nothing and may promise nothing.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>What is known of a slot; null for nothing.</summary>
    public SlotState? Find(ushort slot)
    {
        if (states.TryGetValue(slot, out var known))
            return known;
        if (slot == 0 || store.Find(slot, out var kept) is not Finding.Found || kept is null)
            return null;
        states.Add(slot, kept);
        return kept;
    }

    /// <summary>Adopts what is newer.</summary>
    public void Adopt(ushort slot, SlotState told, AgreementOutbox outbox)
    {
        var known = Find(slot);
        if (IsDamaged || (known is not null && known.Set.Cluster != told.Set.Cluster))
            return;
        var isNewer = known is null || told.Set.Version > known.Set.Version;
        var floor = told.Floor.Over(known?.Floor ?? Floor.None);
        if (!isNewer && floor == known!.Floor)
            return;
        var state = new SlotState(isNewer ? told.Set : known!.Set, floor);
        states[slot] = state;
        outbox.Do(Records.Save(slot, state));
        if (!isNewer)
            return;
        outbox.Emit(new AgreementEvent.Seated(slot, state.Set));
        changed.Enqueue(slot);
    }

    /// <summary>Takes out a slot that has another replica set since this was last asked; null if none has.</summary>
    public ushort? TakeChanged() => changed.TryDequeue(out var slot) ? slot : null;

    /// <summary>Raises a slot's floor, if that is higher.</summary>
    public void Raise(ushort slot, Floor floor, AgreementOutbox outbox)
    {
        if (Find(slot) is not { } known || known.Floor.Over(floor) == known.Floor)
            return;
        states[slot] = known with { Floor = known.Floor.Over(floor) };
        outbox.Do(Records.Save(slot, states[slot]));
    }
}

using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Which replica sets a node has adopted.</summary>
internal sealed class Slots
{
    private const int ListedAtOnce = 1024;

    private readonly NodeId self;
    private readonly IStableStore store;
    private readonly SortedDictionary<ushort, SlotState> states = [];
    private readonly Queue<ushort> changed = [];
    private readonly SortedDictionary<ushort, List<ReadOnlyMemory<byte>>> unforgotten = [];

    public Slots(NodeId self, IStableStore store)
    {
        (this.self, this.store) = (self, store);
        for (ushort slot = 0; slot <= Placement.SlotsMax; slot++)
            Load(slot);
    }

    /// <summary>Whether what was adopted can't be read: such a node knows nothing and may promise nothing.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Ends what an earlier life had begun.</summary>
    public void Start(AgreementOutbox outbox)
    {
        foreach (var (slot, keys) in unforgotten)
            Forget(slot, keys, outbox);
        unforgotten.Clear();
    }

    /// <summary>How often a set was adopted: as long as this is the same, all of them are.</summary>
    public ulong Adoptions { get; private set; }

    /// <summary>What is known of a slot; null for nothing.</summary>
    public SlotState? Find(ushort slot) => states.GetValueOrDefault(slot);

    /// <summary>The slots of the store that are known.</summary>
    public IEnumerable<(ushort Slot, SlotState State)> OfStore =>
        states.Where(one => one.Key != 0).Select(one => (one.Key, one.Value));

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
        // Whoever is no member, or only will be, forgets what he took under earlier sets: it is copied to him, and what was deleted
        // meanwhile must not come back with him. Who can't read all that he has does not follow.
        var isLeaving = isNewer && (!told.Set.Members.Contains(self) || HasMissed(known?.Set, told.Set));
        var keys = isLeaving ? KeysOf(slot) : [];
        if (keys is null)
            return;
        var state = new SlotState(isNewer ? told.Set : known!.Set, floor);
        states[slot] = state;
        if (keys.Count > 0)
            outbox.Do(Records.SaveForgetting(slot, state.Set.Version));
        outbox.Do(Records.Save(slot, state));
        if (keys.Count > 0)
            Forget(slot, keys, outbox);
        if (!isNewer)
            return;
        Adoptions++;
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

    // Whoever missed a set that had both may have been left out for a while, and nothing was chosen with him since: he begins anew too.
    private static bool HasMissed(ReplicaSet? known, ReplicaSet told) =>
        known is not null && told.Version - known.Version > (known.Next is null ? 1UL : 2UL);

    private void Load(ushort slot)
    {
        var forgetting = store.FindForgetting(slot, out var version);
        IsDamaged |= store.Find(slot, out var state) is Finding.Damaged || forgetting is Finding.Damaged;
        if (state is not null)
            states.Add(slot, state);
        if (forgetting is not Finding.Found)
            return;
        // An earlier life had begun to forget. If it had not followed yet, there is nothing to be forgotten.
        if (state is null || state.Set.Version < version)
            unforgotten.Add(slot, []);
        else if (KeysOf(slot) is { } keys)
            unforgotten.Add(slot, keys);
        else
            IsDamaged = true;
    }

    private List<ReadOnlyMemory<byte>>? KeysOf(ushort slot)
    {
        List<ReadOnlyMemory<byte>> keys = [];
        List<StoredHead> found = [];
        var cursor = UInt128.Zero;
        do
        {
            found.Clear();
            if (store.List(slot, cursor, ListedAtOnce, found) is not { } next)
                return null;
            keys.AddRange(found.Select(record => record.Key).Where(key => Records.NameOf(slot, key) is not null));
            cursor = next;
        }
        while (cursor != UInt128.Zero);
        return keys;
    }

    private static void Forget(ushort slot, List<ReadOnlyMemory<byte>> keys, AgreementOutbox outbox)
    {
        foreach (var key in keys)
            outbox.Do(new AgreementEffect.Save(key, null));
        outbox.Do(new AgreementEffect.Save(Records.ForgettingKey(slot), null));
    }
}

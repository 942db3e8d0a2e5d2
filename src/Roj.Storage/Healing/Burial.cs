using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Drops tombstones, which have done their work when nobody has anything older any more (decision 0050). The first owner of a slot
/// asks all who may have something of it; long enough afterwards it asks once more, and then all owners drop what all of them had both
/// times.</summary>
/// <remarks>In between, whatever was on its way when it asked first has become too old to be taken: <see
/// cref="StoreSettings.MessageAge"/>.</remarks>
internal sealed class Burial(Router router, Placement placement, Handoff handoff)
{
    private const int StepAbout = 256;
    private const int SlotsMax = 64; // asked about at a time

    private static readonly TimeSpan step = TimeSpan.FromMilliseconds(5);

    private readonly Replica replica = router.Replica;
    private readonly SortedDictionary<int, Grave> graves = [];
    private Grave? gathered; // of the slot that is looked through
    private ulong from;
    private int slot;
    private Instant lookAt;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            Instant? due = placement.Map is null ? null : lookAt;
            foreach (var grave in graves.Values)
                due = Instant.Earliest(due, grave.Due);
            return due;
        }
    }

    /// <summary>Begins.</summary>
    public void Start(Moment at) => lookAt = at.Now + router.Settings.BuryEvery;

    /// <summary>There is another map: all is asked anew.</summary>
    public void Follow()
    {
        graves.Clear();
        gathered = null;
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Moment at)
    {
        foreach (var grave in graves.Values.ToArray())
        {
            if (grave.Due > at.Now)
                continue;
            if (grave.Waited.Count == 0)
                Ask(at, grave);
            else
                graves.Remove(grave.Slot); // somebody does not answer
        }

        if (lookAt > at.Now || placement.Map is null)
            return;
        lookAt = at.Now + step;
        if (gathered is null)
            Seek(at);
        else
            Gather(at, gathered);
    }

    /// <summary>Somebody asks what is here; or says that all have been asked.</summary>
    public void Hear(Moment at, NodeId from, StorageMessage.Bury bury)
    {
        router.Clock.Hear(at, bury.Time);
        var isSame = placement.Map is { } map && (bury.Term, bury.Version) == (map.Term, map.Version);
        var isOwner = isSame && placement.Map!.Owns(placement.Self, bury.Slot);
        if (!bury.IsDrop)
        {
            ulong[] hashes = !isOwner ? []
                : [.. bury.Items.Where(item => KeyOf(item.Hash, item.Stamp) is not null).Select(item => item.Hash)];
            router.Outbox.Send(
                from, new StorageMessage.Buried(bury.Id, router.Clock.TimeAt(at), isSame && IsAble(bury.Slot), hashes));
        }
        else if (isOwner && from == placement.OwnersOf(bury.Slot)[0])
        {
            Drop(at, bury.Slot, bury.Items);
        }
    }

    /// <summary>Somebody says what he has.</summary>
    public void Hear(Moment at, NodeId from, StorageMessage.Buried buried)
    {
        router.Clock.Hear(at, buried.Time);
        var grave = graves.Values.FirstOrDefault(one => one.Id == buried.Id);
        if (grave is null || !grave.Waited.Remove(from))
            return;
        if (placement.Map!.Owns(from, grave.Slot))
            grave.KeepOnly(buried.Hashes);
        if (!buried.IsAble || grave.Items.Count == 0)
            graves.Remove(grave.Slot);
        else if (grave.Waited.Count == 0)
            Conclude(at, grave);
    }

    // The next slot with something to be dropped of which this node is the first owner.
    private void Seek(Moment at)
    {
        for (; slot < SlotMap.Slots; slot++)
        {
            var isOwn = placement.OwnersOf(slot) is [var first, ..] && first == placement.Self && !graves.ContainsKey(slot);
            if (!isOwn || graves.Count >= SlotsMax || replica.DigestOf(slot) is not { } digest || digest.Tombstones + digest.Ending == 0)
                continue;
            (gathered, from) = (new Grave { Slot = slot }, (ulong)slot << 56);
            slot++;
            return;
        }

        (slot, lookAt) = (0, at.Now + router.Settings.BuryEvery);
    }

    private void Gather(Moment at, Grave grave)
    {
        var walk = replica.Shelf.Walk(from, StepAbout);
        foreach (var item in walk.Items)
        {
            var isOver = !item.Head.IsTombstone && !item.Head.IsThere(at.Unix);
            if (isOver)
                replica.Find(item.Key, at.Unix, out _, out _, router.Outbox); // its end is kept, which others will have too
            if ((isOver || item.Head.IsTombstone) && SlotMap.SlotOf(item.Hash) == grave.Slot
                && grave.Items.Count < StorageMessage.Bury.ItemsMax)
                grave.Items.TryAdd(item.Hash, item.Head.Stamp);
        }

        from = walk.Last + 1;
        if (walk.Last != ulong.MaxValue && SlotMap.SlotOf(from) == grave.Slot && grave.Items.Count < StorageMessage.Bury.ItemsMax)
            return;
        gathered = null;
        if (grave.Items.Count > 0)
            Ask(at, grave);
    }

    // All in the map, who was in it and has not been done without yet, and who is here without being in it yet: he may have something.
    private void Ask(Moment at, Grave grave)
    {
        var map = placement.Map!;
        var others = map.Nodes.Concat(map.Outcasts.Where(outcast => !outcast.IsBarred).Select(outcast => outcast.Node))
            .Concat(placement.Here).Where(node => node != placement.Self);
        grave.KeepOnly([.. grave.Items.Where(item => KeyOf(item.Key, item.Value) is not null).Select(item => item.Key)]);
        grave.Waited.UnionWith(others);
        graves.Remove(grave.Slot);
        if (grave.Items.Count == 0 || !IsAble(grave.Slot) || !grave.Waited.All(placement.IsHere))
            return;
        graves.Add(grave.Slot, grave);
        (grave.Id, grave.Due) = (router.NextId(), at.Now + router.Settings.BuryPatience);
        foreach (var node in grave.Waited)
            router.Outbox.Send(node, Question(at, grave, isDrop: false, map.Owns(node, grave.Slot)));
        if (grave.Waited.Count == 0)
            Conclude(at, grave);
    }

    private StorageMessage.Bury Question(Moment at, Grave grave, bool isDrop, bool isToOwner) => new(
        grave.Id,
        placement.Map!.Term,
        placement.Map.Version,
        router.Clock.TimeAt(at),
        (byte)grave.Slot,
        isDrop,
        isToOwner ? [.. grave.Items.Select(item => (item.Key, item.Value))] : []);

    // All have answered.
    private void Conclude(Moment at, Grave grave)
    {
        if (!grave.IsResting)
        {
            (grave.IsResting, grave.Due) = (true, at.Now + router.Settings.BuryPause);
            return;
        }

        graves.Remove(grave.Slot);
        var drop = Question(at, grave, isDrop: true, isToOwner: true);
        foreach (var owner in placement.OwnersOf(grave.Slot))
        {
            if (owner != placement.Self)
                router.Outbox.Send(owner, drop);
        }

        Drop(at, grave.Slot, drop.Items);
    }

    // Whether nothing of a slot is here but what its owner has.
    private bool IsAble(int which) =>
        placement.Map is { } map && map.FormersOf(which).Count == 0 && map.Outcasts.Count < SlotMap.OutcastsMax
            && !map.IsBarred(placement.Self) && handoff.IsKnown && !handoff.Held.Has(which)
            && router.Hints is { Count: 0, IsReading: false };

    private StorageKey? KeyOf(ulong hash, Stamp stamp)
    {
        foreach (var item in replica.Shelf.Walk(hash, 1).Items)
        {
            if (item.Hash == hash && item.Head.IsTombstone && item.Head.Stamp == stamp)
                return item.Key;
        }

        return null;
    }

    private void Drop(Moment at, int which, IReadOnlyList<(ulong Hash, Stamp Stamp)> items)
    {
        if (!replica.Clock.Keep(router.Clock.TimeAt(at)))
            return; // the clock must never go back behind what was dropped by it
        var dropped = 0;
        foreach (var (hash, stamp) in items)
        {
            if (KeyOf(hash, stamp) is not { } key)
                continue;
            replica.Drop(key, new EntryHead(stamp, true, null));
            dropped++;
        }

        router.Outbox.Emit(new StorageEvent.Buried(which, dropped));
    }

    // What is to be dropped of a slot.
    private sealed class Grave
    {
        public required int Slot { get; init; }

        public SortedDictionary<ulong, Stamp> Items { get; private set; } = [];

        public SortedSet<NodeId> Waited { get; } = [];

        public ulong Id { get; set; }

        public Instant Due { get; set; }

        /// <summary>Whether all have answered once.</summary>
        public bool IsResting { get; set; }

        public void KeepOnly(IReadOnlyList<ulong> hashes)
        {
            var kept = new SortedDictionary<ulong, Stamp>();
            foreach (var hash in hashes)
            {
                if (Items.TryGetValue(hash, out var stamp))
                    kept[hash] = stamp;
            }

            Items = kept;
        }
    }
}

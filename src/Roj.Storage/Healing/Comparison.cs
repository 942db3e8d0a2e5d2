using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Compares copies with those of the other owners now and then, and brings up to date what differs, without anybody reading it
/// (anti-entropy: Demers and others, PODC 1987; Merkle's digests as in Dynamo).</summary>
internal sealed class Comparison(Router router, Placement placement)
{
    private const int SlotsAtATime = 32;
    private const long BytesAtATime = 4 << 20;

    private static readonly TimeSpan soon = TimeSpan.FromSeconds(1);

    private readonly Replica replica = router.Replica;
    private readonly SortedDictionary<NodeId, Instant> due = [];

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => due.Count == 0 ? null : due.Values.Min();

    /// <summary>These can be reached, and this map holds: who is new is compared with soon.</summary>
    public void See(Moment at)
    {
        NodeId[] others = placement.Map is null ? []
            : [.. placement.Here.Where(node => node != placement.Self && placement.Map.Nodes.Contains(node))];
        foreach (var gone in due.Keys.Except(others).ToArray())
            due.Remove(gone);
        foreach (var other in others)
            due.TryAdd(other, at.Now + soon + router.Rng.Next(TimeSpan.Zero, soon));
    }

    /// <summary>Asks those whose turn it is.</summary>
    public void Tick(Moment at)
    {
        foreach (var (other, when) in due.ToArray())
        {
            if (when > at.Now)
                continue;
            var isWhole = Ask(other);
            due[other] = at.Now + (isWhole ? router.Settings.ComparePause + router.Rng.Next(TimeSpan.Zero, soon) : soon);
        }
    }

    /// <summary>Somebody says what his copies amount to.</summary>
    public void Hear(NodeId from, StorageMessage.Compare compare)
    {
        var left = SlotsAtATime;
        foreach (var (slot, total) in compare.Totals)
        {
            if (IsShared(slot, from) && replica.DigestOf(slot) is { } digest && digest.Total != total && left-- > 0)
                router.Outbox.Send(from, new StorageMessage.Parts(slot, [.. digest.Digests]));
        }
    }

    /// <summary>Somebody says what the parts of a slot that differs amount to.</summary>
    public void Hear(NodeId from, StorageMessage.Parts parts)
    {
        if (!IsShared(parts.Slot, from) || replica.DigestOf(parts.Slot) is not { } digest)
            return;
        for (var bucket = 0; bucket < SlotDigest.Buckets; bucket++)
        {
            if (digest.Digests[bucket] != parts.Digests[bucket])
                router.Outbox.Send(from, new StorageMessage.Summary(parts.Slot, (byte)bucket, HeadsOf(parts.Slot, bucket)));
        }
    }

    /// <summary>Somebody says what he has in a part that differs: he is given what is later here, and asked for what is later
    /// there.</summary>
    public void Hear(Moment at, NodeId from, StorageMessage.Summary summary)
    {
        if (!IsShared(summary.Slot, from))
            return;
        var theirs = new SortedDictionary<ulong, EntryHead>();
        foreach (var (hash, stamp, isTombstone) in summary.Heads)
            theirs[hash] = new EntryHead(stamp, isTombstone, null);
        var room = BytesAtATime;
        foreach (var item in ItemsOf(summary.Slot, summary.Bucket))
        {
            var isKnown = theirs.TryGetValue(item.Hash, out var their);
            if (!isKnown || item.Head.Beats(their))
                Give(from, item.Key, ref room);
            if (isKnown && !their.Beats(item.Head))
                theirs.Remove(item.Hash);
        }

        if (theirs.Count > 0)
            router.Outbox.Send(from, new StorageMessage.Want(summary.Slot, summary.Bucket, [.. theirs.Keys]));
        due[from] = at.Now + soon; // there may be more
    }

    /// <summary>Somebody wants versions.</summary>
    public void Hear(NodeId from, StorageMessage.Want want)
    {
        if (!IsShared(want.Slot, from))
            return;
        var wanted = new SortedSet<ulong>(want.Hashes);
        var room = BytesAtATime;
        foreach (var item in ItemsOf(want.Slot, want.Bucket).Where(item => wanted.Contains(item.Hash)))
            Give(from, item.Key, ref room);
    }

    private bool IsShared(int slot, NodeId other) =>
        placement.Map is { } map && map.Owns(placement.Self, slot) && map.Owns(other, slot);

    private void Give(NodeId to, StorageKey key, ref long room)
    {
        if (room <= 0 || replica.Shelf.Find(key, out var entry, out _) is not ShelfFinding.Found || entry is null)
            return;
        room -= EntryCodec.LengthOf(entry) + key.Name.Length;
        router.Outbox.Send(to, new StorageMessage.Put(0, key, entry, router.Clock.TimeAt(router.At)));
        router.Outbox.Emit(new StorageEvent.Repaired(to, key));
    }

    // False if some digests are not built yet.
    private bool Ask(NodeId other)
    {
        List<(byte, ulong)> totals = [];
        var isWhole = true;
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            if (!IsShared(slot, other))
                continue;
            replica.Recount(slot, isUsedOnly: true);
            if (replica.DigestOf(slot) is { } digest)
            {
                totals.Add(((byte)slot, digest.Total));
                digest.IsUsed = true;
            }
            else
            {
                isWhole = false;
            }
        }

        if (placement.Map is { } map && (totals.Count > 0 || isWhole))
            router.Outbox.Send(other, new StorageMessage.Compare(map.Term, map.Version, router.Clock.TimeAt(router.At), totals));
        return isWhole;
    }

    private List<(ulong, Stamp, bool)> HeadsOf(int slot, int bucket) =>
    [
        .. ItemsOf(slot, bucket).Take(StorageMessage.Summary.HeadsMax).Select(item => (item.Hash, item.Head.Stamp, item.Head.IsTombstone)),
    ];

    private IEnumerable<ShelfItem> ItemsOf(int slot, int bucket)
    {
        var last = SlotDigest.LastOf(slot, bucket);
        for (var from = SlotDigest.FirstOf(slot, bucket); ;)
        {
            var walk = replica.Shelf.Walk(from, StorageMessage.Summary.HeadsMax);
            foreach (var item in walk.Items)
            {
                if (item.Hash <= last)
                    yield return item;
            }

            if (walk.Last >= last)
                yield break;
            from = walk.Last + 1;
        }
    }
}

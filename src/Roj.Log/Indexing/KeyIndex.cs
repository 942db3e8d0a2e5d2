using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>Where the latest record of each key stands, by the key's hash: 27 to 53 bytes a key. Keys with one hash have a slot
/// each.</summary>
/// <remarks>256 tables, so that none takes long to grow: with 10⁷ keys one has 40,000.</remarks>
internal sealed class KeyIndex
{
    private const int ShardBits = 8;
    private const ulong Span = 1UL << (64 - ShardBits); // hashes of one shard

    private readonly IndexShard[] shards = new IndexShard[1 << ShardBits];

    /// <summary>Keys that have a value.</summary>
    internal long Keys { get; private set; }

    /// <summary>Keys that were removed.</summary>
    internal long Tombstones { get; private set; }

    /// <summary>The slots of <paramref name="hash"/>, one after the other: pass the last position, -1 at first.</summary>
    internal bool TryNext(ulong hash, ref int position, out Slot slot) => Of(hash).TryNext(hash, ref position, out slot);

    internal void Add(Slot slot)
    {
        Of(slot.Hash).Add(slot);
        Count(slot.IsTombstone, 1);
    }

    /// <summary>Puts <paramref name="slot"/> in the place of the one that stands at <paramref name="old"/>'s.</summary>
    internal void Replace(Slot old, Slot slot)
    {
        Kernel.Check.That(Of(slot.Hash).TryReplace(old.Place, slot));
        Count(old.IsTombstone, -1);
        Count(slot.IsTombstone, 1);
    }

    internal void Remove(Slot slot)
    {
        Kernel.Check.That(Of(slot.Hash).TryRemove(slot.Hash, slot.Place));
        Count(slot.IsTombstone, -1);
    }

    /// <summary>Whether the record at <paramref name="place"/> is the latest of its key.</summary>
    internal bool Contains(ulong hash, Place place) => Of(hash).PositionOf(hash, place) >= 0;

    /// <summary>Slots from a hash on, in the order of their hashes: about so many, and all that are in one range.</summary>
    /// <returns>The last hash of that range.</returns>
    internal ulong Walk(ulong from, int about, List<Slot> found)
    {
        var shard = Of(from);
        // Hashes are spread evenly, so a part of the shard's range has its part of the slots.
        var part = shard.Count <= about ? Span : (ulong)((double)Span / shard.Count * about);
        var end = from | (Span - 1);
        var last = end - from < part ? end : from + part;
        shard.Collect(from, last, found);
        found.Sort((one, other) => one.Hash.CompareTo(other.Hash));
        return last;
    }

    private void Count(bool isTombstone, int change)
    {
        if (isTombstone)
            Tombstones += change;
        else
            Keys += change;
    }

    // The low bits choose the place within a shard.
    private ref IndexShard Of(ulong hash) => ref shards[hash >> (64 - ShardBits)];
}

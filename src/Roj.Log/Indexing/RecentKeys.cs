using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>The keys of records that were appended lately: what is changed again and again need not be read from the disk to be told from
/// another key of the same hash.</summary>
internal sealed class RecentKeys
{
    /// <summary>As many at most; a power of two.</summary>
    private const int Max = 1024;

    /// <summary>Longer keys are not kept.</summary>
    private const int BytesMax = 256;

    private readonly (Place Place, byte[] Key)[] kept = new (Place, byte[])[Max];

    /// <summary>The key of a slot's record; null if it is not kept.</summary>
    public byte[]? Find(Slot slot) => kept[slot.Hash % Max] is { Key: { } key } entry && entry.Place == slot.Place ? key : null;

    /// <summary>Keeps the key of a slot's record, in place of one whose hash ends alike.</summary>
    public void Keep(Slot slot, ReadOnlySpan<byte> key)
    {
        if (key.Length > BytesMax)
            return;
        ref var entry = ref kept[slot.Hash % Max];
        entry = (slot.Place, entry.Key is { } same && key.SequenceEqual(same) ? same : key.ToArray());
    }
}

using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>Whose records are, and how their values begin, of those that were written or read lately: what is changed again and again need
/// not be read from the disk to be told from another key of the same hash, nor to see whether it is later.</summary>
/// <param name="max">As many at most; 0 for none. Each takes some 100 bytes, and keys their length.</param>
internal sealed class RecentRecords(int max)
{
    /// <summary>So many bytes of a value's beginning are kept.</summary>
    internal const int HeadBytes = 40;

    /// <summary>Records of longer keys are not kept.</summary>
    private const int KeyBytesMax = 256;

    private const int CapacityFirst = 1024;

    private (Place Place, int KeyLength, byte[] Bytes)[] kept = new (Place, int, byte[])[Math.Min(max, CapacityFirst)];

    /// <summary>The key of a slot's record; empty if it is not kept.</summary>
    internal ReadOnlySpan<byte> KeyOf(Slot slot) =>
        kept.Length > 0 && kept[slot.Hash % (ulong)kept.Length] is { Bytes: { } bytes } entry && entry.Place == slot.Place
            ? bytes.AsSpan(0, entry.KeyLength) : default;

    /// <summary>How the value of a slot's record begins.</summary>
    /// <param name="slot">The slot, whose key is kept.</param>
    /// <param name="headBytes">How much of it.</param>
    /// <param name="head">That, or all of the value if it is shorter.</param>
    /// <returns>Whether so much of it is kept.</returns>
    internal bool TryHeadOf(Slot slot, int headBytes, out ReadOnlyMemory<byte> head)
    {
        var (_, keyLength, bytes) = kept[slot.Hash % (ulong)kept.Length];
        var wanted = Math.Min(headBytes, slot.Length - RecordHeader.Length - keyLength);
        var isKept = wanted <= bytes.Length - keyLength;
        head = isKept ? bytes.AsSpan(keyLength, wanted).ToArray() : default;
        return isKept;
    }

    /// <summary>Keeps the key of a slot's record, and how its value begins, in place of one whose hash ends alike.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="key">Its key.</param>
    /// <param name="head">How its value begins, or all of it.</param>
    /// <param name="records">How many records there are: as many are kept, if that is not too many.</param>
    internal void Keep(Slot slot, ReadOnlySpan<byte> key, ReadOnlySpan<byte> head, long records)
    {
        if (key.Length > KeyBytesMax || kept.Length == 0)
            return;
        if (records > kept.Length && kept.Length < max)
            kept = new (Place, int, byte[])[Math.Min(2 * kept.Length, max)]; // what was kept will be again
        head = head[..Math.Min(head.Length, HeadBytes)];
        ref var entry = ref kept[slot.Hash % (ulong)kept.Length];
        var length = key.Length + head.Length;
        var bytes = entry.Bytes?.Length == length ? entry.Bytes : new byte[length];
        key.CopyTo(bytes);
        head.CopyTo(bytes.AsSpan(key.Length));
        entry = (slot.Place, key.Length, bytes);
    }
}

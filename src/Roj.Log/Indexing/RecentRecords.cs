using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>Whose records are, and how their values begin, of those that were written or read lately: what is changed again and again need
/// not be read from the disk to be told from another key of the same hash, nor to see whether it is later.</summary>
/// <param name="max">As many at most, in pairs; 0 for none. Each takes some 100 bytes, and keys their length.</param>
internal sealed class RecentRecords(int max)
{
    /// <summary>So many bytes of a value's beginning are kept.</summary>
    internal const int HeadBytes = 40;

    /// <summary>Records of longer keys are not kept.</summary>
    private const int KeyBytesMax = 256;

    private const int CapacityFirst = 1024;
    private const int Ways = 2;

    private (Place Place, int KeyLength, byte[] Bytes)[] kept = new (Place, int, byte[])[Math.Min(max & -Ways, CapacityFirst)];

    /// <summary>The key of a slot's record; empty if it is not kept.</summary>
    internal ReadOnlySpan<byte> KeyOf(Slot slot) =>
        TryFind(slot, out var at) ? kept[at].Bytes.AsSpan(0, kept[at].KeyLength) : default;

    /// <summary>How the value of a slot's record begins.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="key">Whose record it should be.</param>
    /// <param name="headBytes">How much of the value.</param>
    /// <param name="head">That, or all of the value if it is shorter.</param>
    /// <returns>Whether it is that key's, and so much of it is kept.</returns>
    internal bool TryHeadOf(Slot slot, ReadOnlySpan<byte> key, int headBytes, out ReadOnlyMemory<byte> head)
    {
        head = default;
        if (!TryFind(slot, out var at))
            return false;
        var (_, keyLength, bytes) = kept[at];
        var wanted = Math.Min(headBytes, slot.Length - RecordHeader.Length - keyLength);
        if (wanted > bytes.Length - keyLength || !bytes.AsSpan(0, keyLength).SequenceEqual(key))
            return false;
        head = bytes.AsSpan(keyLength, wanted).ToArray();
        return true;
    }

    /// <summary>Keeps the key of a slot's record, and how its value begins.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="old">The slot of that key before, in whose place it is kept if that is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="head">How its value begins, or all of it.</param>
    /// <param name="records">How many records there are: as many are kept, if that is not too many.</param>
    internal void Keep(Slot slot, Slot old, ReadOnlySpan<byte> key, ReadOnlySpan<byte> head, long records)
    {
        if (key.Length > KeyBytesMax || kept.Length == 0)
            return;
        if (records > kept.Length && 2 * kept.Length <= max)
            kept = new (Place, int, byte[])[2 * kept.Length]; // what was kept will be again
        if (!TryFind(old, out var at))
        {
            // The later of two that were there stays.
            at = FirstOf(slot.Hash);
            (kept[at], kept[at + 1]) = (kept[at + 1], kept[at]);
        }

        head = head[..Math.Min(head.Length, HeadBytes)];
        var length = key.Length + head.Length;
        ref var entry = ref kept[at];
        var bytes = entry.Bytes?.Length == length ? entry.Bytes : new byte[length];
        key.CopyTo(bytes);
        head.CopyTo(bytes.AsSpan(key.Length));
        entry = (slot.Place, key.Length, bytes);
    }

    private int FirstOf(ulong hash) => (int)(hash % (ulong)(kept.Length / Ways)) * Ways;

    private bool TryFind(Slot slot, out int at)
    {
        at = 0;
        if (kept.Length == 0 || slot.IsEmpty)
            return false;
        at = FirstOf(slot.Hash);
        at += kept[at].Place == slot.Place ? 0 : 1;
        return kept[at].Place == slot.Place;
    }
}

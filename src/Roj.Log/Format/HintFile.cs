using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Log.Indexing;

namespace Roj.Log.Format;

/// <summary>What stands in a sealed segment, without keys and values: with it the index is built from few bytes (Sheehy and Smith,
/// Bitcask, 2010).</summary>
/// <remarks>
/// <code>
///  0          8     24     28     32
/// ┌──────────┬─────┬──────┬──────┬──────────────────────────────────────────┬───┐
/// │RojHint\n │owner│number│ used │ hash 8, length 4, previous 4 + 4, … … …  │CRC│  big-endian; CRC of all before it
/// └──────────┴─────┴──────┴──────┴──────────────────────────────────────────┴───┘
/// </code>
/// <para>One entry for each record, in order: offsets are the sum of the lengths before. The length's top bit says that it is a
/// tombstone.</para>
/// </remarks>
internal sealed class HintFile
{
    internal const int EntryBytes = 20;
    internal const int HeadBytes = 32;
    internal const int CrcBytes = sizeof(uint);
    private const uint TombstoneBit = 1u << 31;

    private byte[] bytes;
    private int length = HeadBytes;

    internal HintFile(UInt128 owner, uint segment)
    {
        bytes = new byte[4 << 10];
        var writer = new ByteWriter(bytes);
        writer.Bytes(Magic);
        writer.UInt128(owner);
        writer.UInt32(segment);
    }

    private static ReadOnlySpan<byte> Magic => "RojHint\n"u8;

    /// <summary>How long the hint of a segment can be at most.</summary>
    internal static long BytesMax(long segmentBytes) => HeadBytes + CrcBytes + (segmentBytes / (RecordHeader.Length + 1) * EntryBytes);

    internal void Add(ulong hash, RecordHeader header)
    {
        if (length + EntryBytes + CrcBytes > bytes.Length)
            Array.Resize(ref bytes, bytes.Length * 2);
        var writer = new ByteWriter(bytes.AsSpan(length, EntryBytes));
        writer.UInt64(hash);
        writer.UInt32((uint)header.RecordLength | (header.IsTombstone ? TombstoneBit : 0));
        writer.UInt32(header.Previous.Segment);
        writer.UInt32(header.Previous.Offset);
        length += EntryBytes;
    }

    /// <summary>The whole file, of a segment whose records end at <paramref name="used"/>.</summary>
    internal byte[] Finish(uint used)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeadBytes - sizeof(uint)), used);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(length), Crc.Of(bytes.AsSpan(0, length)));
        Array.Resize(ref bytes, length + CrcBytes);
        return bytes;
    }

    /// <summary>Checks a whole file; then <paramref name="entries"/> are to be read with <see cref="Entry"/>.</summary>
    internal static bool TryRead(
        ReadOnlySpan<byte> file, UInt128 owner, uint segment, out uint used, out ReadOnlySpan<byte> entries)
    {
        used = 0;
        entries = default;
        if (file.Length < HeadBytes + CrcBytes || (file.Length - HeadBytes - CrcBytes) % EntryBytes != 0)
            return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(file[^CrcBytes..]) != Crc.Of(file[..^CrcBytes]))
            return false;
        var reader = new ByteReader(file);
        if (!reader.Take(Magic.Length).SequenceEqual(Magic) || reader.UInt128() != owner || reader.UInt32() != segment)
            return false;
        used = reader.UInt32();
        entries = file[HeadBytes..^CrcBytes];
        return SumOf(entries) == used;
    }

    /// <summary>The first of <paramref name="entries"/>, whose record stands at <paramref name="place"/>.</summary>
    internal static (Slot Slot, Place Previous) Entry(ReadOnlySpan<byte> entries, Place place)
    {
        var reader = new ByteReader(entries);
        var hash = reader.UInt64();
        var bits = reader.UInt32();
        var slot = new Slot(hash, place, (int)(bits & ~TombstoneBit), (bits & TombstoneBit) != 0);
        return (slot, new Place(reader.UInt32(), reader.UInt32()));
    }

    // Where the last record ends; -1 if a length is none.
    private static long SumOf(ReadOnlySpan<byte> entries)
    {
        long sum = SegmentHeader.Length;
        for (; !entries.IsEmpty; entries = entries[EntryBytes..])
        {
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(entries[sizeof(ulong)..]) & ~TombstoneBit);
            if (length is <= RecordHeader.Length or > RecordHeader.RecordBytesMax)
                return -1;
            sum += length;
        }

        return sum;
    }
}

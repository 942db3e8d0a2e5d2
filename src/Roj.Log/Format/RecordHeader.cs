using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Log.Format;

/// <summary>What stands before a record's key and value.</summary>
/// <remarks>
/// <code>
///  0     4      8       12         20      24            32
/// ┌─────┬──────┬───────┬──────────┬───────┬─────────────┬─────┬───────┐
/// │ CRC │ key  │ value │ sequence │ batch │ previous    │ key │ value │  big-endian; a value's length of 2^32 - 1: a tombstone
/// │     │length│ length│          │ start │ seg. offset │     │       │
/// └─────┴──────┴───────┴──────────┴───────┴─────────────┴─────┴───────┘
/// </code>
/// <para>The CRC covers all behind it, and owner, segment and offset before it: bytes that are right elsewhere, such as a record within a
/// client's value, or a write that went astray, are wrong here.</para>
/// <para>The batch start is where in the segment the commit began that wrote the record. Commits are synced one after the other: so it
/// proves that all before it had been made durable when this was written, and tells damage from a torn tail (as in Alagappan and others,
/// Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018, section 3.3).</para>
/// <para>Previous is where the record stood that this one replaces: reopening needs not read keys to know that they are the same.</para>
/// </remarks>
internal readonly record struct RecordHeader(
    uint Crc, int KeyLength, int ValueLength, bool IsTombstone, ulong Sequence, uint BatchStart, Place Previous)
{
    internal const int Length = 32;
    internal const int CrcLength = sizeof(uint);
    internal const int RecordBytesMax = Length + LogLimits.KeyBytesMax + LogLimits.ValueBytesMax;
    private const uint Tombstone = uint.MaxValue;

    /// <summary>Bytes of the whole record.</summary>
    internal int RecordLength => Length + KeyLength + ValueLength;

    /// <summary>What the CRCs of a segment's records begin with.</summary>
    internal static uint SeedOf(UInt128 owner, uint segment)
    {
        Span<byte> bytes = stackalloc byte[20];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, owner);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], segment);
        return Kernel.Crc.Of(bytes);
    }

    /// <summary>The CRC of a whole record at <paramref name="offset"/>.</summary>
    internal static uint CrcOf(ReadOnlySpan<byte> record, uint seed, uint offset)
    {
        Span<byte> place = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(place, offset);
        return Kernel.Crc.Of(record[CrcLength..], Kernel.Crc.Of(place, seed));
    }

    /// <summary>Reads what could be a header: its lengths are within the limits.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out RecordHeader header)
    {
        var reader = new ByteReader(bytes);
        var crc = reader.UInt32();
        var (key, value) = (reader.UInt32(), reader.UInt32());
        var isTombstone = value == Tombstone;
        if (isTombstone)
            value = 0;
        if (reader.Failed || key is 0 or > LogLimits.KeyBytesMax || value > LogLimits.ValueBytesMax)
        {
            header = default;
            return false;
        }

        header = new RecordHeader(
            crc, (int)key, (int)value, isTombstone, reader.UInt64(), reader.UInt32(), new Place(reader.UInt32(), reader.UInt32()));
        return !reader.Failed;
    }

    /// <summary>Writes a whole record, which will stand at <paramref name="offset"/>; <see cref="Crc"/> is not looked at.</summary>
    internal void Write(Span<byte> record, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint seed, uint offset)
    {
        var writer = new ByteWriter(record);
        writer.UInt32(0);
        writer.UInt32((uint)KeyLength);
        writer.UInt32(IsTombstone ? Tombstone : (uint)ValueLength);
        writer.UInt64(Sequence);
        writer.UInt32(BatchStart);
        writer.UInt32(Previous.Segment);
        writer.UInt32(Previous.Offset);
        writer.Bytes(key);
        writer.Bytes(value);
        BinaryPrimitives.WriteUInt32BigEndian(record, CrcOf(record, seed, offset));
    }
}

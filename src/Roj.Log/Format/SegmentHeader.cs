using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Log.Format;

/// <summary>The first bytes of a segment.</summary>
/// <remarks>
/// <code>
///  0        8     10      12      28     32       40   44
/// ┌────────┬─────┬───────┬───────┬──────┬────────┬────┐
/// │RojLog\r\n version zero │ owner │number│first   │CRC │  big-endian; first: the sequence number of its first record;
/// └────────┴─────┴───────┴───────┴──────┴────────┴────┘  CRC of all before it. Later versions keep these 44 bytes.
/// </code>
/// </remarks>
internal readonly record struct SegmentHeader(ushort Written, UInt128 Owner, uint Number, ulong FirstSequence)
{
    internal const int Length = 44;
    internal const ushort Version = 1;
    private const int CrcAt = Length - sizeof(uint);

    // A text editor or a transfer that changes line ends shows at once.
    private static ReadOnlySpan<byte> Magic => "RojLog\r\n"u8;

    internal byte[] Write()
    {
        var bytes = new byte[Length];
        var writer = new ByteWriter(bytes);
        writer.Bytes(Magic);
        writer.UInt16(Written);
        writer.UInt16(0);
        writer.UInt128(Owner);
        writer.UInt32(Number);
        writer.UInt64(FirstSequence);
        writer.UInt32(Crc.Of(bytes.AsSpan(0, CrcAt)));
        return bytes;
    }

    internal static bool TryRead(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < Length || !bytes.StartsWith(Magic))
            return false;
        var reader = new ByteReader(bytes[Magic.Length..Length]);
        var version = reader.UInt16();
        reader.UInt16();
        header = new SegmentHeader(version, reader.UInt128(), reader.UInt32(), reader.UInt64());
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]) == Crc.Of(bytes[..CrcAt]);
    }
}

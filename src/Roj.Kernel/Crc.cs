using System.Buffers.Binary;
using System.Numerics;

namespace Roj.Kernel;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4): processors compute it, and it sees any burst of up to 32 bits.</summary>
public static class Crc
{
    /// <summary>The checksum of <paramref name="bytes"/> behind what <paramref name="crc"/> is the checksum of; 0 to begin.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint crc = 0)
    {
        crc = ~crc;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}

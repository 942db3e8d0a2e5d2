using System.Buffers.Binary;
using System.Numerics;

namespace Roj.Kernel;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4): processors compute it, and it sees any burst of up to 32 bits.</summary>
/// <remarks>A processor begins with the next word every cycle, and takes three to end one: so three parts are summed side by side. What
/// stands before the others is moved over their length afterwards, which is linear: one table entry for each of its bytes (Gopal and
/// others, <em>Fast CRC computation for iSCSI polynomial using CRC32 instruction</em>, Intel 2011).</remarks>
public static class Crc
{
    private const int Part = 256;

    private static readonly uint[] moved = Moved();

    /// <summary>The checksum of <paramref name="bytes"/> behind what <paramref name="crc"/> is the checksum of; 0 to begin.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint crc = 0)
    {
        crc = ~crc;
        for (; bytes.Length >= 3 * Part; bytes = bytes[(3 * Part)..])
        {
            var (second, third) = (0U, 0U);
            for (var i = 0; i < Part; i += sizeof(ulong))
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
                second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(Part + i)..]));
                third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[((2 * Part) + i)..]));
            }

            crc = Move(Move(crc) ^ second) ^ third;
        }

        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    // Over a part.
    private static uint Move(uint crc) =>
        moved[(byte)crc] ^ moved[256 + (byte)(crc >> 8)] ^ moved[512 + (byte)(crc >> 16)] ^ moved[768 + (byte)(crc >> 24)];

    private static uint[] Moved()
    {
        var table = new uint[4 * 256];
        for (var i = 0; i < 32; i++)
        {
            var bit = 1U << i;
            for (var zeros = 0; zeros < Part; zeros += sizeof(ulong))
                bit = BitOperations.Crc32C(bit, 0UL);
            // All bytes in which it is the highest bit.
            var (first, ones) = (256 * (i / 8), 1 << (i % 8));
            for (var below = 0; below < ones; below++)
                table[first + ones + below] = bit ^ table[first + below];
        }

        return table;
    }
}

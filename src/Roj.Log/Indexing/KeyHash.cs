using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Log.Indexing;

/// <summary>64 bits of a key: eight bytes at a time, multiplied to 128 bits and folded, from a number that the
/// settings give.</summary>
/// <remarks>The same for the same number in every process, since hint files keep it. Who does not know it can't make keys that
/// collide; two keys that do are told apart by their bytes.</remarks>
internal sealed class KeyHash
{
    private const int GroupedBytes = 3;
    private const int GroupShift = 56; // the first byte of a hash is before it

    private readonly ulong seed;
    private readonly ulong factor;
    private readonly ulong mask;
    private readonly int grouped;

    internal KeyHash(UInt128 from, int bits = 64, byte? grouped = null)
    {
        var rng = new Rng((ulong)from ^ (ulong)(from >> 64));
        seed = rng.NextUInt64() ^ (ulong)from;
        factor = rng.NextUInt64() | 1;
        this.grouped = grouped ?? -1;
        mask = bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
    }

    internal ulong Of(ReadOnlySpan<byte> key)
    {
        if (key.Length >= GroupedBytes && key[0] == grouped)
            return ((ulong)key[GroupedBytes - 1] << GroupShift) | (OfAll(key) & ((1UL << GroupShift) - 1));
        return OfAll(key);
    }

    private ulong OfAll(ReadOnlySpan<byte> key)
    {
        var hash = seed ^ (ulong)key.Length;
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..])
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(key));
        var rest = 0UL;
        foreach (var b in key)
            rest = (rest << 8) | b;
        return Fold(Fold(hash ^ rest)) & mask;
    }

    // The product of an all-zero word would forget all before it: hence the sum.
    private ulong Fold(ulong word)
    {
        var high = Math.BigMul(word, factor, out var low);
        return (high ^ low) + word + seed;
    }
}

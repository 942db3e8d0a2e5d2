using System.Buffers.Binary;
using System.Numerics;

namespace Roj.Simulation;

/// <summary>A 64-bit hash that is the same in every process: FNV-1a's xor-and-multiply on words instead of bytes, with a rotation
/// so that high bits reach low ones. Every step is a bijection of the state: a difference stays one. Not for secrets.</summary>
internal static class StableHash
{
    /// <summary>FNV's 64-bit offset basis.</summary>
    internal const ulong Start = 14695981039346656037;

    private const ulong FnvPrime = 1099511628211;

    internal static ulong Of(string text) => Mix(Start, text);

    internal static ulong Mix(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * FnvPrime, 29);

    internal static ulong Mix(ulong hash, string text)
    {
        foreach (var c in text)
            hash = Mix(hash, c);
        return Mix(hash, (ulong)text.Length);
    }

    internal static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Mix(hash, (ulong)bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));

        ulong tail = 0;
        foreach (var b in bytes)
            tail = (tail << 8) | b;
        return Mix(hash, tail);
    }
}

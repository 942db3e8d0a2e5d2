using System.Numerics;

namespace Roj.Kernel;

/// <summary>The only source of chance in a core: xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded by SplitMix64.</summary>
/// <remarks>The same seed gives the same numbers in every process and on every machine. Not for secrets.</remarks>
public sealed class Rng
{
    private ulong s0;
    private ulong s1;
    private ulong s2;
    private ulong s3;

    /// <summary>Starts the sequence that belongs to <paramref name="seed"/>.</summary>
    public Rng(ulong seed)
    {
        s0 = SplitMix64(ref seed);
        s1 = SplitMix64(ref seed);
        s2 = SplitMix64(ref seed);
        s3 = SplitMix64(ref seed);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A uniform number in [0, <paramref name="limit"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not positive.</exception>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        // The high half of a 128-bit product: its bias, below limit / 2^64, can't be seen.
        return (int)Math.BigMul(NextUInt64(), (ulong)limit, out _);
    }

    /// <summary>A uniform number in [<paramref name="from"/>, <paramref name="limit"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty.</exception>
    public int Next(int from, int limit) => from + Next(limit - from);

    /// <summary>True <paramref name="times"/> times out of <paramref name="outOf"/>.</summary>
    public bool Chance(int times, int outOf) => Next(outOf) < times;

    /// <summary>
    /// A uniform time in [<paramref name="from"/>, <paramref name="limit"/>); <paramref name="from"/> if the range is empty.
    /// </summary>
    public TimeSpan Next(TimeSpan from, TimeSpan limit)
    {
        if (limit <= from)
            return from;
        return from + TimeSpan.FromTicks((long)Math.BigMul(NextUInt64(), (ulong)(limit - from).Ticks, out _));
    }

    /// <summary>One of <paramref name="items"/>, each as likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    public T Pick<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[Next(items.Count)];
    }

    /// <summary>Puts <paramref name="items"/> in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>Fills <paramref name="destination"/> with uniform bytes.</summary>
    public void Fill(Span<byte> destination)
    {
        while (destination.Length >= sizeof(ulong))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
            destination = destination[sizeof(ulong)..];
        }

        for (var rest = NextUInt64(); !destination.IsEmpty; rest >>= 8, destination = destination[1..])
            destination[0] = (byte)rest;
    }

    /// <summary>A generator of its own, so that what draws from it does not disturb what draws from this one.</summary>
    public Rng Fork() => new(NextUInt64());

    private static ulong SplitMix64(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

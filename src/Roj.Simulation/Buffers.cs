using System.Numerics;

namespace Roj.Simulation;

/// <summary>The world's byte arrays, by powers of two. What comes back is overwritten: whoever kept memory beyond its call reads garbage,
/// the same garbage in every run.</summary>
internal sealed class Buffers
{
    private const int SmallestBits = 6;
    private const int KeptPerSize = 256;
    private const byte Poison = 0xDB;

    private readonly Stack<byte[]>[] kept = new Stack<byte[]>[32];

    internal byte[] Rent(int length)
    {
        var bits = Math.Max(SmallestBits, BitOperations.Log2((uint)Math.Max(1, length - 1)) + 1);
        return kept[bits] is { Count: > 0 } stack ? stack.Pop() : new byte[1 << bits];
    }

    internal void Return(byte[] buffer, int used)
    {
        buffer.AsSpan(0, used).Fill(Poison);
        var stack = kept[BitOperations.Log2((uint)buffer.Length)] ??= new Stack<byte[]>();
        if (stack.Count < KeptPerSize)
            stack.Push(buffer);
    }
}

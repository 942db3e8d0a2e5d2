using System.Runtime.InteropServices;
using Roj.Log.Format;

namespace Roj.Log.Indexing;

/// <summary>What memory knows of a key: 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly struct Slot(ulong hash, Place place, int length, bool isTombstone)
{
    private const uint TombstoneBit = 1u << 31;

    private readonly uint segment = place.Segment;
    private readonly uint offset = place.Offset;
    private readonly uint bits = (uint)length | (isTombstone ? TombstoneBit : 0);

    internal ulong Hash { get; } = hash;

    internal Place Place => new(segment, offset);

    /// <summary>Bytes of the record.</summary>
    internal int Length => (int)(bits & ~TombstoneBit);

    internal bool IsTombstone => (bits & TombstoneBit) != 0;

    internal bool IsEmpty => segment == 0;
}

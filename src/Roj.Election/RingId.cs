using Roj.Kernel;

namespace Roj.Election;

/// <summary>Who somebody is on the ring: the number that it drew, and the node behind it, by which equal numbers are told apart.</summary>
/// <param name="Drawn">The number: the greatest is elected.</param>
/// <param name="Node">The node.</param>
public readonly record struct RingId(uint Drawn, NodeId Node) : IComparable<RingId>
{
    /// <summary>Whether <paramref name="left"/> is less.</summary>
    public static bool operator <(RingId left, RingId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is greater.</summary>
    public static bool operator >(RingId left, RingId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not greater.</summary>
    public static bool operator <=(RingId left, RingId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not less.</summary>
    public static bool operator >=(RingId left, RingId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(RingId other) => (Drawn, Node).CompareTo((other.Drawn, other.Node));
}

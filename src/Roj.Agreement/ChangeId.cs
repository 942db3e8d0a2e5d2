using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Which change it is, wherever and however often it is tried: a node's own, or a client's request id.</summary>
/// <param name="Node">Who asked for it: a node, or 128 random bits of a client's.</param>
/// <param name="Boot">In which of its lives.</param>
/// <param name="Sequence">The how manieth.</param>
public readonly record struct ChangeId(NodeId Node, uint Boot, ulong Sequence) : IComparable<ChangeId>
{
    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(ChangeId left, ChangeId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(ChangeId left, ChangeId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(ChangeId left, ChangeId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(ChangeId left, ChangeId right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(ChangeId other) => (Node, Boot, Sequence).CompareTo((other.Node, other.Boot, other.Sequence));
}

using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>The number of an attempt to change a register: of two the greater one wins (Lamport, "The Part-Time Parliament"; CASPaxos,
/// Rystsov 2018, section 2.2).</summary>
/// <remarks>No two attempts have the same: the counter grows within a process, and no process has another's node and boot.</remarks>
/// <param name="Counter">Counts up; 0 for no attempt at all.</param>
/// <param name="Node">Whose attempt it is.</param>
/// <param name="Boot">Which life of that node: counted on its disk before it speaks.</param>
public readonly record struct Ballot(ulong Counter, NodeId Node, uint Boot) : IComparable<Ballot>
{
    /// <summary>The greatest counter that is believed: nobody gets there by counting.</summary>
    public const ulong CounterMax = 1UL << 62;

    /// <summary>Less than every attempt.</summary>
    public static Ballot None => default;

    /// <summary>Whether <paramref name="left"/> loses against <paramref name="right"/>.</summary>
    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> wins against <paramref name="right"/>.</summary>
    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not win against <paramref name="right"/>.</summary>
    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not lose against <paramref name="right"/>.</summary>
    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;

    /// <summary>The next attempt of somebody who knows this one.</summary>
    public Ballot After(NodeId node, uint boot) => new(checked(Counter + 1), node, boot);

    /// <inheritdoc/>
    public int CompareTo(Ballot other) => (Counter, Node, Boot).CompareTo((other.Counter, other.Node, other.Boot));

    /// <summary>For logs and traces.</summary>
    public override string ToString() => $"{Counter}.{Node.ToString()[..8]}.{Boot}";
}

namespace Roj.Kernel;

/// <summary>One leadership: everything that a leader says carries it, and who has heard of a later one heeds it no more.</summary>
/// <remarks>The counter only grows and survives restarts; the leader's id is compared second, so that two sides of a split network never
/// share a term.</remarks>
/// <param name="Counter">How many leaderships there were before, as far as whoever began it knew; 0 for none.</param>
/// <param name="Leader">Who leads in it.</param>
public readonly record struct Term(ulong Counter, NodeId Leader) : IComparable<Term>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 8 + NodeId.Length;

    /// <summary>The greatest counter that is believed: counting on from there never comes to an end.</summary>
    public const ulong CounterMax = 1UL << 62;

    /// <summary>Before all leaderships.</summary>
    public static Term None { get; }

    /// <summary>Whether <paramref name="left"/> is earlier than <paramref name="right"/>.</summary>
    public static bool operator <(Term left, Term right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is later than <paramref name="right"/>.</summary>
    public static bool operator >(Term left, Term right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is not later than <paramref name="right"/>.</summary>
    public static bool operator <=(Term left, Term right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not earlier than <paramref name="right"/>.</summary>
    public static bool operator >=(Term left, Term right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Term other) => (Counter, Leader).CompareTo((other.Counter, other.Leader));

    /// <summary>The counter, and the first digits of the leader's id.</summary>
    public override string ToString() => $"{Counter}.{Leader.ToString()[..8]}";
}

using System.Globalization;
using Roj.Kernel;

namespace Roj;

/// <summary>One leadership. It is a fence too: who keeps what leaders write remembers the greatest term that wrote, and refuses all
/// lesser ones; then a leader that was asleep in the middle of a write changes nothing any more.</summary>
/// <remarks>Terms of one cluster are compared by the counter, then by the leader's id. They only grow, restarts included, as long as the
/// cluster keeps its mode: one that begins to agree by majority begins to count. Where a majority agrees, no two have the same
/// counter.</remarks>
/// <param name="Counter">Greater than that of every leadership before.</param>
/// <param name="Leader">The id of the node that leads in it (<see cref="RojMember.Id"/>).</param>
public sealed record RojTerm(ulong Counter, string Leader) : IComparable<RojTerm>
{
    /// <summary>Whether <paramref name="left"/> is earlier than <paramref name="right"/>.</summary>
    public static bool operator <(RojTerm? left, RojTerm? right) => Compare(left, right) < 0;

    /// <summary>Whether <paramref name="left"/> is later than <paramref name="right"/>.</summary>
    public static bool operator >(RojTerm? left, RojTerm? right) => Compare(left, right) > 0;

    /// <summary>Whether <paramref name="left"/> is not later than <paramref name="right"/>.</summary>
    public static bool operator <=(RojTerm? left, RojTerm? right) => Compare(left, right) <= 0;

    /// <summary>Whether <paramref name="left"/> is not earlier than <paramref name="right"/>.</summary>
    public static bool operator >=(RojTerm? left, RojTerm? right) => Compare(left, right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(RojTerm? other)
    {
        if (other is null)
            return 1;
        var byCounter = Counter.CompareTo(other.Counter);
        return byCounter != 0 ? byCounter : string.CompareOrdinal(Leader, other.Leader); // digits of equal length: as numbers
    }

    /// <summary>The counter, and the first digits of the leader's id.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Counter}.{Leader[..Math.Min(8, Leader.Length)]}");

    internal static RojTerm Of(Term term) => new(term.Counter, term.Leader.ToString());

    private static int Compare(RojTerm? left, RojTerm? right) => left?.CompareTo(right) ?? (right is null ? 0 : -1);
}

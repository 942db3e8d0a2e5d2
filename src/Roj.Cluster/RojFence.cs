using System.Globalization;
using Roj.Token;

namespace Roj;

/// <summary>Which turn of a token it is. Of two turns the later one has the greater fence, so who keeps what they write can refuse whoever
/// was asleep in the middle of a write and comes too late.</summary>
/// <param name="Epoch">Grows when a token is made anew.</param>
/// <param name="Sequence">Grows with every turn under that epoch.</param>
public readonly record struct RojFence(ulong Epoch, ulong Sequence) : IComparable<RojFence>
{
    /// <summary>Whether <paramref name="left"/> is of an earlier turn than <paramref name="right"/>.</summary>
    public static bool operator <(RojFence left, RojFence right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is of a later turn than <paramref name="right"/>.</summary>
    public static bool operator >(RojFence left, RojFence right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is of no later turn than <paramref name="right"/>.</summary>
    public static bool operator <=(RojFence left, RojFence right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is of no earlier turn than <paramref name="right"/>.</summary>
    public static bool operator >=(RojFence left, RojFence right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(RojFence other) => (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence));

    /// <summary>The epoch, a point, the sequence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Sequence}");

    internal static RojFence Of(TokenStamp stamp) => new(stamp.Epoch, stamp.Sequence);
}

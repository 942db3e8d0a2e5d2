namespace Roj.Kernel;

/// <summary>A point on a clock that only moves forward: the host's monotonic clock, or the simulator's virtual one.</summary>
/// <remarks>It has no calendar: two instants of different processes can't be compared.</remarks>
/// <param name="Ticks">Hundreds of nanoseconds since the clock's own beginning.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The beginning of the clock.</summary>
    public static Instant Zero => default;

    /// <summary>The time from the clock's beginning to here.</summary>
    public TimeSpan SinceZero => TimeSpan.FromTicks(Ticks);

    /// <summary>The instant <paramref name="span"/> later (earlier, if negative).</summary>
    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.Ticks + span.Ticks);

    /// <summary>The instant <paramref name="span"/> earlier.</summary>
    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.Ticks - span.Ticks);

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => TimeSpan.FromTicks(later.Ticks - earlier.Ticks);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> or is the same.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> or is the same.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    /// <summary>The earlier of two deadlines, where null means never.</summary>
    public static Instant? Earliest(Instant? left, Instant? right) =>
        left is not { } a ? right : right is not { } b ? left : a < b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>Seconds since the clock's beginning, to the microsecond.</summary>
    public override string ToString() => $"{Ticks / TimeSpan.TicksPerSecond}.{Ticks % TimeSpan.TicksPerSecond / 10:D6}";
}

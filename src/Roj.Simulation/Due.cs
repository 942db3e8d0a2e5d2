namespace Roj.Simulation;

/// <summary>The order of events: by time, then by when they were scheduled, so that no two are equal.</summary>
internal readonly record struct Due(long Ticks, long Sequence) : IComparable<Due>
{
    public int CompareTo(Due other) =>
        Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Sequence.CompareTo(other.Sequence);
}

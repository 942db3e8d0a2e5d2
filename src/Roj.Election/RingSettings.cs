namespace Roj.Election;

/// <summary>How patient a node of the ring is.</summary>
public sealed record RingSettings
{
    /// <summary>How long a node that starts waits before it stands, and until it stands again: 15 s, as in the assignment that the ring
    /// comes from.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long to wait before a neighbour that could not be reached is tried again.</summary>
    public TimeSpan HopPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a neighbour is tried before it is passed over; at least 1.</summary>
    public int HopTries { get; init; } = 3;

    /// <summary>For how long a neighbour is passed over.</summary>
    public TimeSpan SkipFor { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader waits for what it sent round before it sends it again.</summary>
    public TimeSpan RoundPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two announcements that the leader makes because others seem not to know of it.</summary>
    public TimeSpan AnnouncePause { get; init; } = TimeSpan.FromSeconds(5);
}

namespace Roj.Files.Tracking;

/// <summary>How often trackers are asked, whatever they themselves say.</summary>
public sealed record AnnounceTimings
{
    /// <summary>The shortest interval that is obeyed: a tracker that says 0 must not make us hammer it, or
    /// whoever it redirects to.</summary>
    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest interval that is obeyed: most trackers say half an hour, some an hour.</summary>
    public TimeSpan IntervalMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The interval of a tracker that names none: the usual one.</summary>
    public TimeSpan IntervalUsual { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>First wait after no tracker answered: one that is being restarted, or a network that is coming up, takes seconds.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait after no tracker answered, for ever: a sixth of the usual interval, so that being away costs a tracker no
    /// more than being there, and us five minutes at most.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMinutes(5);
}

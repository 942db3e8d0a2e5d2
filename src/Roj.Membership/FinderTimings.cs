namespace Roj.Membership;

/// <summary>How patient finding is. Each default names its reason.</summary>
public sealed record FinderTimings
{
    /// <summary>First pause after an ask. A peer that can't be reached is tried for ever, 100 ms doubling to 2 s.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause while there is hope: static peers, remembered ones in their first minute, broadcasts while alone.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause for others that don't answer: five of the above.</summary>
    public TimeSpan SilentMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Pause between asks to a node that answers, and between broadcasts in company: a restarted peer is noticed, and two halves of a
    /// network merge, within about one.
    /// </summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The same while this node has no file and so waits for somebody's catalogue: nodes may live for a second.</summary>
    public TimeSpan HungryRefresh { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Beyond this many nodes in company all pauses between asks to nodes that answer grow with their number, so that a node's
    /// traffic does not.</summary>
    public int Crowd { get; init; } = 16;

    /// <summary>How far a pause may be off, in percent either way, so that nodes started together don't stay in step.</summary>
    public int JitterPercent { get; init; } = 10;

    /// <summary>After how long a node is forgotten that nobody configured and that never proved it is there.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to be alone before the sweep: ten times what a broadcast needs to be answered on a busy host.</summary>
    public TimeSpan SweepAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two addresses of the sweep, 50 a second: an unanswered address fills the kernel's neighbour table too, which has
    /// 1,024 entries for all namespaces of a host. In company the time is as many times longer as there are nodes.
    /// </summary>
    public TimeSpan SweepGap { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Rest between two sweeps: as long as one of them takes.</summary>
    public TimeSpan SweepPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two <see cref="FindingEvent.IdentityClash"/> of one process.</summary>
    public TimeSpan ClashPause { get; init; } = TimeSpan.FromMinutes(1);
}

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What a <see cref="MembersRun"/> measured.</summary>
public sealed record MembersResult
{
    /// <summary>What was measured.</summary>
    public required MembersSetup Setup { get; init; }

    /// <summary>Whether all saw all within two minutes.</summary>
    public required bool HaveMet { get; init; }

    /// <summary>From the last start until all saw all; null if they did not, or did from the start.</summary>
    public TimeSpan? AllSeeAll { get; init; }

    /// <summary>Bytes of datagrams and streams that a member sent in a second while nothing happened, on average.</summary>
    public double IdleRate { get; init; }

    /// <summary>The same of the one that sent most.</summary>
    public double IdleRateMax { get; init; }

    /// <summary>The same on average in the five seconds after a kill.</summary>
    public double KillRate { get; init; }

    /// <summary>From each kill until each of the others knew, in order of length; a minute for those that did not.</summary>
    public IReadOnlyList<TimeSpan> Known { get; init; } = [];

    /// <summary>Of each kill, until the last of the others knew.</summary>
    public IReadOnlyList<TimeSpan> AllKnew { get; init; } = [];

    /// <summary>From the end of the split until all saw all; null if there was none, or not within a minute.</summary>
    public TimeSpan? Healed { get; init; }

    /// <summary>How often one member declared another dead that ran, outside of the split.</summary>
    public long FalseDeaths { get; init; }

    /// <summary>How often one that was paused.</summary>
    public long PausedDeaths { get; init; }

    /// <summary>Bytes of memory, all that the process holds, for each belief of one member of another.</summary>
    public long BytesPerBelief { get; init; }

    /// <summary>Events carried out.</summary>
    public long Events { get; init; }
}

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What is measured by <see cref="MembersRun"/>.</summary>
public sealed record MembersSetup
{
    /// <summary>How many members.</summary>
    public required int Nodes { get; init; }

    /// <summary>The number that everything follows from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How they come to know of each other.</summary>
    public Way Way { get; init; } = Way.Unconfigured;

    /// <summary>Whether all know all from the start, and none looks for others: how they meet is not measured.</summary>
    public bool Converged { get; init; }

    /// <summary>How many are killed, one after another; none where there are not enough.</summary>
    public int Kills { get; init; } = 5;

    /// <summary>Datagrams lost, in millionths.</summary>
    public int LossPpm { get; init; }

    /// <summary>Whether one machine after another stands still for 5–15 s, for ten minutes.</summary>
    public bool Pauses { get; init; }

    /// <summary>For how long the network is cut into halves in the end; zero for not at all.</summary>
    public TimeSpan Split { get; init; }

    /// <summary>For how long idleness is watched.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);
}

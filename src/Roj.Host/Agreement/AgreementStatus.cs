using Roj.Host.Net;
using Roj.Kernel;
using Roj.Log;

namespace Roj.Host.Agreement;

/// <summary>How a node's part in agreement stands: taken on its loop, read on any thread.</summary>
public sealed record AgreementStatus
{
    /// <summary>How many nodes it was told to make a cluster with; 0 for none.</summary>
    public required int Expected { get; init; }

    /// <summary>Who votes; null while no cluster is known.</summary>
    public required Roj.Agreement.ReplicaSet? Roster { get; init; }

    /// <summary>Whether this node takes part in what is decided.</summary>
    public required bool IsVoting { get; init; }

    /// <summary>Whom it waits for to begin with; empty if for nobody in particular.</summary>
    public required IReadOnlyList<NodeId> Awaited { get; init; }

    /// <summary>Changes that were asked for here and have been made, by whomever.</summary>
    public required long Changes { get; init; }

    /// <summary>Readings that were asked for here and have succeeded.</summary>
    public required long Readings { get; init; }

    /// <summary>Changes and readings that were asked for here and came to nothing, or nobody knows to what.</summary>
    public required long Refusals { get; init; }


    /// <summary>How the log stands.</summary>
    public required LogFigures Log { get; init; }

    /// <summary>Whether its disk is full.</summary>
    public required bool IsFull { get; init; }

    /// <summary>What went over links.</summary>
    internal LinkCounts Links { get; init; }
}

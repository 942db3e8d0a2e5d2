using System.Net;
using Roj.Kernel;
using Roj.Log;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>How a node's part in the store stands.</summary>
internal sealed record StoreStatus
{
    /// <summary><c>available</c> or <c>quorum</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Which nodes have the copies of which keys; null before that is known, and where registers know it.</summary>
    public SlotMap? Map { get; init; }

    /// <summary>Where a majority decides: for each slot, who votes on what is in it, as far as is known here; else none.</summary>
    public IReadOnlyList<IReadOnlyList<NodeId>> Replicas { get; init; } = [];

    /// <summary>Where a majority decides: how many slots are on their way from some nodes to others, as far as is known here.</summary>
    public int MovingSlots { get; init; }

    /// <summary>Where a majority decides: who lacked something, and of how many slots, when this node compared what it has with him
    /// last.</summary>
    public IReadOnlyList<(NodeId Node, int Slots)> Behind { get; init; } = [];

    /// <summary>For each slot, who keeps it, the one first who is asked first; none while that is not known.</summary>
    public IReadOnlyList<IReadOnlyList<NodeId>> Owners =>
        Map is { } map ? [.. Enumerable.Range(0, SlotMap.Slots).Select(map.OwnersOf)] : Replicas;

    /// <summary>How many copies there are to be of each key.</summary>
    public required int Copies { get; init; }

    /// <summary>How the log stands; null while there is none.</summary>
    public LogFigures? Log { get; init; }

    /// <summary>Whether the disk has no room.</summary>
    public bool IsFull { get; init; }

    /// <summary>How many writes are kept for each node that can't be reached.</summary>
    public IReadOnlyList<(NodeId For, long Count)> Hints { get; init; } = [];

    /// <summary>Of how many slots keys are here though they are others' by now.</summary>
    public int HeldSlots { get; init; }

    /// <summary>Calls under way.</summary>
    public required int Calls { get; init; }

    /// <summary>Clients that speak RESP.</summary>
    public required int Clients { get; init; }

    /// <summary>Where they are listened for; null if nowhere.</summary>
    public IPEndPoint? Listen { get; init; }
}

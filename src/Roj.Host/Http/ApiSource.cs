using System.Diagnostics.Metrics;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Security;
using Roj.Host.Http.Views;
using Roj.Host.Pushes;
using Roj.Host.Sharing;
using Roj.Host.Storage;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>Where the HTTP API has its answers from: what the shell of a node gives it.</summary>
public sealed record ApiSource
{
    /// <summary>Asks the node's loop what it knows. Called on any thread; the task may end on any.</summary>
    public required Func<CancellationToken, Task<ApiSnapshot>> Snapshot { get; init; }

    /// <summary>Has the node's loop forget a member that is gone; null where that is not offered.</summary>
    public Func<NodeId, CancellationToken, Task<Eviction>>? Evict { get; init; }

    /// <summary>Takes a node's seat in the roster away; the answer says why that came to nothing, null if it did not. Null where nothing is
    /// agreed on.</summary>
    public Func<NodeId, CancellationToken, Task<string?>>? Unseat { get; init; }

    /// <summary>Registers a follower with this node: the colours, if it leads; null where there are no elections.</summary>
    internal Func<NodeId, CancellationToken, Task<Colouring?>>? Register { get; init; }

    /// <summary>Gives the node what came round the ring: why it refuses that, null if it does not, and the latest term that it knows of;
    /// null where there are no elections.</summary>
    internal Func<RingMessage, CancellationToken, Task<(RingRefusal? Refusal, Term Known)>>? Pass { get; init; }

    /// <summary>The node's tokens.</summary>
    internal TokenDoor Tokens { get; init; } = new(null);

    /// <summary>The node's part in the store; null while it has none.</summary>
    internal Func<IStoreWing?> Store { get; init; } = () => null;

    /// <summary>The node's part in pushes; null while it has none.</summary>
    internal Func<PushService?> Pushes { get; init; } = () => null;

    /// <summary>Has the node end as it does when it is told to; null where that is not offered.</summary>
    public Action? Stop { get; init; }

    /// <summary>Has the node change the cluster's key, at once or with a day of grace; null where there is none.</summary>
    internal Func<bool, CancellationToken, Task<RotationView>>? Rotate { get; init; }

    /// <summary>What happened.</summary>
    public required EventLog Events { get; init; }

    /// <summary>What <c>/metrics</c> shows; the API adds its instruments to it. One for each node, disposed of by who made it.</summary>
    public required Meter Meter { get; init; }

    /// <summary>The node's files; null if it has none.</summary>
    public FileService? Files { get; init; }

    /// <summary>The calendar, and the clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The keys of the cluster, whose tokens let callers in; null for one that anybody may join.</summary>
    internal ClusterKeys? Keys { get; init; }
}

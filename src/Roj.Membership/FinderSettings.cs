using Roj.Kernel;

namespace Roj.Membership;

/// <summary>Who this node is and where it may look for others.</summary>
public sealed record FinderSettings
{
    /// <summary>The cluster's name, 1–63 bytes of UTF-8: nodes of others are not seen.</summary>
    public required string Cluster { get; init; }

    /// <summary>This node.</summary>
    public required NodeId Id { get; init; }

    /// <summary>A random number of this process, not 0.</summary>
    public required ulong Boot { get; init; }

    /// <summary>Where this node listens for others. Broadcast and sweep use its port.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>Where this node listens for the peers of a file; 0 when it has no swarm.</summary>
    public ushort SwarmPort { get; init; }

    /// <summary>The networks of the interfaces in use: broadcast to each, swept the one that <see cref="Own"/> lies in.</summary>
    public IReadOnlyList<Subnet> Subnets { get; init; } = [];

    /// <summary>Whether to broadcast.</summary>
    public bool Broadcast { get; init; } = true;

    /// <summary>Whether to sweep the nearest /24 when nobody answers.</summary>
    public bool Sweep { get; init; } = true;

    /// <summary>
    /// Whether to talk to public addresses too. Only with a key, or when the operator insists: without a key a node is open towards
    /// loopback, link-local and private addresses alone.
    /// </summary>
    public bool AnyAddress { get; init; }

    /// <summary>How patient finding is.</summary>
    public FinderTimings Timings { get; init; } = new();
}

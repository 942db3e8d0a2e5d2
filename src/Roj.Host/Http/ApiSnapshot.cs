using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>What a node knows at one moment: taken on its loop, read on any thread.</summary>
public sealed record ApiSnapshot
{
    /// <summary>The node itself.</summary>
    public required Member Self { get; init; }

    /// <summary>All who are known, itself included.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>When each of the others last spoke to this node itself, by id; those who never did are left out.</summary>
    public IReadOnlyList<(NodeId Id, Instant At)> Heard { get; init; } = [];

    /// <summary>The moment, on the loop's clock: how long the node runs.</summary>
    public required Instant Now { get; init; }

    /// <summary>The name of its cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>What its store promises: <c>available</c> or <c>quorum</c>.</summary>
    public string Mode => Agreement is { Expected: > 0 } or { Roster: not null } ? "quorum" : "available";

    /// <summary>Its part in agreement; null if it has none.</summary>
    public AgreementStatus? Agreement { get; init; }

    /// <summary>How election stands; null where it takes no part.</summary>
    internal ElectionStatus? Election { get; init; }

    /// <summary>Whether it does all that it was started for: its sockets are open, its data is read.</summary>
    public bool IsReady { get; init; } = true;

    /// <summary>What finding refused so far.</summary>
    public Refusals Refused { get; init; }

    /// <summary>What else came to the port between nodes and was dropped.</summary>
    public Drops Dropped { get; init; }
}

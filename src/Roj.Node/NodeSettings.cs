using Roj.Files;
using Roj.Membership;

namespace Roj.Node;

/// <summary>What a node is told at its start.</summary>
public sealed record NodeSettings
{
    /// <summary>How other nodes are found; its port is the one between nodes.</summary>
    public required FinderSettings Finding { get; init; }

    /// <summary>How the file is shared.</summary>
    public required SwarmSettings Swarm { get; init; }

    /// <summary>Addresses of peers that the user named: they listen on the same ports as this node.</summary>
    public IReadOnlyList<uint> Peers { get; init; } = [];
}

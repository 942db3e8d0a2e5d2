using Roj.Files;
using Roj.Files.Metadata;
using Roj.Kernel;
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

    /// <summary>Whether to look for other nodes; else it is told of them (<see cref="Node.Learn"/>).</summary>
    public bool Finds { get; init; } = true;

    /// <summary>Whether to look for peers by multicast (BEP 14), which other BitTorrent programs hear too.</summary>
    public bool LocalSearch { get; init; }

    /// <summary>The network that <see cref="LocalSearch"/> looks in: the first of finding's.</summary>
    internal Kernel.Subnet LocalSubnet =>
        Finding.Subnets.Count > 0 ? Finding.Subnets[0] : new Kernel.Subnet(Finding.Own.Address, 32);

    /// <summary>Where the user said that peers listen for swarm connections: they need not be nodes of ours.</summary>
    public IReadOnlyList<Endpoint> SwarmPeers { get; init; } = [];

    /// <summary>The file that the user wants, where only its name is known; null to take what is described, or found.</summary>
    public Sha1Digest? Sought { get; init; }

    /// <summary>Announce URLs of the file, in tiers (BEP 12); see <see cref="AnnounceUrl"/>.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Trackers { get; init; } = [];
}

using Roj.Files.Metadata;
using Roj.Host.Security;

namespace Roj.Host;

/// <summary>What <c>roj sync</c> is told.</summary>
public sealed record SyncOptions
{
    /// <summary>The port of the swarm, unless told otherwise: BitTorrent's first.</summary>
    public const ushort DefaultSwarmPort = 6881;

    /// <summary>The port between nodes, unless told otherwise.</summary>
    public const ushort DefaultNodePort = 7071;

    /// <summary>The description and the peers; a missing file is an error, unless <see cref="ConfigMayBeMissing"/>.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>Whether the configuration is as good as empty if it is not there.</summary>
    public bool ConfigMayBeMissing { get; init; }

    /// <summary>A .torrent file that describes the file (BEP 3), instead of the configuration; null for none.</summary>
    public string? TorrentPath { get; init; }

    /// <summary>The name of the file (BEP 9), instead of a description: that is fetched from peers; null for none.</summary>
    public MagnetLink? Magnet { get; init; }

    /// <summary>Whether the data file is right as it is: it is described by what is in it, instead of by the configuration.</summary>
    public bool Share { get; init; }

    /// <summary>The data file; what is remembered stands beside it, under the same name with <c>.roj</c> behind.</summary>
    public required string DataPath { get; init; }

    /// <summary>The TCP port of the swarm, here and on the peers that the configuration names.</summary>
    public ushort SwarmPort { get; init; } = DefaultSwarmPort;

    /// <summary>The UDP port between nodes, here and everywhere.</summary>
    public ushort NodePort { get; init; } = DefaultNodePort;

    /// <summary>The own address; null to choose the interface.</summary>
    public uint? Address { get; init; }

    /// <summary>The cluster: nodes of another are not seen.</summary>
    public string Cluster { get; init; } = "roj";

    /// <summary>Whether peers that hold no key of the cluster are talked to as well, in the clear; all are where there is no key.</summary>
    public bool AllowPlainSwarm { get; init; }

    /// <summary>The cluster's keys, at most three: who holds none of them gets nothing. Empty for none.</summary>
    public IReadOnlyList<ClusterKey> Keys { get; init; } = [];

    /// <summary>Trackers to announce to: URLs in tiers (BEP 12).</summary>
    public IReadOnlyList<IReadOnlyList<string>> Trackers { get; init; } = [];

    /// <summary>Whether to look for other BitTorrent programs of the network by multicast (BEP 14); null for everywhere but on the
    /// loopback, where whoever runs several nodes has said already where they are.</summary>
    public bool? LocalSearch { get; init; }

    /// <summary>Run by the shell when the data file, which was not right, has become so.</summary>
    public string? OnComplete { get; init; }

    /// <summary>How often to say how it stands; null for never.</summary>
    public TimeSpan? ProgressEvery { get; init; }

    /// <summary>Whether to end when the data file is right.</summary>
    public bool ExitWhenComplete { get; init; }

    /// <summary>How long to go on giving before that.</summary>
    public TimeSpan SeedFor { get; init; }
}

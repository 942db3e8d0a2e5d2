using Roj.Election;
using Roj.Host.Security;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Daemon;

/// <summary>What <c>roj node</c> is told.</summary>
public sealed record NodeOptions
{
    /// <summary>The port of the HTTP API, unless told otherwise.</summary>
    public const ushort DefaultHttpPort = 7070;

    /// <summary>The port of the store's clients, unless told otherwise: Redis's.</summary>
    public const ushort DefaultRespPort = 6379;

    /// <summary>Where the node keeps what it keeps; empty for nowhere: each life is another node then.</summary>
    public string DataPath { get; init; } = "";

    /// <summary>What people call it; null for the machine's name.</summary>
    public string? Name { get; init; }

    /// <summary>The cluster: nodes of another are not seen.</summary>
    public string Cluster { get; init; } = "roj";

    /// <summary>How many nodes make a cluster that agrees by majority, this one among them; 0 to make none, though one may be
    /// joined.</summary>
    public int Expect { get; init; }

    /// <summary>Which election nominates; null for the ring where <see cref="NumNodes"/> is said, else bully.</summary>
    public ElectionKind? Election { get; init; }

    /// <summary>How many nodes there are, at addresses one after another (seed 001); 0 if that is not said.</summary>
    public int NumNodes { get; init; }

    /// <summary>The last number of the address before the first of them.</summary>
    public int IpOffset { get; init; } = 100;

    /// <summary>The broadcast address that the network is said to have; null if it is not said.</summary>
    public uint? BroadcastIp { get; init; }

    /// <summary>For how long the leader has its lease, unless it renews it, where a majority decides.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nobody new must have appeared before a leader is looked for; null for what the seeds do: 15 s where <see
    /// cref="NumNodes"/> is said, else 2 s.</summary>
    public TimeSpan? ElectionWait { get; init; }

    /// <summary>What to run while this node leads; null for nothing.</summary>
    public string? OnLeader { get; init; }

    /// <summary>What to run at each other colour of this node; null for nothing.</summary>
    public string? OnColor { get; init; }

    /// <summary>Where others are, as far as the user knows; a port of 0 stands for our own.</summary>
    public IReadOnlyList<Endpoint> Join { get; init; } = [];

    /// <summary>The interface to be on; null to choose.</summary>
    public string? Interface { get; init; }

    /// <summary>The own address; null to choose.</summary>
    public uint? Address { get; init; }

    /// <summary>The port between nodes, UDP and TCP, here and everywhere.</summary>
    public ushort Port { get; init; } = SyncOptions.DefaultNodePort;

    /// <summary>The port of the HTTP API.</summary>
    public ushort HttpPort { get; init; } = DefaultHttpPort;

    /// <summary>The TCP port on which clients speak RESP, the Redis protocol; 0 for none. If nobody asked for it and it is taken, there is
    /// none.</summary>
    public ushort RespPort { get; init; } = DefaultRespPort;

    /// <summary>Whether the user asked for that port: then it must be free.</summary>
    public bool IsRespPortAsked { get; init; }

    /// <summary>The address that is listened on for them; null for 127.0.0.1, or for the node's own where it is this machine's alone, or
    /// there is a key.</summary>
    public uint? RespAddress { get; init; }

    /// <summary>How many copies there are of each key of the store.</summary>
    public int Copies { get; init; } = 2;

    /// <summary>The TCP port on which files are shared; another if it is taken.</summary>
    public ushort SwarmPort { get; init; } = SyncOptions.DefaultSwarmPort;

    /// <summary>Whether to look for others by broadcast.</summary>
    public bool Broadcast { get; init; } = true;

    /// <summary>Whether to look for others by a sweep of the nearest /24, when nobody answers.</summary>
    public bool Sweep { get; init; } = true;

    /// <summary>Free words about the node: names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>The tokens that the node takes part in from its start on.</summary>
    public IReadOnlyList<TokenPlan> Tokens { get; init; } = [];

    /// <summary>Whether what is known of a token is durable before it is said to have been taken.</summary>
    public bool TokenSync { get; init; } = true;

    /// <summary>From which level on events are logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Info;

    /// <summary>Where the log goes; null for standard error.</summary>
    public string? LogPath { get; init; }

    /// <summary>Where the cluster's key is: a <see cref="KeyFile"/>; null for <c>key</c> in the data directory, if that is there.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The cluster's key itself, which goes before any file; null for none.</summary>
    public ClusterKey? Key { get; init; }

    /// <summary>Whether, with a key, files are shared with plain BitTorrent programs too.</summary>
    public bool AllowPlainSwarm { get; init; }

    /// <summary>The folder that pushed files go to, and the word that commands may be run for them; null for neither.</summary>
    public string? AllowPush { get; init; }

    /// <summary>Whether public addresses are talked to, though there is no key.</summary>
    public bool Insecure { get; init; }

    /// <summary>Whether events go to standard output as lines of JSON.</summary>
    public bool Json { get; init; }

    /// <summary>The settings of finding.</summary>
    internal FinderSettings FindingAs(NodeId id, ulong boot, Subnet subnet, bool hasKey) => new()
    {
        Cluster = Cluster,
        Id = id,
        Boot = boot,
        Own = new Endpoint(subnet.Address, Port),
        Subnets = [subnet],
        Broadcast = Broadcast,
        Sweep = Sweep,
        AnyAddress = Insecure || hasKey,
    };
}

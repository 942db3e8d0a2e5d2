using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;
using Roj.Simulation.Swarms.Makespans;

namespace Roj.Simulation.Swarms;

/// <summary>What a simulated <c>roj sync</c> is told.</summary>
public sealed record SimNodeSettings
{
    /// <summary>The description in its torrent.conf; null if there is none.</summary>
    public InfoDictionary? Described { get; init; }

    /// <summary>The peers in its torrent.conf.</summary>
    public IReadOnlyList<uint> Peers { get; init; } = [];

    /// <summary>Whether it may broadcast and sweep.</summary>
    public bool Finds { get; init; } = true;

    /// <summary>How it treats its peers.</summary>
    public Manner Manner { get; init; }

    /// <summary>Changes to the swarm's settings that are to be tried.</summary>
    internal Func<SwarmSettings, SwarmSettings>? Tune { get; init; }

    /// <summary>Notes what it gives and gets.</summary>
    internal DeliveryLog? Log { get; init; }

    /// <summary>The settings of its next life.</summary>
    internal NodeSettings ForNode(Endpoint own, ushort swarmPort, Rng rng) => new()
    {
        Finding = new FinderSettings
        {
            Cluster = "sim",
            Id = NodeId.Random(rng),
            Boot = rng.NextUInt64() | 1,
            Own = own,
            SwarmPort = swarmPort,
            Subnets = [new Subnet(own.Address, 24)],
            Broadcast = Finds,
            Sweep = Finds,
        },
        Swarm = Tuned(new SwarmSettings { PeerId = PeerId.Create(rng), ListenPort = swarmPort }),
        Peers = Peers,
    };

    private SwarmSettings Tuned(SwarmSettings usual) => Tune?.Invoke(usual) ?? usual;
}

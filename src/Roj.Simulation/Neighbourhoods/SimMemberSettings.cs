using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What a simulated member is told.</summary>
public sealed record SimMemberSettings
{
    /// <summary>The identity in its data directory.</summary>
    public required NodeId Id { get; init; }

    /// <summary>Whom it is told of.</summary>
    public IReadOnlyList<Endpoint> Configured { get; init; } = [];

    /// <summary>Whether it broadcasts.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Whether it sweeps.</summary>
    public bool Sweep { get; init; }

    /// <summary>Leading bits of its network's addresses.</summary>
    public int PrefixLength { get; init; } = 24;

    /// <summary>Whether it keeps on disk whom it knew: not where nobody ever starts again.</summary>
    public bool KeepsPlaces { get; init; } = true;

    /// <summary>Whom it knows from the start, itself among them, as if all had met long ago; asked for when it starts.</summary>
    public Func<IReadOnlyList<MemberRecord>>? Known { get; init; }

    /// <summary>Whether its datagrams are sealed.</summary>
    public bool HasKey { get; init; }

    /// <summary>Changes to the usual settings that are to be tried.</summary>
    public Func<KeeperSettings, KeeperSettings>? Tune { get; init; }

    internal FinderSettings ForFinding(Endpoint own, Rng rng) => new()
    {
        Cluster = "sim",
        Id = Id,
        Boot = rng.NextUInt64() | 1,
        Own = own,
        Subnets = [new Subnet(own.Address, PrefixLength)],
        Broadcast = Broadcast,
        Sweep = Sweep,
    };

    internal KeeperSettings ForKeeping(Endpoint own, uint life)
    {
        var usual = new KeeperSettings { Id = Id, Own = own, Incarnation = (ulong)life << 32 };
        return Tune?.Invoke(usual) ?? usual;
    }
}

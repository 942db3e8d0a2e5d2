using Roj.Election;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>What an <see cref="ElectionService"/> is given.</summary>
internal sealed record ElectionOptions
{
    /// <summary>The shortest lease of a leader.</summary>
    public static readonly TimeSpan LeaseMin = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest: as long nobody may lead after one has died.</summary>
    public static readonly TimeSpan LeaseMax = TimeSpan.FromMinutes(1);

    /// <summary>How the node stands for election.</summary>
    public required ElectionSettings Settings { get; init; }

    /// <summary>How others call its cluster, as a number.</summary>
    public required ulong Cluster { get; init; }

    /// <summary>For how long the leader has its lease, unless it renews it.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Where the greatest term is kept; null for nowhere.</summary>
    public required TermFile? Terms { get; init; }

    /// <summary>The node's part in agreement; null while it has none.</summary>
    public required Func<AgreementService?> Agreement { get; init; }

    /// <summary>Sends a datagram.</summary>
    public required Action<Endpoint, ReadOnlyMemory<byte>> Send { get; init; }

    /// <summary>Told what happens.</summary>
    public required Action<WingNews> Tell { get; init; }

    /// <summary>The keys of the cluster; null for one that anybody may join.</summary>
    public ClusterKeys? Keys { get; init; }

    /// <summary>Shakes hands with nodes that are asked on the port between nodes; null without a key.</summary>
    public Tls? Tls { get; init; }
}

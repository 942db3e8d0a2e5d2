using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Agreement;

/// <summary>What a node's part in agreement is given.</summary>
internal sealed record AgreementOptions
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Where it listens to others.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>The hash of its cluster's name.</summary>
    public required ulong Cluster { get; init; }

    /// <summary>How many nodes make a cluster; 0 to make none.</summary>
    public int Expected { get; init; }

    /// <summary>Patience and limits of the registers; what says which node it is goes by the above.</summary>
    public ProposerSettings Proposing { get; init; } = new();

    /// <summary>The cluster's keys; null without any.</summary>
    public ClusterKeys? Keys { get; init; }

    /// <summary>Shakes hands with other nodes; null without a key.</summary>
    public Tls? Tls { get; init; }

    /// <summary>Told what happens.</summary>
    public required Action<WingNews> Tell { get; init; }

    /// <summary>Told why the node can't go on.</summary>
    public required Action<Exception> Fail { get; init; }

    /// <summary>Told of each event, before anybody else.</summary>
    public Action<AgreementEvent> Heard { get; init; } = _ => { };
}

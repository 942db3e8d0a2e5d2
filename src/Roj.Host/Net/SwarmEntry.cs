using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Net;

/// <summary>Who may come into a swarm, and whom we go to: without a key anybody; with one its holders, and in the clear others only if that
/// is allowed, from nearby.</summary>
/// <param name="keys">The cluster's keys; null for none.</param>
/// <param name="allowPlain">Whether those without a key are let in too.</param>
/// <param name="anyAddress">Whether they may have public addresses.</param>
internal sealed class SwarmEntry(ClusterKeys? keys, bool allowPlain = false, bool anyAddress = false)
{
    /// <summary>For a node without a key.</summary>
    public static SwarmEntry Open { get; } = new(null);

    /// <summary>The cluster's keys; null for none.</summary>
    public ClusterKeys? Keys => keys;

    /// <summary>The handshakes; null for a node without a key.</summary>
    public Tls? Tls { get; } = keys is null ? null : new Tls(keys, Tls.Swarm);

    /// <summary>Whether a peer is talked to in the clear.</summary>
    public bool AdmitsPlain(Endpoint peer) => Tls is null || (allowPlain && (anyAddress || Addresses.IsLocal(peer.Address)));
}

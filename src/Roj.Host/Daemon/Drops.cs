using Roj.Host.Security;

namespace Roj.Host.Daemon;

/// <summary>What came to the port between nodes and was dropped since the start, by reason; finding counts more
/// (<see cref="Membership.Refusals"/>).</summary>
/// <param name="Malformed">Datagrams that are nothing of ours: other programs, other versions, garbage.</param>
/// <param name="OtherCluster">Datagrams and calls of members of a cluster with another name.</param>
/// <param name="NotLocal">From where no node may be: a public address without <c>--insecure</c>.</param>
/// <param name="Calls">Connections that broke, were too slow, or said nothing of ours.</param>
/// <param name="Crowded">Connections that had to make room, or for which there was none.</param>
public readonly record struct Drops(long Malformed, long OtherCluster, long NotLocal, long Calls, long Crowded)
{
    /// <summary>Connections whose other end did not show that it holds a key of ours.</summary>
    public long Untrusted { get; init; }

    /// <summary>Of datagrams, what the key kept out.</summary>
    public SealCounts Sealed { get; init; }
}

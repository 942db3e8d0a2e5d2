using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>Who announced the file here, for as long as they keep doing so.</summary>
internal sealed class AnnouncedPeers
{
    /// <summary>Peers kept at most; the one that was silent longest makes room.</summary>
    public const int PeersMax = 1024;

    /// <summary>Peers of one address at most: several programs behind one router, not one that fills the table by itself.</summary>
    public const int PeersOfAddressMax = 16;

    private readonly SortedDictionary<Endpoint, Announced> peers = [];

    public int Count => peers.Count;

    public IEnumerable<Announced> All => peers.Values;

    public void Put(Instant now, Announced peer)
    {
        Forget(now);
        if (!peers.ContainsKey(peer.Endpoint))
        {
            MakeRoom(PeersOfAddressMax, other => other.Endpoint.Address == peer.Endpoint.Address);
            MakeRoom(PeersMax, _ => true);
        }

        peers[peer.Endpoint] = peer;
    }

    public void Remove(Endpoint endpoint) => peers.Remove(endpoint);

    /// <summary>Drops those that have not been heard of in time.</summary>
    public void Forget(Instant now)
    {
        foreach (var gone in peers.Values.Where(peer => peer.ExpiresAt <= now).ToArray())
            peers.Remove(gone.Endpoint);
    }

    private void MakeRoom(int max, Func<Announced, bool> counts)
    {
        if (peers.Values.Count(counts) >= max)
            peers.Remove(peers.Values.Where(counts).MinBy(peer => peer.ExpiresAt)!.Endpoint);
    }

    internal sealed record Announced(Endpoint Endpoint, PeerId PeerId, bool IsComplete, Instant ExpiresAt);
}

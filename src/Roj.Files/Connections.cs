using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The connection policy: whom to dial and when, whom to let in, which of two connections stays, whom to hang up on.</summary>
internal sealed class Connections(SwarmSettings settings, Candidates candidates)
{
    // A dial that a LAN has not answered by then meets a dead address: it no longer counts against the number we aim for.
    private static readonly TimeSpan FreshDial = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<ConnectionId, Peer> peers = [];
    private long lastId;

    /// <summary>Every connection, the ones being opened included.</summary>
    public IEnumerable<Peer> All => peers.Values;

    /// <summary>The connections whose handshakes are through.</summary>
    public IEnumerable<Peer> Open => peers.Values.Where(peer => peer.IsOpen);

    public int Count => peers.Count;

    public Peer? Find(ConnectionId id) => peers.GetValueOrDefault(id);

    public bool IsConnected(PeerId id) => peers.Values.Any(peer => peer.IsOpen && peer.PeerId == id);

    /// <summary>Begins an outgoing connection.</summary>
    public Peer Dial(Instant now, Candidate candidate, Sha1Digest infoHash, SwarmOutbox outbox)
    {
        candidate.InUse = true;
        var peer = Add(now, new Peer(settings, new ConnectionId(++lastId), candidate.Endpoint, outgoing: true, infoHash), settings.DialPatience);
        outbox.Do(new SwarmEffect.Connect(peer.Id, candidate.Endpoint));
        return peer;
    }

    /// <summary>Lets an incoming connection in; null if there is no place.</summary>
    public Peer? Accept(Instant now, Endpoint remote) => peers.Count >= settings.ConnectionsMax
        ? null
        : Add(now, new Peer(settings, new ConnectionId(++lastId), remote, outgoing: false, default), settings.HandshakePatience);

    /// <summary>Forgets a connection.</summary>
    public void Remove(Peer peer) => peers.Remove(peer.Id);

    /// <summary>The open connection that gives and takes least and has done so longest.</summary>
    public Peer? MostUseless() => Open.Where(peer => peer.IsUseless).MinBy(peer => peer.Opened.Ticks);

    /// <summary>Whom to leave when nobody feeds us: one that is of no use to anybody, else the one that has refused us longest.</summary>
    public Peer? LeastFeeding() => MostUseless() ?? Open.Where(peer => !peer.IsFeeding).MinBy(peer => peer.Opened.Ticks);

    /// <summary>Which connection must go, now that <paramref name="fresh"/> turned out to lead to <paramref name="peerId"/>; null if
    /// none.</summary>
    /// <remarks>Both ends come to the same answer. Of two that crossed, the one stays that the greater id dialled. Of two that one end
    /// dialled, or that are too far apart in time to have crossed, the newer: the older may have been lost without the other end's
    /// knowledge, and if not (the same peer at another address), the other end could not know that.</remarks>
    public Peer? Loser(Instant now, Peer fresh, PeerId peerId, PeerId self)
    {
        var other = peers.Values.FirstOrDefault(peer => peer.IsOpen && peer != fresh && peer.PeerId == peerId);
        if (other is null)
            return null;
        if (other.Outgoing == fresh.Outgoing || now >= other.Opened + settings.HandshakePatience)
            return other;
        var oursStays = self.CompareTo(peerId) > 0;
        return fresh.Outgoing == oursStays ? other : fresh;
    }

    /// <summary>The older connection to an endpoint where another process answers now: its peer is gone.</summary>
    public Peer? Stale(Peer fresh) => fresh.Listening is not { } endpoint
        ? null
        : peers.Values.FirstOrDefault(peer => peer != fresh && peer.IsOpen && peer.Listening == endpoint && peer.PeerId != fresh.PeerId);

    /// <summary>Whether another candidate should be dialled now.</summary>
    public bool HasRoomToDial(Instant now)
    {
        var (dialling, counted) = (0, 0);
        foreach (var peer in peers.Values)
        {
            var isDialling = peer is { Outgoing: true, IsOpen: false };
            dialling += isDialling ? 1 : 0;
            counted += isDialling && now >= peer.Begun + FreshDial ? 0 : 1;
        }

        return peers.Count < settings.ConnectionsMax && dialling < settings.DialsMax && counted < settings.DialUpTo;
    }

    /// <summary>When <see cref="HasRoomToDial"/> may change by waiting alone; null if it does not depend on time.</summary>
    public Instant? RoomToDialAt(Instant now)
    {
        Instant? earliest = null;
        foreach (var peer in peers.Values)
        {
            if (peer is { Outgoing: true, IsOpen: false } && peer.Begun + FreshDial > now)
                earliest = Instant.Earliest(earliest, peer.Begun + FreshDial);
        }

        return earliest;
    }

    /// <summary>Notes what became of the candidate behind a connection that ended.</summary>
    public void Settle(Instant now, Peer peer, CloseReason? reason)
    {
        if (candidates.Find(peer.Listening) is not { } candidate || (peer is { Outgoing: false, IsOpen: false }))
            return;
        // The same peer may be connected otherwise, or be dialled just now.
        candidate.InUse = peers.Values.Any(other => other != peer && other.Listening == peer.Listening);
        if (candidate.InUse)
            return;
        switch (reason)
        {
            case CloseReason.Self:
                candidate.IsSelf = true;
                break;
            case CloseReason.BothComplete:
                Candidates.Rest(now, candidate, settings.CompleteRest);
                break;
            case CloseReason.Useless:
                Candidates.Rest(now, candidate, settings.BackoffMax);
                break;
            case CloseReason.Duplicate:
                Candidates.Rest(now, candidate, settings.BackoffMin);
                break;
            default:
                candidates.Failed(now, candidate);
                break;
        }
    }

    private Peer Add(Instant now, Peer peer, TimeSpan patience)
    {
        peer.Begun = now;
        peer.GiveUpAt = now + patience;
        peer.LastHeard = peer.KeptAliveAt = now;
        peers.Add(peer.Id, peer);
        return peer;
    }
}

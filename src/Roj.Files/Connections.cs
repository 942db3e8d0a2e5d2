using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The connection policy: whom to dial and when, whom to let in, which of two connections stays, whom to hang up on.</summary>
/// <remarks>There are <see cref="SwarmSettings.ConnectionsMax"/> places, dials included. Who calls when all are taken gets that of a
/// connection that is worth less (<see cref="MakesWay"/>), or one of the few in the lobby, for as long as it takes to tell it of
/// others.</remarks>
internal sealed class Connections(SwarmSettings settings, Candidates candidates)
{
    // A dial that a LAN has not answered by then meets a dead address: it no longer counts against the number we aim for, and makes way.
    private static readonly TimeSpan FreshDial = TimeSpan.FromMilliseconds(200);

    private readonly SortedDictionary<ConnectionId, Peer> peers = [];
    private readonly Holdings holdings = new();
    private long lastId;
    private Instant dialsPaidUntil;

    /// <summary>Every connection, the ones being opened and the lobby included.</summary>
    public IEnumerable<Peer> All => peers.Values;

    /// <summary>The connections whose handshakes are through.</summary>
    public IEnumerable<Peer> Open => peers.Values.Where(peer => peer.IsOpen);

    /// <summary>What others have, as they told last.</summary>
    public IReadOnlyList<Holding> Holdings => holdings.With(Open);

    /// <summary>How many places are taken.</summary>
    public int Count => peers.Count - InLobby;

    /// <summary>How many are in the lobby.</summary>
    public int InLobby { get; private set; }

    public Peer? Find(ConnectionId id) => peers.GetValueOrDefault(id);

    public bool IsConnected(PeerId id) => peers.Values.Any(peer => peer.IsOpen && peer.PeerId == id);

    /// <summary>Whether there is no use in dialling a peer: it is connected, or in the lobby.</summary>
    public bool IsHere(PeerId id) => peers.Values.Any(peer => (peer.IsOpen || peer.IsWelcome) && peer.PeerId == id);

    /// <summary>Begins an outgoing connection.</summary>
    public Peer Dial(Instant now, Candidate candidate, Sha1Digest infoHash, SwarmOutbox outbox)
    {
        candidates.Dialled(candidate);
        dialsPaidUntil = (dialsPaidUntil > now ? dialsPaidUntil : now) + settings.DialPace;
        var peer = new Peer(settings, new ConnectionId(++lastId), candidate.Endpoint, outgoing: true, infoHash);
        Add(now, peer, settings.DialPatience);
        outbox.Do(new SwarmEffect.Connect(peer.Id, candidate.Endpoint));
        return peer;
    }

    /// <summary>Lets an incoming connection in, or into the lobby; null if there is no place in either.</summary>
    public Peer? Accept(Instant now, Endpoint remote)
    {
        var peer = new Peer(settings, new ConnectionId(lastId + 1), remote, outgoing: false, default)
        {
            InLobby = Count >= settings.ConnectionsMax,
        };
        // One address must not fill the lobby: it has half. And with nobody to tell of there is no use in it.
        var crowd = peers.Values.Count(other => other.InLobby && other.Remote.Address == remote.Address);
        if (peer.InLobby && (InLobby >= settings.LobbyMax || crowd >= (settings.LobbyMax + 1) / 2 || candidates.Proven.Count == 0))
            return null;
        lastId++;
        InLobby += peer.InLobby ? 1 : 0;
        return Add(now, peer, peer.InLobby ? settings.Linger : settings.HandshakePatience);
    }

    /// <summary>Gives a caller in the lobby a place, if there is one, or the older connection to the same peer has one; false if it must
    /// stay there.</summary>
    public bool Admit(Peer peer, PeerId peerId)
    {
        if (!peer.InLobby)
            return true;
        if (Count >= settings.ConnectionsMax && !IsConnected(peerId))
            return false;
        peer.InLobby = false;
        InLobby--;
        return true;
    }

    /// <summary>Forgets a connection.</summary>
    public void Remove(Peer peer)
    {
        if (!peers.Remove(peer.Id))
            return;
        InLobby -= peer.InLobby ? 1 : 0;
        holdings.Left(peer);
        if (peer.IsOpen || peer.IsWelcome)
            candidates.Left(peer.PeerId);
    }

    /// <summary>Who must go so that somebody who calls from <paramref name="caller"/> has a place; null if nobody need or should.</summary>
    /// <remarks>In this order: who has not even opened; who wants nothing and has nothing; who says it wants something, but has neither
    /// given nor taken a block for long; and one of a crowd from one address, as far as it is above its share.</remarks>
    public Peer? MakesWay(Instant now, uint caller) => Count < settings.ConnectionsMax
        ? null
        : Unopened(now) ?? MostUseless(now) ?? LongestIdle(now) ?? OneOfACrowd(caller);

    /// <summary>The open connection that gives and takes least and has done so longest.</summary>
    public Peer? MostUseless(Instant now) =>
        Open.Where(peer => peer.IsUseless && now >= peer.MovedAt + settings.Linger).MinBy(peer => peer.Opened.Ticks);

    /// <summary>Whom to leave when nobody feeds us: one that is of no use to anybody, else the one that has refused us longest.</summary>
    public Peer? LeastFeeding(Instant now) =>
        MostUseless(now) ?? Open.Where(peer => !peer.IsFeeding).MinBy(peer => peer.Opened.Ticks);

    /// <summary>Which connection must go, now that <paramref name="fresh"/> turned out to lead to <paramref name="peerId"/>; null if
    /// none.</summary>
    /// <remarks>Both ends come to the same answer. Of two that crossed, the one stays that the greater id dialled. Of two that one end
    /// dialled, or that are too far apart in time to have crossed, the newer: the older may have been lost without the other end's
    /// knowledge, and if not (the same peer at another address), the other end could not know that. Whoever is in the lobby leaves
    /// it.</remarks>
    public Peer? Loser(Instant now, Peer fresh, PeerId peerId, PeerId self)
    {
        var other = peers.Values.FirstOrDefault(peer => (peer.IsOpen || peer.IsWelcome) && peer != fresh && peer.PeerId == peerId);
        if (other is null)
            return null;
        if (other.InLobby || other.Outgoing == fresh.Outgoing || now >= other.Opened + settings.HandshakePatience)
            return other;
        var oursStays = self.CompareTo(peerId) > 0;
        return fresh.Outgoing == oursStays ? other : fresh;
    }

    /// <summary>The older connection to an endpoint where another process answers now: its peer is gone.</summary>
    public Peer? Stale(Peer fresh) => fresh is not { IsOpen: true, Listening: { } endpoint }
        ? null
        : peers.Values.FirstOrDefault(peer => peer != fresh && peer.IsOpen && peer.Listening == endpoint && peer.PeerId != fresh.PeerId);

    /// <summary>Whether another candidate should be dialled now, to have as many connections as we aim for.</summary>
    public bool HasRoomToDial(Instant now) => MayDial(now) && peers.Values.Count(peer => CountsForAim(now, peer)) < settings.DialUpTo;

    /// <summary>Whether a dial is within the limits.</summary>
    public bool MayDial(Instant now) => Count < settings.ConnectionsMax
        && peers.Values.Count(peer => peer.IsDial) < settings.DialsMax
        && now >= PacedUntil;

    private Instant PacedUntil => dialsPaidUntil - ((settings.DialBurst - 1) * settings.DialPace);

    /// <summary>When <see cref="HasRoomToDial"/> may change by waiting alone; null if it does not depend on time.</summary>
    public Instant? RoomToDialAt(Instant now)
    {
        Instant? earliest = PacedUntil > now ? PacedUntil : null;
        foreach (var peer in peers.Values)
        {
            if (peer.IsDial && peer.Begun + FreshDial > now)
                earliest = Instant.Earliest(earliest, peer.Begun + FreshDial);
        }

        return earliest;
    }

    /// <summary>Notes what became of the candidate behind a connection that ended.</summary>
    public void Settle(Instant now, Peer peer, CloseReason? reason, bool isComplete = false)
    {
        if (candidates.Find(peer.Listening) is not { } candidate || (peer is { Outgoing: false, IsOpen: false }))
            return;
        // The same peer may be connected otherwise, or be dialled just now.
        if (peers.Values.Any(other => other != peer && !other.InLobby && other.Listening == peer.Listening))
            return;
        switch (reason)
        {
            case CloseReason.Self:
                candidates.IsOurselves(candidate);
                break;
            case CloseReason.BothComplete:
                candidates.Rested(now, candidate, settings.CompleteRest);
                break;
            case CloseReason.Useless:
                candidates.Rested(now, candidate, settings.BackoffMax);
                break;
            case CloseReason.Duplicate:
                candidates.Rested(now, candidate, settings.BackoffMin);
                break;
            default:
                // A peer that shakes hands and hangs up, since it is full or broken, must not be dialled at the pace of a first failure.
                var lasted = peer.IsOpen && (peer.MovedAt > peer.Opened || now >= peer.Opened + settings.Linger);
                candidates.Failed(now, candidate, lasted, isComplete && settings.RestsWhenComplete ? settings.CompleteRest : null);
                break;
        }
    }

    private static bool CountsForAim(Instant now, Peer peer) => !peer.InLobby && !(peer.IsDial && now >= peer.Begun + FreshDial);

    private Peer? Unopened(Instant now) => peers.Values.FirstOrDefault(peer =>
        peer is { IsOpen: false, InLobby: false } && now >= peer.Begun + (peer.Outgoing ? FreshDial : settings.Linger));

    private Peer? LongestIdle(Instant now) =>
        Open.Where(peer => now >= peer.MovedAt + settings.IdleMax).MinBy(peer => peer.MovedAt.Ticks);

    private Peer? OneOfACrowd(uint caller)
    {
        var crowd = peers.Values.Where(peer => peer is { Outgoing: false, InLobby: false })
            .GroupBy(peer => peer.Remote.Address).MaxBy(group => group.Count());
        if (crowd is null || crowd.Count() <= settings.PlacesPerAddress)
            return null;
        var ofCaller = peers.Values.Count(peer => !peer.InLobby && peer.Remote.Address == caller);
        return ofCaller < settings.PlacesPerAddress ? crowd.Last() : null; // the newest: an old connection has shown what it is worth
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

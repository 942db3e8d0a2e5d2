using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>One file and everybody who shares it (BEP 3): no sockets, files, clocks or threads.</summary>
/// <remarks>
/// <para>Safety: a piece is told of and given only after its bytes on disk were hashed and are right. Liveness: as long as every piece is
/// right on some honest node and honest nodes can reach each other, every honest node gets every piece.</para>
/// <para>One caller; after each input the outbox is drained completely. Inputs about a connection that was closed are ignored.</para>
/// </remarks>
public sealed class Swarm
{
    private readonly SwarmSettings settings;
    private readonly Rng rng;
    private readonly Candidates candidates;
    private readonly Connections connections;
    private readonly ExtensionMessages extensions;
    private readonly SoughtFile file = new();
    private readonly Dialling dialling;
    private readonly Starvation starvation;
    private Milestones milestones;
    private Transfer? transfer;

    /// <summary>A swarm that knows neither its file nor a peer.</summary>
    public Swarm(SwarmSettings settings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        this.settings = settings ?? throw new ArgumentNullException(nameof(settings));
        this.rng = rng;
        var acquaintance = rng.Fork();
        candidates = new Candidates(settings, acquaintance);
        connections = new Connections(settings, candidates);
        extensions = new ExtensionMessages(settings, candidates, acquaintance.Fork());
        milestones = new Milestones(extensions);
        dialling = new Dialling(settings, connections, candidates, file);
        starvation = new Starvation(settings.RotateAfter);
    }

    /// <summary>The description; null until it is known.</summary>
    public InfoDictionary? Info => transfer?.Info;

    /// <summary>The name of the file that is shared or sought; null until it is known.</summary>
    public Sha1Digest? InfoHash => file.InfoHash;

    /// <summary>How many pieces are right on disk.</summary>
    public int HaveCount => transfer?.Have.Count ?? 0;

    /// <summary>How many pieces have not been looked at since the start.</summary>
    public int UncheckedCount => transfer?.Unchecked ?? 0;

    /// <summary>Whether the whole file is right on disk.</summary>
    public bool IsComplete => transfer is { IsComplete: true };

    /// <summary>Where peers that were met listen: worth telling to others.</summary>
    public IEnumerable<Endpoint> Met => candidates.Proven;

    /// <summary>How many connections have exchanged handshakes.</summary>
    public int PeerCount => connections.Open.Count();

    /// <summary>Who has what: for people to look at.</summary>
    public SwarmSight Sight => new(transfer?.Have.Sketch() ?? "", connections.Holdings);

    /// <summary>How many callers are in the lobby: see <see cref="SwarmSettings.LobbyMax"/>.</summary>
    public int LobbyCount => connections.InLobby;

    /// <summary>When <see cref="Tick"/> is next due; null while there is nothing to wait for.</summary>
    public Instant? Deadline(Instant now)
    {
        var deadline = dialling.Due(now, IsComplete);
        foreach (var peer in connections.All)
            deadline = Instant.Earliest(deadline, Housekeeping.Due(settings, now, extensions, transfer, peer));
        return Instant.Earliest(Instant.Earliest(deadline, extensions.FetchDeadline), starvation.Due);
    }

    /// <summary>The file is described: by the user, or by memory.</summary>
    /// <exception cref="InvalidOperationException">It was described already.</exception>
    public void Describe(Instant now, InfoDictionary info, SwarmOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (transfer is not null)
            throw new InvalidOperationException("The file is described already.");
        file.Give(info.InfoHash);
        transfer = new Transfer(settings, info, rng.Fork());
        extensions.Described(info);
        outbox.Do(new SwarmEffect.Open(info));
        outbox.Emit(new SwarmEvent.Described(info));
        foreach (var candidate in candidates.Serving())
            Kinship.Judge(candidates, candidate, info.InfoHash, info);
        foreach (var peer in connections.Open.ToArray())
        {
            extensions.Introduce(peer, IsComplete, outbox); // again, now with the size of the description (BEP 10 allows it)
            if (!transfer.Join(now, peer, outbox))
                Close(now, peer, CloseReason.Misbehaved, outbox);
        }

        milestones.Announce(now, transfer, connections.Open, outbox);
    }

    /// <summary>The user wants the file of this name, whose description is not known: it is fetched, and no other file is taken
    /// up.</summary>
    /// <exception cref="InvalidOperationException">A file was described already.</exception>
    public void Seek(Sha1Digest infoHash)
    {
        if (transfer is not null)
            throw new InvalidOperationException("The file is described already.");
        file.Give(infoHash);
        extensions.Seek(infoHash);
    }

    /// <summary>A peer may be at <paramref name="endpoint"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="endpoint">Where it listens for swarm connections.</param>
    /// <param name="isStatic">Named by the user: never forgotten. As many are kept as a torrent.conf may name.</param>
    /// <param name="restarted">It was restarted, or says something new: no reason to wait any longer.</param>
    public void Learn(Instant now, Endpoint endpoint, bool isStatic, bool restarted)
    {
        if ((isStatic ? candidates.LearnStatic(endpoint) : candidates.Learn(endpoint, endpoint.Address)) is { } candidate && restarted)
            candidates.Refresh(now, candidate);
    }

    /// <summary>Somebody looks at <see cref="Sight"/>: a complete node calls on others for a while, to see what they have.</summary>
    public void Look(Instant now) => dialling.Look(now);

    /// <summary>A peer says which files it serves; under the same or another name, one of them may be ours.</summary>
    /// <param name="endpoint">Where it listens for swarm connections; it was learnt before.</param>
    /// <param name="files">The files; none if it waits for a description itself.</param>
    public void Serves(Endpoint endpoint, IReadOnlyList<ServedFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count > 0)
            TakeUp(files[0].InfoHash);
        if (candidates.Find(endpoint) is not { } candidate)
            return;
        candidate.Served = [.. files];
        Kinship.Judge(candidates, candidate, file.InfoHash, Info);
    }

    /// <summary>Somebody called. The name of the connection; null if it is refused: the host closes it.</summary>
    public ConnectionId? Accept(Instant now, Endpoint remote, SwarmOutbox outbox)
    {
        if (candidates.IsBanned(now, remote.Address))
            return null;
        if (connections.MakesWay(now, remote.Address) is { } least)
            Close(now, least, least.IsOpen ? CloseReason.Useless : CloseReason.TimedOut, outbox);
        return connections.Accept(now, remote)?.Id;
    }

    /// <summary>A connection that we dialled is there.</summary>
    public void Connected(Instant now, ConnectionId connection, SwarmOutbox outbox)
    {
        if (connections.Find(connection) is not { } peer)
            return;
        peer.GiveUpAt = now + settings.HandshakePatience;
        Shake(peer, outbox);
    }

    /// <summary>A connection was refused, or ended: by the peer, by the network, or by the host, to which it made no sense.</summary>
    public void Closed(Instant now, ConnectionId connection, SwarmOutbox outbox)
    {
        if (connections.Find(connection) is { } peer)
            Forget(now, peer, null, outbox);
    }

    /// <summary>A handshake came (BEP 3).</summary>
    public void Shaken(Instant now, ConnectionId connection, Handshake handshake, SwarmOutbox outbox)
    {
        if (connections.Find(connection) is not { } peer || peer.IsOpen)
            return;
        var isAnswer = !peer.Outgoing || handshake.InfoHash == peer.ShakenWith;
        if (isAnswer)
            TakeUp(handshake.InfoHash);
        if (!isAnswer || !IsOurs(peer, handshake.InfoHash))
        {
            Close(now, peer, CloseReason.OtherFile, outbox);
            return;
        }

        peer.ShakenWith = handshake.InfoHash;
        if (handshake.PeerId == settings.PeerId && !peer.Outgoing)
            Shake(peer, outbox); // we called ourselves: the end that dialled must hear whom it reached, and hangs up
        else if (handshake.PeerId == settings.PeerId)
            Close(now, peer, CloseReason.Self, outbox);
        else if (!connections.Admit(peer, handshake.PeerId))
            Welcome(now, peer, handshake, outbox);
        else
            Meet(now, peer, handshake, outbox);
    }

    /// <summary>A message came. The payload of a piece stays with the host, for <see cref="SwarmEffect.Write"/>.</summary>
    public void Receive(Instant now, ConnectionId connection, PeerMessage message, SwarmOutbox outbox)
    {
        if (connections.Find(connection) is not { } peer)
            return;
        peer.LastHeard = now;
        if (peer.InLobby)
        {
            if (Lobby.Receive(now, peer, message, extensions, () => AfterExtension(now, peer, outbox), outbox) is { } reason)
                Close(now, peer, reason, outbox);
            return;
        }

        var isLawful = peer.IsOpen && message switch
        {
            PeerMessage.Extended extended => extensions.Receive(now, peer, extended, outbox),
            PeerMessage.Interested => peer.IsInterested = true,
            PeerMessage.NotInterested => !(peer.IsInterested = false),
            _ when transfer is not null => transfer.Receive(now, peer, message, connections.Open.Where(p => p != peer), outbox),
            _ => EarlyHaves.Receive(peer, message, outbox),
        };
        if (!isLawful)
            Close(now, peer, CloseReason.Misbehaved, outbox);
        else if (message is PeerMessage.Extended)
            AfterExtension(now, peer, outbox);
        else if (message is PeerMessage.Piece)
            peer.MovedAt = now;
        if (message is PeerMessage.Extended or PeerMessage.Interested && peer.IsOpen)
            transfer?.Show(now, outbox);
        WatchForStarvation(now);
    }

    /// <summary>Bytes came that are the beginning of a message: over a slow link a block takes seconds, and that is not silence.</summary>
    public void Heard(Instant now, ConnectionId connection) => connections.Find(connection)?.HeardAt = now;

    /// <summary>The host's kernel took <paramref name="bytes"/> of payload for a connection.</summary>
    public void Drained(Instant now, ConnectionId connection, long bytes, SwarmOutbox outbox)
    {
        if (connections.Find(connection) is not { } peer)
            return;
        peer.MovedAt = now;
        transfer?.Drained(peer, bytes, outbox);
    }

    /// <summary>A piece on disk was hashed.</summary>
    /// <exception cref="InvalidOperationException">The file is not described.</exception>
    public void Verified(Instant now, int piece, bool right, SwarmOutbox outbox)
    {
        if (transfer is null)
            throw new InvalidOperationException("Nothing can be verified before the file is described.");
        milestones.Judged(right);
        if (transfer.Verified(now, piece, right, connections.Open, outbox) is { } culprit)
            Ban(now, culprit, outbox);
        milestones.Announce(now, transfer, connections.Open, outbox);
        WatchForStarvation(now);
    }

    /// <summary>Somebody else changed the file, or cut it: nothing of it is believed until it was hashed again.</summary>
    /// <remarks>BEP 3 has no word for "I no longer have": every connection is closed, and what is opened anew begins with the truth. A
    /// check that is under way is not begun again: a file that is always being written would never be looked at to its end.</remarks>
    public void Changed(Instant now, SwarmOutbox outbox)
    {
        if (transfer is not { Unchecked: 0 })
            return;
        CloseAll(now, CloseReason.FileChanged, outbox);
        transfer = new Transfer(settings, transfer.Info, rng.Fork());
        milestones = new Milestones(extensions);
        candidates.RefreshAll(now); // complete peers were left alone for minutes
        outbox.Do(new SwarmEffect.Open(transfer.Info));
        milestones.Announce(now, transfer, connections.Open, outbox);
    }

    /// <summary>Time has passed.</summary>
    public void Tick(Instant now, SwarmOutbox outbox)
    {
        foreach (var peer in connections.All.ToArray())
        {
            if (Housekeeping.Verdict(settings, now, transfer, peer) is { } reason)
                Close(now, peer, reason, outbox);
            else
                Housekeeping.Keep(settings, now, extensions, transfer, peer, connections.Open, outbox);
        }

        extensions.FetchTick(now, outbox);
        Rotate(now, outbox);
        dialling.Fill(now, IsComplete, outbox);
    }

    // Without a description, the swarm that somebody is in is the one to join.
    private void TakeUp(Sha1Digest hash)
    {
        if (transfer is null && file.TakeUp(hash, isAlone: !connections.Open.Any()))
            extensions.Seek(hash);
    }

    // What we dialled for may not be what we seek any more.
    private bool IsOurs(Peer peer, Sha1Digest served) =>
        served == file.InfoHash || (peer.Outgoing && candidates.Find(peer.Remote)?.Alias == served);

    private void Shake(Peer peer, SwarmOutbox outbox) =>
        outbox.Do(new SwarmEffect.Shake(peer.Id, new Handshake(peer.ShakenWith, settings.PeerId, Fast: true, Extended: true)));

    private void Meet(Instant now, Peer peer, Handshake handshake, SwarmOutbox outbox)
    {
        var loser = connections.Loser(now, peer, handshake.PeerId, settings.PeerId);
        if (loser is not null)
            Close(now, loser, CloseReason.Duplicate, outbox);
        if (loser != peer)
            Open(now, peer, handshake, outbox);
        else if (candidates.Find(peer.Listening) is { } candidate)
            candidates.Answered(candidate, handshake.PeerId); // the same peer, by another way
    }

    private void Open(Instant now, Peer peer, Handshake handshake, SwarmOutbox outbox)
    {
        if (!peer.Outgoing)
            Shake(peer, outbox);
        peer.Open(now, handshake);
        outbox.Emit(new SwarmEvent.PeerMet(peer.Id, peer.Remote));

        if (transfer is not null)
            transfer.Greet(peer, connections.Open.Where(other => other != peer), outbox);
        else if (peer.Fast)
            outbox.Send(peer.Id, new PeerMessage.HaveNone());
        if (handshake.Extended)
            extensions.Introduce(peer, IsComplete, outbox);
        Identified(now, peer, outbox);
        if (transfer is not null && !transfer.Join(now, peer, outbox))
            Close(now, peer, CloseReason.Misbehaved, outbox);
        WatchForStarvation(now);
    }

    private void Welcome(Instant now, Peer peer, Handshake handshake, SwarmOutbox outbox)
    {
        Shake(peer, outbox);
        if (Lobby.Shaken(peer, handshake, extensions, IsComplete, outbox) is { } reason)
            Close(now, peer, reason, outbox);
    }

    private void Identified(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (connections.Stale(peer) is { } stale)
            Close(now, stale, CloseReason.TimedOut, outbox);
        candidates.Met(peer);
    }

    private void AfterExtension(Instant now, Peer peer, SwarmOutbox outbox)
    {
        foreach (var endpoint in extensions.TakeLearnt())
            outbox.Emit(new SwarmEvent.PeerLearnt(endpoint));
        if (peer is { Listening: null, Extensions.ListenPort: { } port and not 0 })
        {
            peer.Listening = peer.Remote.WithPort(port);
            Identified(now, peer, outbox);
            outbox.Emit(new SwarmEvent.PeerLearnt(peer.Listening.Value));
        }

        switch (extensions.TakeOutcome())
        {
            case MetadataOutcome.Lied:
                Ban(now, peer.Remote.Address, outbox);
                break;
            case MetadataOutcome.Described(var info) when transfer is null:
                outbox.Do(new SwarmEffect.Remember(info));
                Describe(now, info, outbox);
                break;
            case MetadataOutcome.Unusable(var hash, var fault):
                file.GiveUp(hash);
                extensions.GiveUp();
                CloseAll(now, CloseReason.OtherFile, outbox);
                outbox.Emit(new SwarmEvent.Unusable(hash, fault));
                break;
        }
    }

    private void CloseAll(Instant now, CloseReason reason, SwarmOutbox outbox) =>
        connections.All.ToList().ForEach(peer => Close(now, peer, reason, outbox));

    private void WatchForStarvation(Instant now)
    {
        var isFed = IsComplete || UncheckedCount > 0 || extensions.IsFetching || connections.Open.Any(peer => peer.IsFeeding);
        starvation.Watch(now, isHungry: !isFed && connections.Open.Any());
    }

    private void Rotate(Instant now, SwarmOutbox outbox)
    {
        if (!starvation.IsOver(now) || connections.LeastFeeding(now) is not { } useless || dialling.Next(now) is not { } candidate)
            return;
        Close(now, useless, CloseReason.Useless, outbox);
        dialling.Dial(now, candidate, outbox); // though there may be enough without it: a change is what is wanted
    }

    private void Ban(Instant now, uint address, SwarmOutbox outbox)
    {
        candidates.Ban(now, address);
        foreach (var peer in connections.All.Where(peer => peer.Remote.Address == address).ToArray())
        {
            outbox.Emit(new SwarmEvent.PeerBanned(peer.Remote));
            Close(now, peer, CloseReason.Banned, outbox);
        }
    }

    private void Close(Instant now, Peer peer, CloseReason reason, SwarmOutbox outbox)
    {
        outbox.Do(new SwarmEffect.Close(peer.Id, reason));
        Forget(now, peer, reason, outbox);
    }

    private void Forget(Instant now, Peer peer, CloseReason? reason, SwarmOutbox outbox)
    {
        connections.Remove(peer);
        // Two complete peers hang up at the same time: whoever hears of it first must not dial again for it.
        connections.Settle(now, peer, reason ?? (IsComplete && peer.IsComplete ? CloseReason.BothComplete : null), IsComplete);
        extensions.Gone(now, peer, outbox);
        WatchForStarvation(now);
        if (!peer.IsOpen)
            return;
        outbox.Emit(new SwarmEvent.PeerLost(peer.Id, reason));
        if (peer.Pieces is not null)
            transfer!.Leave(now, peer, connections.Open, outbox);
    }
}

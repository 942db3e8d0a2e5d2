using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The extension protocol (BEP 10) of one swarm: who we are, the description (BEP 9) and other peers (BEP 11).</summary>
internal sealed class ExtensionMessages(SwarmSettings settings, Candidates candidates)
{
    private const byte HandshakeId = 0;
    private const byte MetadataId = 1; // the numbers under which we want to be sent these
    private const byte PeerExchangeId = 2;

    private readonly PeerExchange exchange = new(settings, candidates);
    private readonly List<Endpoint> learnt = [];
    private InfoDictionary? info;
    private MetadataFetch? fetch;
    private InfoDictionary? fetched;
    private string? fault;
    private bool lied;

    /// <summary>When the peer that is asked for the description has taken too long.</summary>
    public Instant? FetchDeadline => IsFetching ? fetch!.GiveUpAt : null;

    /// <summary>Whether a peer is being asked for the description.</summary>
    public bool IsFetching => fetch is { From: not null };

    /// <summary>The description of this name is wanted.</summary>
    public void Seek(Sha1Digest infoHash)
    {
        // One that was fetched and is of no use would be fetched again with each hello.
        if (fetch is not { Fault: not null } || fetch.InfoHash != infoHash)
            fetch = new MetadataFetch(infoHash, settings.MetadataPatience);
    }

    /// <summary>The description is known.</summary>
    public void Described(InfoDictionary description)
    {
        info = description;
        fetch = null;
    }

    /// <summary>Sends our extension handshake.</summary>
    public void Introduce(Peer peer, SwarmOutbox outbox)
    {
        var handshake = new ExtendedHandshake
        {
            MetadataId = MetadataId,
            PeerExchangeId = PeerExchangeId,
            MetadataSize = info is not null && peer.ShakenWith == info.InfoHash ? info.Bytes.Length : null,
            ListenPort = settings.ListenPort,
            Client = "Roj",
            RequestQueue = settings.RequestsOfPeerMax,
        };
        outbox.Send(peer.Id, new PeerMessage.Extended(HandshakeId, handshake.Write()));
    }

    /// <summary>An extension's message came; false if it breaks the protocol.</summary>
    public bool Receive(Instant now, Peer peer, PeerMessage.Extended message, SwarmOutbox outbox)
    {
        switch (message.Id)
        {
            case HandshakeId:
                if (!ExtendedHandshake.TryRead(message.Payload.Span, out var handshake))
                    return false;
                peer.Extensions = handshake;
                fetch?.Ask(now, peer, outbox);
                return true;
            case MetadataId:
                return MetadataMessage.TryRead(message.Payload.Span, out var metadata) && Receive(now, peer, metadata, outbox);
            case PeerExchangeId:
                if (!PeerExchangeMessage.TryRead(message.Payload.Span, out var told))
                    return false;
                Learn(told);
                return true;
            default:
                return true; // an extension that we did not offer
        }
    }

    /// <summary>The endpoints learnt since the last call.</summary>
    public IReadOnlyList<Endpoint> TakeLearnt()
    {
        if (learnt.Count == 0)
            return [];
        Endpoint[] taken = [.. learnt];
        learnt.Clear();
        return taken;
    }

    /// <summary>The description, if it has just become known.</summary>
    public InfoDictionary? TakeDescription()
    {
        var taken = fetched;
        fetched = null;
        return taken;
    }

    /// <summary>Why the description, which has just become known, is of no use to us.</summary>
    public string? TakeFault()
    {
        var taken = fault;
        fault = null;
        return taken;
    }

    /// <summary>Whether the peer that spoke last sent a description that is not what its name says.</summary>
    public bool TakeLiar()
    {
        var taken = lied;
        lied = false;
        return taken;
    }

    /// <summary>A peer is gone: the description is asked of another.</summary>
    public void Gone(Instant now, Peer peer, IEnumerable<Peer> open, SwarmOutbox outbox)
    {
        if (fetch?.From != peer.Id)
            return;
        fetch.Abandon(peer.Id);
        AskAny(now, open, outbox);
    }

    /// <summary>The peer that was asked for the description may have taken too long: then another is asked.</summary>
    public void FetchTimedOut(Instant now, IEnumerable<Peer> open, SwarmOutbox outbox)
    {
        if (fetch is not { From: { } slow } || now < fetch.GiveUpAt)
            return;
        fetch.Abandon(slow);
        // In turn, those behind the slow one first, itself last: two that never answer must not keep a third from being asked.
        AskAny(now, open.OrderBy(peer => peer.Id.CompareTo(slow) <= 0), outbox);
    }

    /// <summary>When <paramref name="peer"/> is to be told of other peers.</summary>
    public Instant? TellDue(Peer peer) => exchange.Due(peer);

    /// <summary>Tells <paramref name="peer"/> of other peers, if that is due.</summary>
    public void Tell(Instant now, Peer peer, SwarmOutbox outbox) => exchange.Tell(now, peer, outbox);

    private void AskAny(Instant now, IEnumerable<Peer> open, SwarmOutbox outbox)
    {
        foreach (var peer in open)
            fetch!.Ask(now, peer, outbox);
    }

    private bool Receive(Instant now, Peer peer, MetadataMessage message, SwarmOutbox outbox)
    {
        switch (message)
        {
            case MetadataMessage.Request(var piece):
                if (peer.Extensions is { MetadataId: > 0 and var id })
                    outbox.Send(peer.Id, new PeerMessage.Extended(id, Answer(peer, piece).Write()));
                return true;
            case MetadataMessage.Data data:
                var known = fetch?.Fault;
                fetched = fetch?.Receive(now, peer, data, outbox, out lied);
                fault = known is null ? fetch?.Fault : null;
                return true;
            case MetadataMessage.Reject:
                return true; // as if it were slow: two that refuse must not be asked in turns as fast as the network allows
            default:
                return true; // BEP 9: a kind of message that is not known must be ignored
        }
    }

    private MetadataMessage Answer(Peer peer, int piece)
    {
        var from = (long)piece * MetadataMessage.PieceLength;
        if (info is null || peer.ShakenWith != info.InfoHash || from >= info.Bytes.Length)
            return new MetadataMessage.Reject(piece);
        var length = Math.Min(MetadataMessage.PieceLength, info.Bytes.Length - (int)from);
        return new MetadataMessage.Data(piece, info.Bytes.Length, info.Bytes.Slice((int)from, length));
    }

    private void Learn(PeerExchangeMessage told)
    {
        foreach (var endpoint in told.Added)
        {
            if (candidates.Find(endpoint) is null && candidates.Learn(endpoint, isStatic: false) is not null)
                learnt.Add(endpoint);
        }
    }
}

using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The extension protocol (BEP 10) of one swarm: who we are, the description (BEP 9) and other peers (BEP 11).</summary>
internal sealed class ExtensionMessages(SwarmSettings settings, Candidates candidates, Rng rng)
{
    private const byte HandshakeId = 0;
    private const byte MetadataId = 1; // the numbers under which we want to be sent these
    private const byte PeerExchangeId = 2;

    private readonly PeerExchange exchange = new(settings, candidates, rng);
    private readonly List<Endpoint> learnt = [];
    private InfoDictionary? info;
    private MetadataFetch? fetch;
    private MetadataOutcome? outcome;

    /// <summary>When something is to be done about those that are asked for the description.</summary>
    public Instant? FetchDeadline => fetch?.Deadline;

    /// <summary>Whether a peer is being asked for the description.</summary>
    public bool IsFetching => fetch is { IsFetching: true };

    /// <summary>The description of this name is wanted.</summary>
    public void Seek(Sha1Digest infoHash) => fetch = new MetadataFetch(infoHash, settings);

    /// <summary>No description is wanted any more.</summary>
    public void GiveUp() => fetch = null;

    /// <summary>The description is known.</summary>
    public void Described(InfoDictionary description)
    {
        info = description;
        fetch = null;
    }

    /// <summary>Sends our extension handshake.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="isComplete">Whether we want nothing (BEP 21).</param>
    /// <param name="outbox">Where to.</param>
    public void Introduce(Peer peer, bool isComplete, SwarmOutbox outbox)
    {
        var handshake = new ExtendedHandshake
        {
            MetadataId = MetadataId,
            PeerExchangeId = PeerExchangeId,
            // In the lobby nothing is given: who asked there for the description would wait for nothing.
            MetadataSize = info is not null && peer.ShakenWith == info.InfoHash && !peer.InLobby ? info.Bytes.Length : null,
            ListenPort = settings.ListenPort,
            Client = "Roj",
            RequestQueue = settings.RequestsOfPeerMax,
            BlockBytesMax = settings.LargeBlockBytes,
            UploadOnly = isComplete ? true : null,
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
                peer.Extensions = peer.Extensions?.Then(handshake) ?? handshake;
                fetch?.Met(now, peer, outbox);
                return true;
            case MetadataId:
                return MetadataMessage.TryRead(message.Payload.Span, out var metadata) && Receive(now, peer, metadata, outbox);
            case PeerExchangeId:
                if (!PeerExchangeMessage.TryRead(message.Payload.Span, out var told))
                    return false;
                exchange.Learn(now, peer, told, learnt);
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

    /// <summary>What the fetch of the description came to, if it has just come to something.</summary>
    public MetadataOutcome? TakeOutcome()
    {
        var taken = outcome;
        outcome = null;
        return taken;
    }

    /// <summary>A peer is gone: others are asked for what it owes of the description.</summary>
    public void Gone(Instant now, Peer peer, SwarmOutbox outbox) => fetch?.Left(now, peer, outbox);

    /// <summary>Whoever was asked for the description may have taken too long: then others are asked.</summary>
    public void FetchTick(Instant now, SwarmOutbox outbox) => fetch?.Tick(now, outbox);

    /// <summary>When <paramref name="peer"/> is to be told of other peers.</summary>
    public Instant? TellDue(Peer peer) => exchange.Due(peer);

    /// <summary>Tells <paramref name="peer"/> of other peers, if that is due.</summary>
    public void Tell(Instant now, Peer peer, SwarmOutbox outbox) => exchange.Tell(now, peer, outbox);

    private bool Receive(Instant now, Peer peer, MetadataMessage message, SwarmOutbox outbox)
    {
        switch (message)
        {
            case MetadataMessage.Request(var piece):
                peer.MovedAt = now;
                if (peer.Extensions is { MetadataId: > 0 and var id })
                    outbox.Send(peer.Id, new PeerMessage.Extended(id, Answer(peer, piece).Write()));
                return true;
            case MetadataMessage.Data data:
                outcome = fetch?.Receive(now, peer, data, outbox);
                return true;
            case MetadataMessage.Reject:
                fetch?.Refused(now, peer, outbox);
                return true;
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
}

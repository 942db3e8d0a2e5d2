using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Fetching the description from peers by its name, the info hash (BEP 9): all of it from one peer, then the next is
/// tried.</summary>
/// <remarks>What came is kept only if its SHA-1 is the info hash, so a liar costs time and nothing else. Memory grows with what comes, not
/// with what a peer says will come.</remarks>
internal sealed class MetadataFetch(Sha1Digest infoHash, TimeSpan patience)
{
    private readonly List<ReadOnlyMemory<byte>> parts = [];
    private int received;
    private int totalBytes;

    public Sha1Digest InfoHash { get; } = infoHash;

    /// <summary>The peer that is asked now.</summary>
    public ConnectionId? From { get; private set; }

    /// <summary>Why the description, which is the right one, is of no use to us; null while it has not come.</summary>
    public string? Fault { get; private set; }

    /// <summary>When the peer has taken too long over the next part.</summary>
    public Instant GiveUpAt { get; private set; }

    /// <summary>Asks <paramref name="peer"/>, if nobody is being asked and it has the description.</summary>
    public void Ask(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (From is not null || Fault is not null || peer.Extensions is not { MetadataId: > 0 } extensions || peer.ShakenWith != InfoHash)
            return;
        if (extensions.MetadataSize is not (> 0 and <= MetadataMessage.TotalSizeMax and var size))
            return;
        From = peer.Id;
        totalBytes = size;
        AskNext(now, peer, outbox);
    }

    /// <summary>The peer that was asked is gone, or of no use: somebody else may be asked.</summary>
    public void Abandon(ConnectionId peer)
    {
        if (From != peer)
            return;
        From = null;
        received = 0;
        parts.Clear();
    }

    /// <summary>A part came. The whole description when it was the last, and is right; <paramref name="lied"/> if it is wrong.</summary>
    public InfoDictionary? Receive(Instant now, Peer peer, MetadataMessage.Data data, SwarmOutbox outbox, out bool lied)
    {
        lied = false;
        if (From != peer.Id || data.Piece != parts.Count)
            return null;
        if (data.TotalSize != totalBytes || data.Bytes.Length != Math.Min(MetadataMessage.PieceLength, totalBytes - received))
        {
            lied = true;
            return null;
        }

        parts.Add(data.Bytes.ToArray());
        received += data.Bytes.Length;
        if (received < totalBytes)
        {
            AskNext(now, peer, outbox);
            return null;
        }

        var whole = new byte[received];
        for (var (index, at) = (0, 0); index < parts.Count; at += parts[index].Length, index++)
            parts[index].Span.CopyTo(whole.AsSpan(at));
        lied = Sha1Digest.Of(whole) != InfoHash;
        if (lied)
            return null;
        // It is what everybody would send, so nobody lied, and nobody else need be asked.
        Fault = !InfoDictionary.TryRead(whole, out var info) ? InfoFault.Of(whole) : info.IsPrivate ? Metainfo.PrivateFault : null;
        Abandon(peer.Id);
        return Fault is null ? info : null;
    }

    private void AskNext(Instant now, Peer peer, SwarmOutbox outbox)
    {
        GiveUpAt = now + patience;
        // A later extension handshake may have taken the number back (BEP 10): then patience ends, and the next peer is asked.
        if (peer.Extensions is { MetadataId: > 0 and var id })
            outbox.Send(peer.Id, new PeerMessage.Extended(id, new MetadataMessage.Request(parts.Count).Write()));
    }
}

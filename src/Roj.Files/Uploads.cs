using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What we give: every peer that asks is served in the order of its requests, as fast as its connection takes it.</summary>
/// <remarks>Nodes of a cluster do not bargain: nobody is choked. Only pieces that were hashed are given.</remarks>
internal sealed class Uploads(SwarmSettings settings, PieceTable table)
{
    /// <summary>A peer asks for a block; false if it breaks the protocol by asking.</summary>
    public bool Asked(Peer peer, Block block, SwarmOutbox outbox)
    {
        var info = table.Info;
        if (block.Piece >= info.PieceCount || block.Begin > info.PieceSize(block.Piece) - block.Length)
            return false;
        if (peer.Asked.Count >= settings.RequestsOfPeerMax)
            return false;
        if (!table.Have.Has(block.Piece))
        {
            Refuse(peer, block, outbox);
            return true;
        }

        peer.Asked.AddLast(block);
        Serve(peer, outbox);
        return true;
    }

    /// <summary>A peer takes a request back.</summary>
    public static void Cancelled(Peer peer, Block block, SwarmOutbox outbox)
    {
        if (peer.Asked.Remove(block))
            Refuse(peer, block, outbox);
    }

    /// <summary>The host's kernel took <paramref name="bytes"/> of payload for this peer.</summary>
    public void Drained(Peer peer, long bytes, SwarmOutbox outbox)
    {
        peer.UnsentBytes -= bytes;
        Check.That(peer.UnsentBytes >= 0);
        Serve(peer, outbox);
    }

    private static void Refuse(Peer peer, Block block, SwarmOutbox outbox)
    {
        // Without BEP 6 there is no word for it: silence, and the peer asks elsewhere.
        if (peer.Fast)
            outbox.Send(peer.Id, new PeerMessage.Reject(block));
    }

    private void Serve(Peer peer, SwarmOutbox outbox)
    {
        while (peer.UnsentBytes < settings.UnsentBytesMax && peer.Asked.First is { } first)
        {
            peer.Asked.RemoveFirst();
            peer.UnsentBytes += first.Value.Length;
            outbox.Send(peer.Id, new PeerMessage.Piece(first.Value));
        }
    }
}

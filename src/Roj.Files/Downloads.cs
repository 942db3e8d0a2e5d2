using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What we fetch: which block of which piece is asked of whom, and what happens when it comes, or doesn't.</summary>
/// <remarks>
/// One piece has one owner at a time, so that a wrong piece has one culprit. A piece whose owner left, or is slow, goes to the next peer
/// that has room. When no piece is left to begin, blocks that nobody was asked for yet are asked of any peer, and a peer that would stand
/// idle is asked for one that is under way elsewhere, which is cancelled when it comes (end-game, BEP 3). A piece that failed with several
/// suppliers is fetched again from a single one.
/// </remarks>
internal sealed class Downloads(SwarmSettings settings, PieceTable table, Rng rng)
{
    private const int EndGameCopies = 1; // a second request is made while at most one is out

    private readonly SortedDictionary<int, PieceDownload> inFlight = [];
    private readonly PiecePicker picker = new(table.Info.PieceCount, rng);
    private readonly PieceSet suspect = new(table.Info.PieceCount);
    private readonly SortedSet<int> copying = [];

    public PiecePicker Picker => picker;

    /// <summary>Asks <paramref name="peer"/> for as much as its pipeline has room for.</summary>
    public void Fill(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!peer.IsOpen || peer.ChokesUs || peer.Pieces is not { } offered || peer.Useful == 0)
            return;
        while (HasRoom(peer) && Next(peer, offered) is { } block)
        {
            if (peer.Requests.Count == 0)
            {
                peer.OwesSince = now;
                peer.Pipeline.Begin(now);
            }

            peer.Requests.Add(block);
            peer.RequestedBytes += block.Length;
            inFlight[block.Piece].Requested(block);
            outbox.Send(peer.Id, new PeerMessage.Request(block));
        }
    }

    /// <summary>A block came; false if it was never asked for: the peer is broken or hostile.</summary>
    public bool Arrived(Instant now, Peer peer, Block block, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        if (!TakeBack(peer, block))
            return peer.TakenBack.Remove(block);
        peer.OwesSince = now;
        peer.Snubbed = false;
        peer.Pipeline.Moved(now, block.Length);

        if (inFlight.TryGetValue(block.Piece, out var download) && download.Arrived(block, peer.Remote.Address))
        {
            outbox.Do(new SwarmEffect.Write(block));
            if (download.IsElsewhere(block))
                CancelElsewhere(download, others, outbox);
            if (download.IsWhole)
                outbox.Do(new SwarmEffect.Verify(block.Piece));
        }

        return true;
    }

    /// <summary>The peer won't send a block (BEP 6); false if we no longer waited for it.</summary>
    public bool Rejected(Peer peer, Block block)
    {
        // Answers come in the order of the questions: this one may be to a request that was taken back and made again since.
        if (peer.TakenBack.Remove(block) || !TakeBack(peer, block))
            return false;

        if (inFlight.TryGetValue(block.Piece, out var download) && download.Owner == peer.Id)
        {
            if (suspect.Has(block.Piece))
                ForgivePiece(peer, block.Piece); // what it still owes of it must not come to lie beside the next supplier's
            Orphan(download);
        }

        return true;
    }

    /// <summary>Tells a peer that is slow that we wait for nothing any more; what is on its way may come all the same.</summary>
    public static void Cancel(Peer peer, SwarmOutbox outbox)
    {
        foreach (var block in peer.Requests)
            outbox.Send(peer.Id, new PeerMessage.Cancel(block));
    }

    /// <summary>The peer is gone, chokes us or is slow: others may take over what it owes.</summary>
    public void Release(Peer peer, bool forgive)
    {
        while (peer.Requests.Count > 0)
        {
            var block = peer.Requests[^1];
            TakeBack(peer, block);
            if (forgive)
                Forgive(peer, block);
        }

        foreach (var download in inFlight.Values)
        {
            if (download.Owner == peer.Id)
                Orphan(download);
        }
    }

    /// <summary>Who was to send a piece; null if nobody, or several did.</summary>
    public ConnectionId? OwnerOf(int piece) => inFlight.GetValueOrDefault(piece)?.Owner;

    /// <summary>A piece was hashed. Says which address alone supplied it, if it came from the network and is wrong.</summary>
    public uint? Verified(int piece, bool right, SwarmOutbox outbox)
    {
        uint? culprit = null;
        var copied = copying.Remove(piece);
        if (inFlight.Remove(piece, out var download) && !right)
        {
            Check.That(download.IsWhole);
            culprit = download.SoleSupplier;
            if (culprit is null)
                suspect.Add(piece);
        }

        picker.Unwant(piece);
        // Its equals are looked at when it is the first of them to be right, or was fetched or copied for them too. Not each time: a file
        // may consist of equal pieces (a disk image of zeros), and then every look at all of them counts.
        if (right && (download is not null || table.IsFirstOfEquals(piece)))
        {
            foreach (var equal in table.EqualsOf(piece))
                Copy(piece, equal, outbox);
        }
        else if (!right && (copied || !TryCopyTo(piece, outbox)))
        {
            WantAgain(piece);
            if (download is not null || copied)
            {
                foreach (var equal in table.EqualsOf(piece))
                    WantAgain(equal);
            }
        }

        return culprit;
    }

    private bool HasRoom(Peer peer) => peer.Snubbed
        ? peer.Requests.Count == 0
        : peer.Requests.Count < Math.Min(settings.RequestsMax, peer.Extensions?.RequestQueue ?? settings.RequestsMax)
            && peer.RequestedBytes < peer.Pipeline.Depth;

    // Half of the pipeline: the peer always has the next request before it has answered the last.
    private int BlockBytes(Peer peer)
    {
        var bytes = settings.BlockBytes;
        var bytesMax = Math.Min(peer.Extensions?.BlockBytesMax ?? 0, settings.LargeBlockBytes);
        while (2 * bytes <= bytesMax && 4 * bytes <= peer.Pipeline.Depth)
            bytes *= 2;
        return bytes;
    }

    private Block? Next(Peer peer, PieceSet offered)
    {
        PieceDownload? orphan = null;
        foreach (var download in inFlight.Values)
        {
            if (download.IsWhole)
                continue;
            if (download.Owner == peer.Id && download.NextFree(BlockBytes(peer)) is { } own)
                return own;
            if (download.Owner is null && orphan is null && offered.Has(download.Piece) && download.NextFree(1) is not null)
                orphan = download;
        }

        if (orphan is null && picker.Pick(offered) is { } piece)
            inFlight.Add(piece, orphan = Begin(piece));
        if (orphan is null)
            return picker.WantedCount == 0 ? EndGame(peer, offered) : null;
        orphan.Owner = peer.Id;
        return orphan.NextFree(BlockBytes(peer));
    }

    private PieceDownload Begin(int piece)
    {
        picker.Unwant(piece);
        foreach (var equal in table.EqualsOf(piece))
            picker.Unwant(equal); // copied when this one is right
        return new PieceDownload(piece, table.Info.PieceSize(piece), settings.BlockBytes);
    }

    private Block? EndGame(Peer peer, PieceSet offered)
    {
        if (table.Unchecked > 0)
            return null; // what is not looked at yet may be wanted
        // What its owner has not asked for yet costs nothing to ask for here. What is under way elsewhere is asked for twice only by a peer
        // that would stand idle, a block at a time.
        var copies = peer.Requests.Count == 0 ? EndGameCopies : 0;
        foreach (var download in inFlight.Values)
        {
            if (!download.IsWhole && offered.Has(download.Piece) && !suspect.Has(download.Piece)
                && download.NextMissing(copies, peer.Requests) is { } block)
            {
                return block;
            }
        }

        return null;
    }

    private bool TakeBack(Peer peer, Block block)
    {
        if (!peer.Requests.Remove(block))
            return false;
        peer.RequestedBytes -= block.Length;
        if (inFlight.TryGetValue(block.Piece, out var download))
            download.Withdrawn(block);
        return true;
    }

    private void ForgivePiece(Peer peer, int piece)
    {
        foreach (var block in peer.Requests.FindAll(request => request.Piece == piece))
        {
            TakeBack(peer, block);
            Forgive(peer, block);
        }
    }

    private void Forgive(Peer peer, Block block)
    {
        peer.TakenBack.Add(block);
        // Without BEP 6 most are never answered at all: the oldest are forgotten.
        if (peer.TakenBack.Count > 2 * settings.RequestsMax)
            peer.TakenBack.RemoveAt(0);
    }

    private void CancelElsewhere(PieceDownload download, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        foreach (var other in others)
        {
            foreach (var request in other.Requests.FindAll(r => r.Piece == download.Piece && download.HasArrived(r)))
            {
                TakeBack(other, request);
                Forgive(other, request);
                outbox.Send(other.Id, new PeerMessage.Cancel(request));
            }
        }
    }

    private void Orphan(PieceDownload download)
    {
        download.Owner = null;
        if (suspect.Has(download.Piece) && !download.IsWhole)
            download.StartOver();
    }

    private void Copy(int from, int to, SwarmOutbox outbox)
    {
        // A piece in flight is left alone: its blocks and the copy would write over each other.
        if (!table.IsMissing(to) || inFlight.ContainsKey(to) || !copying.Add(to))
            return;
        picker.Unwant(to);
        outbox.Do(new SwarmEffect.Copy(from, to));
    }

    private bool TryCopyTo(int piece, SwarmOutbox outbox)
    {
        if (table.EqualThatIsHad(piece) is not { } equal)
            return false;
        Copy(equal, piece, outbox);
        return true;
    }

    private void WantAgain(int piece)
    {
        if (!table.IsMissing(piece) || inFlight.ContainsKey(piece) || copying.Contains(piece))
            return;
        foreach (var download in inFlight.Values)
        {
            if (table.Info.Hash(download.Piece) == table.Info.Hash(piece))
                return; // it will be copied
        }

        picker.Want(piece);
    }
}

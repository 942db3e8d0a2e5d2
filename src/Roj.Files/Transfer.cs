using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>The part of a swarm that begins when the file is described: what each side has, wants, fetches and gives.</summary>
internal sealed class Transfer
{
    private readonly PieceTable table;
    private readonly Downloads downloads;
    private readonly Uploads uploads;
    private readonly Seeding seeding;

    public Transfer(SwarmSettings settings, InfoDictionary info, Rng rng)
    {
        table = new PieceTable(info);
        downloads = new Downloads(settings, table, rng);
        uploads = new Uploads(settings, table);
        seeding = new Seeding(settings, table, rng.Fork());
    }

    public InfoDictionary Info => table.Info;

    public PieceSet Have => table.Have;

    public int Unchecked => table.Unchecked;

    /// <summary>Whether every piece is right.</summary>
    public bool IsComplete => table.IsComplete;

    /// <summary>When <see cref="IsComplete"/> became true.</summary>
    public Instant CompleteSince { get; private set; }

    /// <summary>A peer's handshakes are through: says what we have.</summary>
    /// <remarks>A node that is complete, or may be, begins with nothing and goes on piece by piece (<see cref="Seeding"/>), to other Roj
    /// nodes; the others are told all at once: Transmission loses interest before it says that it has what it was named, libtorrent takes
    /// leave of who has nothing and wants nothing.</remarks>
    public void Greet(Peer peer, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        if (peer is { Fast: true, PeerId.IsRoj: true } && table.LacksNothing && Info.PieceCount > 1)
        {
            seeding.Begin(peer, others);
            outbox.Send(peer.Id, new PeerMessage.HaveNone());
        }
        else if (peer.Fast && Have.IsFull)
            outbox.Send(peer.Id, new PeerMessage.HaveAll());
        else if (peer.Fast && Have.Count == 0)
            outbox.Send(peer.Id, new PeerMessage.HaveNone());
        else if (Have.Count > 0)
            outbox.Send(peer.Id, new PeerMessage.Bitfield(Have.ToBitfield()));
    }

    /// <summary>From now on a peer takes part; false if what it said it has does not fit the file.</summary>
    public bool Join(Instant now, Peer peer, SwarmOutbox outbox)
    {
        outbox.Send(peer.Id, new PeerMessage.Unchoke());
        if (!peer.Early.TrySettle(Info.PieceCount, out var pieces))
            return false;
        Settle(now, peer, pieces, outbox);
        return true;
    }

    /// <summary>A peer is gone: what it was asked for, the others are.</summary>
    public void Leave(Instant now, Peer peer, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        downloads.Release(peer, forgive: false);
        if (peer.Pieces is { } pieces)
        {
            downloads.Picker.Counted(pieces, gone: true);
            seeding.Counted(peer, pieces, gone: true);
        }

        seeding.Left(peer);
        FillAll(now, others, outbox);
    }

    /// <summary>A message about pieces came; false if it breaks the protocol.</summary>
    public bool Receive(Instant now, Peer peer, PeerMessage message, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        switch (message)
        {
            case PeerMessage.Have(var piece):
                return Gained(now, peer, piece, outbox);
            case PeerMessage.Bitfield(var bits):
                return PieceSet.TryRead(bits.Span, Info.PieceCount, out var has)
                    && (peer.HasStated ? Gained(now, peer, has, outbox) : Restate(now, peer, has, outbox));
            case PeerMessage.HaveAll:
                var all = new PieceSet(Info.PieceCount);
                all.Fill();
                return Restate(now, peer, all, outbox);
            case PeerMessage.HaveNone:
                return Restate(now, peer, new PieceSet(Info.PieceCount), outbox);
            case PeerMessage.Choke:
                peer.ChokesUs = true;
                // With BEP 6 each request is refused by a message of its own; without, they are all void.
                if (!peer.Fast)
                    Release(now, peer, others, outbox);
                return true;
            case PeerMessage.Unchoke:
                peer.ChokesUs = false;
                downloads.Fill(now, peer, outbox);
                return true;
            case PeerMessage.Request(var block):
                Seeding.Asked(now, peer, block);
                seeding.Show(now, outbox);
                return uploads.Asked(peer, block, outbox);
            case PeerMessage.Cancel(var block):
                Uploads.Cancelled(peer, block, outbox);
                return true;
            case PeerMessage.Piece(var block):
                if (!downloads.Arrived(now, peer, block, others, outbox))
                    return false;
                downloads.Fill(now, peer, outbox);
                return true;
            case PeerMessage.Reject(var block):
                Rejected(now, peer, block, others, outbox);
                return true;
            default:
                return true; // hints (BEP 6), keep-alives and the unknown
        }
    }

    /// <summary>The host's kernel took payload for a peer.</summary>
    public void Drained(Peer peer, long bytes, SwarmOutbox outbox) => uploads.Drained(peer, bytes, outbox);

    /// <summary>A piece was hashed. Says which address alone is to blame if it is wrong.</summary>
    public uint? Verified(Instant now, int piece, bool right, IEnumerable<Peer> peers, SwarmOutbox outbox)
    {
        var isNew = table.Verified(piece, right);
        if (isNew && IsComplete)
            CompleteSince = now;
        var supplier = downloads.OwnerOf(piece);
        var culprit = downloads.Verified(piece, right, outbox);
        if (!table.LacksNothing)
            seeding.End(outbox);
        foreach (var peer in peers)
        {
            if (isNew)
                Tell(now, peer, piece, supplier, outbox);
            if (Unchecked == 0 || !isNew)
                downloads.Fill(now, peer, outbox);
        }

        seeding.Show(now, outbox);
        return culprit;
    }

    /// <summary>Lets a peer know of more of what we have, if it is time: it has said who it is, or what it wants.</summary>
    public void Show(Instant now, SwarmOutbox outbox) => seeding.Show(now, outbox);

    /// <summary>When <see cref="Keep"/> is due for a peer.</summary>
    public Instant? Due(Instant now, Peer peer) => Instant.Earliest(seeding.Due(now, peer), peer.Held.Due);

    /// <summary>Time has passed for a peer that was promised pieces, or has not been told of all.</summary>
    public void Keep(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (peer.Held.Due <= now)
            peer.Held.Release(peer.Id, outbox);
        seeding.Lapse(now, peer, outbox);
    }

    /// <summary>A peer owes too much for too long: others are asked.</summary>
    public void Snub(Instant now, Peer peer, IEnumerable<Peer> peers, SwarmOutbox outbox)
    {
        peer.Snubbed = true;
        Downloads.Cancel(peer, outbox);
        Release(now, peer, peers.Where(other => other != peer), outbox);
        downloads.Fill(now, peer, outbox);
    }

    /// <summary>Asks every peer for as much as there is room for.</summary>
    public void FillAll(Instant now, IEnumerable<Peer> peers, SwarmOutbox outbox)
    {
        foreach (var peer in peers)
            downloads.Fill(now, peer, outbox);
        seeding.Show(now, outbox); // if somebody left, what he was promised is anybody's
    }

    private static void Interest(Peer peer, SwarmOutbox outbox)
    {
        if (peer.AmInterested == peer.Useful > 0)
            return;
        peer.AmInterested = !peer.AmInterested;
        outbox.Send(peer.Id, peer.AmInterested ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
    }

    private void Tell(Instant now, Peer peer, int piece, ConnectionId? supplier, SwarmOutbox outbox)
    {
        if (!peer.IsOpen)
            return;
        var hasItToo = peer.Pieces is { } theirs && theirs.Has(piece);
        // Who sent it may be waiting to hear that it came (Seeding); and that we are complete matters to everybody.
        if (peer.Promises is null && hasItToo && peer.Id != supplier && !IsComplete && !peer.Held.IsFull)
        {
            peer.Held.Hold(now, piece);
        }
        else if (peer.Promises is null)
        {
            peer.Held.Release(peer.Id, outbox);
            outbox.Send(peer.Id, new PeerMessage.Have(piece));
        }

        if (!hasItToo)
            return;
        peer.Useful--;
        Interest(peer, outbox);
    }

    private bool Gained(Instant now, Peer peer, int piece, SwarmOutbox outbox)
    {
        if (piece >= Info.PieceCount)
            return false;
        if (!peer.Pieces!.Add(piece))
            return true;
        downloads.Picker.Gained(piece);
        seeding.Gained(now, peer, piece);
        seeding.Show(now, outbox);
        if (Have.Has(piece))
            return true;
        peer.Useful++;
        Interest(peer, outbox);
        downloads.Fill(now, peer, outbox);
        return true;
    }

    // A bitfield that comes later than BEP 3 has it: aria2 says several haves at once, wherever one bitfield is shorter than they are.
    private bool Gained(Instant now, Peer peer, PieceSet pieces, SwarmOutbox outbox)
    {
        for (var piece = 0; piece < pieces.PieceCount; piece++)
        {
            if (!pieces.Has(piece) || !peer.Pieces!.Add(piece))
                continue;
            downloads.Picker.Gained(piece);
            seeding.Gained(now, peer, piece);
            peer.Useful += Have.Has(piece) ? 0 : 1;
        }

        Interest(peer, outbox);
        downloads.Fill(now, peer, outbox);
        seeding.Show(now, outbox);
        return true;
    }

    private void Release(Instant now, Peer peer, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        downloads.Release(peer, forgive: true);
        FillAll(now, others, outbox); // one may have waited for just these pieces, and would wait until it says something
    }

    private void Rejected(Instant now, Peer peer, Block block, IEnumerable<Peer> others, SwarmOutbox outbox)
    {
        if (!downloads.Rejected(peer, block))
            return;
        // A peer that does not choke us and refuses a piece does not have it after all: asked again, it would refuse again.
        if (!peer.ChokesUs && peer.Pieces!.Remove(block.Piece))
        {
            downloads.Picker.Lost(block.Piece);
            seeding.Lost(block.Piece);
            peer.Useful -= Have.Has(block.Piece) ? 0 : 1;
            Interest(peer, outbox);
        }

        downloads.Fill(now, peer, outbox);
        FillAll(now, others, outbox); // who has nothing to send us would never be asked otherwise
    }

    private bool Restate(Instant now, Peer peer, PieceSet pieces, SwarmOutbox outbox)
    {
        if (peer.HasStated)
            return false;
        peer.HasStated = true;
        downloads.Picker.Counted(peer.Pieces!, gone: true);
        seeding.Counted(peer, peer.Pieces!, gone: true);
        Settle(now, peer, pieces, outbox);
        return true;
    }

    private void Settle(Instant now, Peer peer, PieceSet pieces, SwarmOutbox outbox)
    {
        peer.Pieces = pieces;
        downloads.Picker.Counted(pieces, gone: false);
        seeding.Counted(peer, pieces, gone: false);
        peer.Useful = 0;
        for (var piece = 0; piece < pieces.PieceCount; piece++)
            peer.Useful += pieces.Has(piece) && !Have.Has(piece) ? 1 : 0;
        Interest(peer, outbox);
        downloads.Fill(now, peer, outbox);
        seeding.Show(now, outbox);
    }
}

using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>How a node that has everything lets its peers know of it: piece by piece, as <see cref="FirstCopies"/> chooses (BEP
/// 16).</summary>
/// <remarks>
/// <para>It does not say that it has everything, but names a piece to whoever has least before it, as long as what is under way to all is
/// within one window, which follows the rate of our own link. So pieces go out one after another rather than all at once, and the first
/// can be passed on while the next is sent. A peer that keeps us waiting does not count, and is named nothing until it moves. To the
/// peer we are a node that is just getting its pieces.</para>
/// <para>Once every piece has a copy somewhere, it names pieces, the rarest first, only to peers that ask us for nothing: who gets all it
/// needs from others is left alone, and who knows nobody but us still gets everything.</para>
/// <para>A promise that a peer does not take up is void after a while, and the piece promised to another.</para>
/// </remarks>
internal sealed class Seeding(SwarmSettings settings, PieceTable table, Rng rng)
{
    private readonly InfoDictionary info = table.Info;
    private readonly List<Peer> audience = []; // in the order in which they were last named a piece
    private readonly Pipeline pace = PaceFor(settings, table.Info.PieceLength);

    private FirstCopies? copies; // made when first needed: most nodes do not have everything

    /// <summary>From now on <paramref name="peer"/> is told piece by piece what we have.</summary>
    /// <param name="peer">The peer; what it has is not known yet.</param>
    /// <param name="others">The other peers.</param>
    public void Begin(Peer peer, IEnumerable<Peer> others)
    {
        peer.Promises = new Promises(info.PieceCount);
        audience.Add(peer);
        if (copies is not null)
            return;
        copies = new FirstCopies(info.PieceCount, rng);
        foreach (var other in others)
        {
            if (other.Pieces is { } theirs)
                copies.Counted(theirs, gone: false);
        }
    }

    /// <summary>We lack something after all: everybody is told of all that we have, since there is somebody else who gives first
    /// copies.</summary>
    public void End(SwarmOutbox outbox)
    {
        foreach (var peer in audience.ToArray())
        {
            for (var piece = 0; piece < info.PieceCount; piece++)
            {
                if (table.Have.Has(piece) && !peer.Promises!.Known.Has(piece))
                    outbox.Send(peer.Id, new PeerMessage.Have(piece));
            }

            Left(peer);
        }
    }

    /// <summary>A peer has these pieces; or had them, and is gone or takes that back.</summary>
    public void Counted(Peer peer, PieceSet pieces, bool gone)
    {
        copies?.Counted(pieces, gone);
        if (gone)
            return;
        for (var piece = 0; peer.Promises is { } promises && pieces.Count > 0 && piece < info.PieceCount; piece++)
        {
            if (pieces.Has(piece))
                promises.Known.Add(piece);
        }
    }

    /// <summary>A peer has one more piece, perhaps the one that it was promised.</summary>
    public void Gained(Instant now, Peer peer, int piece)
    {
        copies?.Added(piece);
        if (peer.Promises is not { } promises)
            return;
        promises.Known.Add(piece);
        if (!Settle(promises, piece))
        {
            promises.FedAt = now;
            return;
        }

        promises.Kept(now);
        pace.Moved(now, info.PieceSize(piece));
    }

    /// <summary>A peer has one piece less.</summary>
    public void Lost(int piece) => copies?.Removed(piece);

    /// <summary>A peer is gone: what it was promised is promised to others.</summary>
    public void Left(Peer peer)
    {
        for (var piece = 0; peer.Promises is { Promised.Count: > 0 } promises && piece < info.PieceCount; piece++)
            Settle(promises, piece);
        peer.Promises = null;
        audience.Remove(peer);
    }

    /// <summary>A peer asked for a block.</summary>
    public static void Asked(Instant now, Peer peer, Block block)
    {
        if (peer.Promises is not { } promises)
            return;
        promises.MovedAt = now;
        promises.Asked(block.Piece, block.Length);
    }

    /// <summary>Names pieces to those whose turn it is, as many as there is room for.</summary>
    public void Show(Instant now, SwarmOutbox outbox)
    {
        if (copies is null)
            return;
        var underWay = audience.Sum(peer => (long)Weight(now, peer.Promises!));
        while (underWay < pace.Depth && NextTurn(now) is var (peer, piece))
        {
            if (underWay == 0)
                pace.Begin(now);
            underWay += info.PieceSize(piece);
            Promise(now, peer, piece, outbox);
        }
    }

    /// <summary>When a promise to <paramref name="peer"/> may be void, or weigh no more.</summary>
    public Instant? Due(Instant now, Peer peer)
    {
        if (peer.Promises is not { } promises)
            return null;
        var hungry = promises.FedAt + settings.FedFor;
        Instant? due = hungry > now ? hungry : null;
        if (promises.Promised.Count == 0)
            return due;
        if (promises.UnaskedBytes > 0)
            due = Instant.Earliest(due, promises.MovedAt + settings.PromiseFor);
        var light = promises.KeptAt + settings.PromiseWeighs;
        return light > now ? Instant.Earliest(due, light) : due;
    }

    /// <summary>Takes back what <paramref name="peer"/> does not ask for though it has nothing else to ask, and names more, perhaps to
    /// others, since what it was promised weighs no more.</summary>
    public void Lapse(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (peer.Promises is not { } promises)
            return;
        if (promises.UnaskedBytes > 0 && now >= promises.MovedAt + settings.PromiseFor)
        {
            promises.MovedAt = now;
            foreach (var piece in peer.Asked.Count > 0 || peer.UnsentBytes > 0 ? [] : promises.Unasked.ToArray())
                Settle(promises, piece);
        }

        Show(now, outbox);
    }

    // One piece on its way and one behind it, at least; it grows and shrinks by half a piece.
    private static Pipeline PaceFor(SwarmSettings settings, int pieceBytes)
    {
        var few = Math.Min(pieceBytes, settings.SeedingBytesMax / 2);
        var least = Math.Max(settings.PipelineBytesMin, 2 * few);
        return new Pipeline(least, settings.SeedingBytesMax, settings.SeedingSpan, Math.Max(1, few / 2));
    }

    private bool IsWeighty(Instant now, Promises promises) => now < promises.KeptAt + settings.PromiseWeighs;

    private int Weight(Instant now, Promises promises) => IsWeighty(now, promises) ? promises.PromisedBytes : 0;

    // Who has least before it, and of these who waits longest; and what to name it.
    private (Peer Peer, int Piece)? NextTurn(Instant now)
    {
        (Peer Peer, int Piece)? next = null;
        foreach (var peer in audience)
        {
            var promises = peer.Promises!;
            if (!IsReady(peer, promises) || (promises.PromisedBytes > 0 && !IsWeighty(now, promises))
                || promises.UnaskedBytes >= settings.PipelineBytesMax
                || (next is var (best, _) && best.Promises!.PromisedBytes <= promises.PromisedBytes)
                || copies!.Next(table.Have, promises.Known) is not { } piece
                || (copies.Copies(piece) > 0 && !IsIdle(now, peer, promises)))
            {
                continue;
            }

            next = (peer, piece);
            if (promises.PromisedBytes == 0)
                break;
        }

        return next;
    }

    private void Promise(Instant now, Peer peer, int piece, SwarmOutbox outbox)
    {
        var promises = peer.Promises!;
        audience.Remove(peer);
        audience.Add(peer);
        promises.Promise(now, piece, info.PieceSize(piece));
        copies!.Added(piece);
        outbox.Send(peer.Id, new PeerMessage.Have(piece));
    }

    // It has said what it has, in case it is complete itself; and whoever was promised something must have said that it wants it.
    private static bool IsReady(Peer peer, Promises promises) =>
        peer is { IsOpen: true, HasStated: true, IsComplete: false } && (!peer.SpeaksExtensions || peer.Extensions is not null)
        && (peer.IsInterested || !promises.AwaitsWord);

    // It asks us for nothing, and gets nothing from others.
    private bool IsIdle(Instant now, Peer peer, Promises promises) =>
        promises.UnaskedBytes == 0 && peer.Asked.Count == 0 && peer.UnsentBytes == 0 && now >= promises.FedAt + settings.FedFor;

    private bool Settle(Promises promises, int piece)
    {
        if (!promises.Settle(piece, info.PieceSize(piece)))
            return false;
        copies!.Removed(piece);
        return true;
    }
}

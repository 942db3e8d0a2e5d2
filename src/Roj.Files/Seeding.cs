using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>How a node that has everything lets its peers know of it: piece by piece, as <see cref="FirstCopies"/> chooses (BEP
/// 16).</summary>
/// <remarks>
/// <para>It does not say that it has everything, but names a peer one more piece whenever that has asked for nearly all that it was named
/// before. A peer that is fast is named more than one that is slow, and any BitTorrent program understands it: to that we are a node that
/// is just getting its pieces.</para>
/// <para>Once every piece has a copy somewhere, it names pieces, the rarest first, only to peers that ask us for nothing: who gets all it
/// needs from others is left alone, and who knows nobody but us still gets everything.</para>
/// <para>A promise that a peer does not take up is void after a while, and the piece promised to another.</para>
/// </remarks>
internal sealed class Seeding(SwarmSettings settings, InfoDictionary info, Rng rng)
{
    private FirstCopies? copies; // made when first needed: most nodes do not have everything

    /// <summary>From now on <paramref name="peer"/> is told piece by piece what we have.</summary>
    /// <param name="peer">The peer; what it has is not known yet.</param>
    /// <param name="others">The other peers.</param>
    public void Begin(Peer peer, IEnumerable<Peer> others)
    {
        peer.Promises = new Promises(settings, info.PieceCount);
        if (copies is not null)
            return;
        copies = new FirstCopies(info.PieceCount, rng);
        foreach (var other in others)
        {
            if (other.Pieces is { } theirs)
                copies.Counted(theirs, gone: false);
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
    public void Gained(Peer peer, int piece)
    {
        copies?.Added(piece);
        if (peer.Promises is not { } promises)
            return;
        promises.Known.Add(piece);
        Settle(promises, piece);
    }

    /// <summary>A peer has one piece less.</summary>
    public void Lost(int piece) => copies?.Removed(piece);

    /// <summary>A peer is gone: what it was promised is promised to others.</summary>
    public void Left(Peer peer)
    {
        for (var piece = 0; peer.Promises is { Promised.Count: > 0 } promises && piece < info.PieceCount; piece++)
            Settle(promises, piece);
        peer.Promises = null;
    }

    /// <summary>A peer asked for a block.</summary>
    public static void Asked(Instant now, Peer peer, Block block)
    {
        if (peer.Promises is not { } promises)
            return;
        promises.MovedAt = now;
        promises.Pace.Moved(now, block.Length);
        promises.Asked(block.Piece, block.Length);
    }

    /// <summary>Lets <paramref name="peer"/> know of more pieces, if it is time.</summary>
    public void Show(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (peer.Promises is not { } promises || !IsReady(peer, promises))
            return;
        while (promises.UnaskedBytes < promises.Pace.Depth && copies!.Next(promises.Known) is { } piece)
        {
            if (copies.Copies(piece) > 0 && !IsIdle(peer, promises))
                break;
            if (promises.Promised.Count == 0)
                promises.Pace.Begin(now);
            promises.Promise(piece, info.PieceSize(piece));
            promises.MovedAt = now;
            copies.Added(piece);
            outbox.Send(peer.Id, new PeerMessage.Have(piece));
        }
    }

    /// <summary>When a promise to <paramref name="peer"/> may be void.</summary>
    public Instant? Due(Peer peer) => peer.Promises is { UnaskedBytes: > 0 } promises ? promises.MovedAt + settings.PromiseFor : null;

    /// <summary>Takes back what <paramref name="peer"/> does not ask for though it has nothing else to ask, and names it something
    /// else.</summary>
    public void Lapse(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!(Due(peer) <= now))
            return;
        var promises = peer.Promises!;
        promises.MovedAt = now;
        if (peer.Asked.Count > 0 || peer.UnsentBytes > 0)
            return;
        foreach (var piece in promises.Unasked.ToArray())
            Settle(promises, piece);
        Show(now, peer, outbox);
    }

    // It has said what it has, in case it is complete itself; and whoever was promised something must have said that it wants it.
    private static bool IsReady(Peer peer, Promises promises) =>
        peer is { IsOpen: true, HasStated: true, IsComplete: false } && (!peer.SpeaksExtensions || peer.Extensions is not null)
        && (peer.IsInterested || !promises.HavePromised);

    private static bool IsIdle(Peer peer, Promises promises) =>
        promises.UnaskedBytes == 0 && peer.Asked.Count == 0 && peer.UnsentBytes == 0;

    private void Settle(Promises promises, int piece)
    {
        if (promises.Settle(piece))
            copies!.Removed(piece);
    }
}

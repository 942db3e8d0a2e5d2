using Roj.Kernel;

namespace Roj.Files;

/// <summary>What others have of the file: those who are connected, and those who were. For people to look at; it decides nothing.</summary>
/// <remarks>Two who have everything hang up on each other: without this a file that is everywhere would seem to be here alone.</remarks>
internal sealed class Holdings
{
    /// <summary>How many of those who hung up are remembered; one more is not.</summary>
    public const int Max = 1000;

    private readonly SortedDictionary<Endpoint, Holding> gone = [];

    /// <summary>What each has, by where it listens.</summary>
    public IReadOnlyList<Holding> With(IEnumerable<Peer> open)
    {
        var all = new SortedDictionary<Endpoint, Holding>(gone);
        foreach (var peer in open)
        {
            if (peer.Pieces is { } pieces)
                all[At(peer)] = Of(peer, pieces);
        }

        return [.. all.Values];
    }

    /// <summary>A connection has ended.</summary>
    public void Left(Peer peer)
    {
        // Of one that did not say where it listens nothing is kept: its next call would be somebody else's.
        if (peer is { Listening: { } at, Pieces: { } pieces } && (gone.Count < Max || gone.ContainsKey(at)))
            gone[at] = Of(peer, pieces);
    }

    private static Endpoint At(Peer peer) => peer.Listening ?? peer.Remote;

    private static Holding Of(Peer peer, PieceSet pieces)
    {
        if (!peer.IsWhole)
            return new Holding(At(peer), pieces.Count, pieces.Sketch());
        var all = new PieceSet(pieces.PieceCount);
        all.Fill();
        return new Holding(At(peer), all.Count, all.Sketch());
    }
}

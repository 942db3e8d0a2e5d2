using Roj.Kernel;

namespace Roj.Files;

/// <summary>Which piece to ask for next: the rarest among the peers, any of the equally rare (Cohen 2003; Legout et al. 2006).</summary>
/// <remarks>It knows the pieces that are wanted and not being fetched, and how many connected peers have each. A pick looks at each of them
/// once; there are fewer as the file fills up.</remarks>
public sealed class PiecePicker
{
    private const int NotWanted = -1;

    private readonly ushort[] availability;
    private readonly int[] wanted;
    private readonly int[] place; // where in wanted a piece stands, or NotWanted
    private readonly Rng rng;
    private int wantedCount;

    /// <summary>Begins with nothing wanted and nothing available.</summary>
    public PiecePicker(int pieceCount, Rng rng)
    {
        availability = new ushort[pieceCount];
        wanted = new int[pieceCount];
        place = new int[pieceCount];
        Array.Fill(place, NotWanted);
        this.rng = rng;
    }

    /// <summary>How many pieces are wanted and not being fetched.</summary>
    public int WantedCount => wantedCount;

    /// <summary>How many connected peers have <paramref name="piece"/>.</summary>
    public int Availability(int piece) => availability[piece];

    /// <summary>A peer has one more piece.</summary>
    public void Gained(int piece) => availability[piece]++;

    /// <summary>A peer has one piece less.</summary>
    public void Lost(int piece) => availability[piece]--;

    /// <summary>A peer has come, or gone, with all of its pieces.</summary>
    public void Counted(PieceSet pieces, bool gone)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        if (pieces.Count == 0)
            return;
        for (var piece = 0; piece < availability.Length; piece++)
        {
            if (pieces.Has(piece))
                availability[piece] = (ushort)(availability[piece] + (gone ? -1 : 1));
        }
    }

    /// <summary>From now on <paramref name="piece"/> may be picked.</summary>
    public void Want(int piece)
    {
        if (place[piece] != NotWanted)
            return;
        place[piece] = wantedCount;
        wanted[wantedCount++] = piece;
    }

    /// <summary>From now on <paramref name="piece"/> is not picked.</summary>
    public void Unwant(int piece)
    {
        if (place[piece] == NotWanted)
            return;
        var last = wanted[--wantedCount];
        wanted[place[piece]] = last;
        place[last] = place[piece];
        place[piece] = NotWanted;
    }

    /// <summary>The rarest wanted piece among <paramref name="offered"/>; null if none of them is wanted.</summary>
    public int? Pick(PieceSet offered)
    {
        ArgumentNullException.ThrowIfNull(offered);
        if (wantedCount == 0 || offered.Count == 0)
            return null;

        int? best = null;
        var start = rng.Next(wantedCount);
        for (var i = 0; i < wantedCount; i++)
        {
            var piece = wanted[start + i < wantedCount ? start + i : start + i - wantedCount];
            if (!offered.Has(piece) || (best is { } b && availability[piece] >= availability[b]))
                continue;
            best = piece;
            if (availability[piece] <= 1)
                break; // nothing can be rarer than the only copy
        }

        return best;
    }
}

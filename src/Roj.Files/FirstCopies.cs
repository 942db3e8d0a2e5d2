using Roj.Kernel;

namespace Roj.Files;

/// <summary>The upload policy of a node that has everything: which piece to let a peer know of next, so that none is given twice while
/// another has not been given once (BEP 16's super-seeding; "each piece once, then the peers share", Hoffman 2008).</summary>
/// <remarks>
/// <para>A swarm can't be faster than its seeder gives every piece once. What it gives twice before that, somebody else could have given.
/// So it counts the copies of each piece that its peers have or were promised, and promises the piece with the fewest.</para>
/// <para>A <see cref="Next"/> looks at each piece once at most; while there are pieces without a copy, at one.</para>
/// </remarks>
public sealed class FirstCopies
{
    private readonly ushort[] copies;
    private readonly int[] order; // by chance: of two seeders, each lets out other pieces first
    private int cursor; // every piece before it in the order has a copy

    /// <summary>Begins with no peer, and so without a copy of anything.</summary>
    public FirstCopies(int pieceCount, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        copies = new ushort[pieceCount];
        order = [.. Enumerable.Range(0, pieceCount)];
        rng.Shuffle(order.AsSpan());
    }

    /// <summary>How many peers have <paramref name="piece"/> or were promised it.</summary>
    public int Copies(int piece) => copies[piece];

    /// <summary>A peer has a piece, or was promised it.</summary>
    public void Added(int piece) => copies[piece]++;

    /// <summary>A peer that had a piece, or was promised it, is gone, or did not want it.</summary>
    public void Removed(int piece)
    {
        if (--copies[piece] == 0)
            cursor = 0;
    }

    /// <summary>A peer has come, or gone, with all of its pieces.</summary>
    public void Counted(PieceSet pieces, bool gone)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        for (var piece = 0; pieces.Count > 0 && piece < copies.Length; piece++)
        {
            if (!pieces.Has(piece))
                continue;
            if (gone)
                Removed(piece);
            else
                Added(piece);
        }
    }

    /// <summary>The piece with the fewest copies among those that we <paramref name="have"/> and that are not <paramref name="known"/>;
    /// null if there is none.</summary>
    public int? Next(PieceSet have, PieceSet known)
    {
        ArgumentNullException.ThrowIfNull(have);
        ArgumentNullException.ThrowIfNull(known);
        if (known.IsFull || have.Count == 0)
            return null;
        while (cursor < order.Length && copies[order[cursor]] > 0)
            cursor++;
        int? best = null;
        for (var i = 0; i < order.Length; i++)
        {
            var piece = order[cursor + i < order.Length ? cursor + i : cursor + i - order.Length];
            if (known.Has(piece) || !have.Has(piece) || (best is { } b && copies[piece] >= copies[b]))
                continue;
            best = piece;
            if (copies[piece] == 0)
                break;
        }

        return best;
    }
}

using Roj.Kernel;

namespace Roj.Files;

/// <summary>What one peer was let know of by a node that has everything (see <see cref="Seeding"/>).</summary>
internal sealed class Promises(int pieceCount)
{
    private readonly SortedDictionary<int, int> open = []; // the piece, and how many of its bytes the peer has not asked for

    /// <summary>Every piece that it knows us to have, or has itself.</summary>
    public PieceSet Known { get; } = new(pieceCount);

    /// <summary>What it was promised and does not have yet.</summary>
    public PieceSet Promised { get; } = new(pieceCount);

    /// <summary>Bytes it was promised and has not asked for.</summary>
    public int UnaskedBytes { get; private set; }

    /// <summary>Bytes of the pieces that it was promised and does not have yet.</summary>
    public int PromisedBytes { get; private set; }

    /// <summary>When it last got a piece that it was promised, or was promised one while it waited for none.</summary>
    public Instant KeptAt { get; private set; }

    /// <summary>When it last got a piece that it was not promised, and so from somebody else.</summary>
    public Instant FedAt { get; set; }

    /// <summary>When it last was promised something, or asked for something.</summary>
    public Instant MovedAt { get; set; }

    /// <summary>Whether it was promised something and has got nothing of it since: it must say that it wants it before it is named
    /// more.</summary>
    public bool AwaitsWord { get; private set; }

    /// <summary>The pieces of which it has not asked for everything.</summary>
    public IEnumerable<int> Unasked => open.Keys;

    /// <summary>It is let know of a piece.</summary>
    public void Promise(Instant now, int piece, int bytes)
    {
        AwaitsWord = true;
        MovedAt = now;
        if (PromisedBytes == 0)
            KeptAt = now;
        PromisedBytes += bytes;
        Known.Add(piece);
        Promised.Add(piece);
        open.Add(piece, bytes);
        UnaskedBytes += bytes;
    }

    /// <summary>It asks for a block of what it was promised.</summary>
    public void Asked(int piece, int bytes)
    {
        if (!open.TryGetValue(piece, out var left))
            return;
        var asked = Math.Min(left, bytes);
        UnaskedBytes -= asked;
        if (asked == left)
            open.Remove(piece);
        else
            open[piece] = left - asked;
    }

    /// <summary>It has a piece that it was promised, from us or not: it may have had it before, and never have wanted it.</summary>
    public void Kept(Instant now)
    {
        AwaitsWord = false;
        KeptAt = now;
    }

    /// <summary>The piece is not waited for any more: it has it, or does not seem to want it from us.</summary>
    public bool Settle(int piece, int bytes)
    {
        if (open.Remove(piece, out var left))
            UnaskedBytes -= left;
        if (!Promised.Remove(piece))
            return false;
        PromisedBytes -= bytes;
        return true;
    }
}

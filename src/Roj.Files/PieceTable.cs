using Roj.Files.Metadata;

namespace Roj.Files;

/// <summary>What is known of each piece of our own copy, and which pieces are equal to each other.</summary>
/// <remarks>A piece is had only when its bytes on disk have been hashed: nothing else calls <see cref="Verified"/>.</remarks>
public sealed class PieceTable
{
    private readonly State[] states;
    private const int None = -1;

    private readonly int[] group; // the lowest of a piece's equals, itself included
    private readonly int[] hadOf; // for the lowest of a group: the first of it that was had
    private readonly int[] nextEqual; // a ring through the pieces of one hash; a piece without equals points at itself

    /// <summary>Begins with every piece unchecked.</summary>
    public PieceTable(InfoDictionary info)
    {
        ArgumentNullException.ThrowIfNull(info);
        Info = info;
        hadOf = new int[info.PieceCount];
        Array.Fill(hadOf, None);
        Have = new PieceSet(info.PieceCount);
        Unchecked = info.PieceCount;
        states = new State[info.PieceCount];
        (nextEqual, group) = RingsOfEquals(info);
    }

    private enum State : byte
    {
        Unchecked,
        Missing,
        Had,
    }

    /// <summary>The description.</summary>
    public InfoDictionary Info { get; }

    /// <summary>The pieces that are right on disk.</summary>
    public PieceSet Have { get; }

    /// <summary>How many pieces have not been looked at since the start.</summary>
    public int Unchecked { get; private set; }

    /// <summary>Whether every piece is right.</summary>
    public bool IsComplete => Have.IsFull;

    /// <summary>Whether nothing was found wrong: it is complete, or may turn out to be once it was looked at.</summary>
    public bool LacksNothing => Have.Count + Unchecked == Info.PieceCount;

    /// <summary>Whether <paramref name="piece"/> was found wrong and is not right yet.</summary>
    public bool IsMissing(int piece) => states[piece] == State.Missing;

    /// <summary>A piece was hashed; true if it is had now and was not before.</summary>
    public bool Verified(int piece, bool right)
    {
        Unchecked -= states[piece] == State.Unchecked ? 1 : 0;
        if (states[piece] == State.Had)
            return false;
        states[piece] = right ? State.Had : State.Missing;
        if (right && hadOf[group[piece]] == None)
            hadOf[group[piece]] = piece;
        return right && Have.Add(piece);
    }

    /// <summary>Whether <paramref name="piece"/> is had, and was so before its equals.</summary>
    public bool IsFirstOfEquals(int piece) => hadOf[group[piece]] == piece;

    /// <summary>A piece equal to <paramref name="piece"/> that is had; null if there is none.</summary>
    public int? EqualThatIsHad(int piece) => hadOf[group[piece]] is var had && had != None && had != piece ? had : null;

    /// <summary>The pieces that have the same length and hash as <paramref name="piece"/>, without itself.</summary>
    public IEnumerable<int> EqualsOf(int piece)
    {
        for (var equal = nextEqual[piece]; equal != piece; equal = nextEqual[equal])
            yield return equal;
    }

    private static (int[] Ring, int[] Group) RingsOfEquals(InfoDictionary info)
    {
        var order = new int[info.PieceCount];
        var ring = new int[info.PieceCount];
        var group = new int[info.PieceCount];
        for (var piece = 0; piece < order.Length; piece++)
            order[piece] = ring[piece] = group[piece] = piece;

        // A short last piece can't be equal to a full one: their hashes differ, or SHA-1 is broken.
        Array.Sort(order, (a, b) => info.Hash(a).CompareTo(info.Hash(b)) is var byHash and not 0 ? byHash : a.CompareTo(b));
        for (var i = 1; i < order.Length; i++)
        {
            if (info.Hash(order[i]) != info.Hash(order[i - 1]))
                continue;
            (ring[order[i]], ring[order[i - 1]]) = (ring[order[i - 1]], order[i]);
            group[order[i]] = group[order[i - 1]];
        }

        return (ring, group);
    }
}

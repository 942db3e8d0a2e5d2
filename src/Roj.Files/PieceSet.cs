using System.Numerics;

namespace Roj.Files;

/// <summary>A set of pieces, in the layout of BEP 3's bitfield: the first piece is the top bit of the first byte.</summary>
public sealed class PieceSet
{
    /// <summary>Digits of a <see cref="Sketch"/> at most.</summary>
    public const int SketchMax = 64;

    private readonly byte[] bits;

    /// <summary>An empty set.</summary>
    /// <param name="pieceCount">How many pieces the file has.</param>
    public PieceSet(int pieceCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pieceCount);
        PieceCount = pieceCount;
        bits = new byte[(pieceCount + 7) / 8];
    }

    /// <summary>How many pieces the file has.</summary>
    public int PieceCount { get; }

    /// <summary>How many pieces are in the set.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every piece is in the set.</summary>
    public bool IsFull => Count == PieceCount;

    /// <summary>Takes a peer's bitfield; false if its length is wrong or a spare bit is set (BEP 3: drop the connection).</summary>
    public static bool TryRead(ReadOnlySpan<byte> bitfield, int pieceCount, out PieceSet set)
    {
        set = new PieceSet(pieceCount);
        if (bitfield.Length != set.bits.Length)
            return false;
        var spare = (8 * bitfield.Length) - pieceCount;
        if (spare > 0 && (bitfield[^1] & ((1 << spare) - 1)) != 0)
            return false;
        bitfield.CopyTo(set.bits);
        foreach (var b in bitfield)
            set.Count += BitOperations.PopCount(b);
        return true;
    }

    /// <summary>Whether <paramref name="piece"/> is in the set; a piece that the file does not have is not.</summary>
    public bool Has(int piece) => (uint)piece < (uint)PieceCount && (bits[piece >> 3] & (0x80 >> (piece & 7))) != 0;

    /// <summary>Puts <paramref name="piece"/> in; false if it was in already.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has no such piece.</exception>
    public bool Add(int piece)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)piece, (uint)PieceCount);
        if (Has(piece))
            return false;
        bits[piece >> 3] |= (byte)(0x80 >> (piece & 7));
        Count++;
        return true;
    }

    /// <summary>Takes <paramref name="piece"/> out; false if it was not in.</summary>
    public bool Remove(int piece)
    {
        if (!Has(piece))
            return false;
        bits[piece >> 3] &= (byte)~(0x80 >> (piece & 7));
        Count--;
        return true;
    }

    /// <summary>Puts every piece in.</summary>
    public void Fill()
    {
        for (var piece = 0; piece < PieceCount; piece++)
            Add(piece);
    }

    /// <summary>Which pieces are in, roughly and in little room: for people to look at.</summary>
    /// <returns>A hexadecimal digit for each of <see cref="SketchMax"/> stretches of the file, or for each piece where there are fewer: how
    /// many fifteenths of it are in. <c>0</c> is none of it and nothing else, <c>f</c> all of it and nothing else.</returns>
    public string Sketch() => string.Create(Math.Min(PieceCount, SketchMax), this, static (digits, set) =>
    {
        for (var i = 0; i < digits.Length; i++)
        {
            var (from, to) = (Start(i, digits.Length, set.PieceCount), Start(i + 1, digits.Length, set.PieceCount));
            var count = 0;
            for (var piece = from; piece < to; piece++)
                count += set.Has(piece) ? 1 : 0;
            var fifteenths = (int)(15L * count / (to - from));
            digits[i] = "0123456789abcdef"[count > 0 ? Math.Max(1, fifteenths) : 0];
        }
    });

    /// <summary>A copy in the layout of BEP 3's bitfield.</summary>
    public byte[] ToBitfield() => [.. bits];

    private static int Start(int stretch, int stretches, int pieces) => (int)((long)stretch * pieces / stretches);
}

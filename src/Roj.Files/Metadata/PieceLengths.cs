namespace Roj.Files.Metadata;

/// <summary>How long the pieces of a file are if nobody says.</summary>
public static class PieceLengths
{
    /// <summary>The usual: 256 KiB, as BEP 3 says; what 16 MiB to 1 GiB get.</summary>
    public const int Usual = 256 << 10;

    /// <summary>The shortest: one block, less would only cost more hashes.</summary>
    public const int Min = 16 << 10;

    /// <summary>The longest that other programs like; only a file that would have more than <see
    /// cref="InfoDictionary.PieceCountMax"/> has longer ones.</summary>
    public const int Max = 16 << 20;

    // With fewer, nodes would have little to give each other while they fetch: 1/64 of the file is how far each is behind the one before.
    private const int CountMin = 64;

    // With more, descriptions and bitfields grow (80 KiB, 512 bytes) and nothing becomes faster.
    private const int CountMax = 4096;

    /// <summary>Bytes of a piece, a power of two: <see cref="Usual"/>; halved, down to <see cref="Min"/>, while the file would have fewer
    /// than 64 pieces; doubled, up to <see cref="Max"/>, while it would have more than 4,096.</summary>
    /// <param name="length">Bytes of the file, 0 to <see cref="InfoDictionary.LengthMax"/>.</param>
    public static int For(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, InfoDictionary.LengthMax);
        var pieceLength = Usual;
        while (pieceLength > Min && InfoDictionary.CountPieces(length, pieceLength) < CountMin)
            pieceLength /= 2;
        while (pieceLength < Max && InfoDictionary.CountPieces(length, pieceLength) > CountMax)
            pieceLength *= 2;
        while (pieceLength < InfoDictionary.PieceLengthMax
            && InfoDictionary.CountPieces(length, pieceLength) > InfoDictionary.PieceCountMax)
            pieceLength *= 2;
        return pieceLength;
    }
}

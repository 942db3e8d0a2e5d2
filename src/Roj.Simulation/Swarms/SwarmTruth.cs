using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Simulation.Swarms;

/// <summary>What everybody's data file must become, and its description.</summary>
public sealed class SwarmTruth
{
    /// <summary>Makes a file of random bytes; now and then, if there may be twins, two pieces are equal.</summary>
    public SwarmTruth(Rng rng, int length, int pieceLength, bool twins = true)
    {
        ArgumentNullException.ThrowIfNull(rng);
        var bytes = new byte[length];
        rng.Fill(bytes);
        var pieces = (int)InfoDictionary.CountPieces(length, pieceLength);
        for (var count = twins && rng.Chance(1, 3) ? rng.Next(pieces / 2 + 1) : 0; count > 0; count--)
            CopyPiece(bytes, pieceLength, rng.Next(pieces), rng.Next(pieces));

        var hashes = new byte[pieces * Sha1Digest.Length];
        for (var piece = 0; piece < pieces; piece++)
        {
            var from = piece * pieceLength;
            Sha1Digest.Of(bytes.AsSpan(from, Math.Min(pieceLength, length - from))).Write(hashes.AsSpan(piece * Sha1Digest.Length));
        }

        Bytes = bytes;
        Info = InfoDictionary.Create("data.bin", length, pieceLength, hashes);
    }

    /// <summary>The right bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The description.</summary>
    public InfoDictionary Info { get; }

    /// <summary>The right bytes of one piece.</summary>
    public ReadOnlySpan<byte> Piece(int piece) => Bytes.Span.Slice((int)Info.Offset(piece), Info.PieceSize(piece));

    private static void CopyPiece(Span<byte> bytes, int pieceLength, int from, int to)
    {
        if ((to + 1) * pieceLength <= bytes.Length && (from + 1) * pieceLength <= bytes.Length)
            bytes.Slice(from * pieceLength, pieceLength).CopyTo(bytes[(to * pieceLength)..]);
    }
}

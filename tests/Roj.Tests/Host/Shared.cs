using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Tests.Host;

/// <summary>Files to share: random bytes, and the descriptions of bytes.</summary>
internal static class Shared
{
    public static byte[] Random(int length, ulong seed = 1)
    {
        var bytes = new byte[length];
        new Rng(seed).Fill(bytes);
        return bytes;
    }

    public static InfoDictionary Describe(ReadOnlySpan<byte> bytes, int pieceLength)
    {
        var digests = new byte[InfoDictionary.CountPieces(bytes.Length, pieceLength) * Sha1Digest.Length];
        for (var piece = 0; piece * Sha1Digest.Length < digests.Length; piece++)
        {
            var size = Math.Min(pieceLength, bytes.Length - (piece * pieceLength));
            Sha1Digest.Of(bytes.Slice(piece * pieceLength, size)).Write(digests.AsSpan(piece * Sha1Digest.Length));
        }

        return InfoDictionary.Create("data", bytes.Length, pieceLength, digests);
    }
}

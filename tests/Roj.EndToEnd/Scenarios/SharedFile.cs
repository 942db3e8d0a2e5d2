using System.Security.Cryptography;
using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>The file that every node shall have in the end.</summary>
internal sealed class SharedFile
{
    // Equal parts are common in real files (zeroes, say), and must be copied locally rather than fetched twice.
    private const int OnePartInSoManyRepeats = 8;

    /// <summary>Takes the bytes as they are.</summary>
    public SharedFile(byte[] bytes, int partBytes)
    {
        (Bytes, PartBytes) = (bytes, partBytes);
        PartHashes = [.. Enumerable.Range(0, PartCount).Select(part => Convert.ToHexStringLower(SHA1.HashData(Part(part))))];
        Sha256 = SHA256.HashData(bytes);
    }

    /// <summary>What it contains.</summary>
    public byte[] Bytes { get; }

    /// <summary>The length of every part but the last.</summary>
    public int PartBytes { get; }

    /// <summary>The SHA-1 of every part, as torrent.conf has them.</summary>
    public IReadOnlyList<string> PartHashes { get; }

    /// <summary>The SHA-256 of the whole.</summary>
    public byte[] Sha256 { get; }

    /// <summary>How many parts it has.</summary>
    public int PartCount => (int)(((long)Bytes.Length + PartBytes - 1) / PartBytes);

    /// <summary>A random file in which some parts are equal.</summary>
    public static SharedFile Random(int length, int partBytes, Rng rng)
    {
        var bytes = new byte[length];
        rng.Fill(bytes);
        for (var part = 1; part < length / partBytes; part++)
        {
            if (rng.Chance(1, OnePartInSoManyRepeats))
                bytes.AsSpan(rng.Next(part) * partBytes, partBytes).CopyTo(bytes.AsSpan(part * partBytes));
        }

        return new SharedFile(bytes, partBytes);
    }

    /// <summary>The bytes of one part.</summary>
    public ReadOnlySpan<byte> Part(int part) => Bytes.AsSpan(part * PartBytes, Math.Min(PartBytes, Bytes.Length - (part * PartBytes)));

    /// <summary>Writes what <paramref name="data"/> describes to <paramref name="path"/>.</summary>
    public void WriteInitial(InitialData data, string path)
    {
        if (data.Length is not { } length)
            return;
        using var file = File.Create(path);
        var junk = new Rng(data.JunkSeed);
        var buffer = new byte[Math.Max(PartBytes, 64 * 1024)];
        for (var part = 0; file.Position < length; part++)
        {
            // Behind the file's end there is only junk, in chunks of any size.
            var expected = part < PartCount ? Part(part) : default;
            var chunk = buffer.AsSpan(0, (int)Math.Min(expected.IsEmpty ? buffer.Length : expected.Length, length - file.Position));
            if (data.RightParts.Contains(part))
                expected[..chunk.Length].CopyTo(chunk);
            else
                junk.Fill(chunk);
            file.Write(chunk);
        }
    }
}

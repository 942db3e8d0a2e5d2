using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Tests.Files;

/// <summary>What the tests of the swarm have in common: its words are peers by number, small files, and an outbox to be emptied.</summary>
internal static class Swarming
{
    internal const int BlockBytes = 16 * 1024;

    /// <summary>We are number 100: smaller ids are below ours, greater ones above.</summary>
    internal static SwarmSettings Settings { get; } = new() { PeerId = Id(100), ListenPort = 6881 };

    internal static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    internal static Endpoint Place(int number, ushort port = 6881) => new(0xAC140000 + (uint)number, port);

    /// <summary>An id of another Roj.</summary>
    internal static PeerId Id(int number) => new((UInt128)0x2D524A << 104, (uint)number);

    internal static PeerId ForeignId(int number) => new((UInt128)0x2D5452 << 104, (uint)number);

    /// <summary>A file; <paramref name="contents"/> has a letter a piece, equal letters being equal pieces.</summary>
    internal static InfoDictionary File(string contents, int pieceBytes = 2 * BlockBytes, string name = "data.bin", int missingBytes = 0)
    {
        var hashes = new byte[contents.Length * Sha1Digest.Length];
        foreach (var (index, letter) in contents.Index())
            Sha1Digest.Of([(byte)letter]).Write(hashes.AsSpan(index * Sha1Digest.Length));
        return InfoDictionary.Create(name, ((long)contents.Length * pieceBytes) - missingBytes, pieceBytes, hashes);
    }

    /// <summary>The same file, to be had from its trackers only (BEP 27).</summary>
    internal static InfoDictionary Private(InfoDictionary file) =>
        InfoDictionary.TryRead((byte[])[.. file.Bytes.Span[..^1], .. "7:privatei1ee"u8], out var info)
            ? info
            : throw new ArgumentException("no private file");

    internal static PieceSet Pieces(int count, params IEnumerable<int> which)
    {
        var set = new PieceSet(count);
        foreach (var piece in which)
            set.Add(piece);
        return set;
    }

    /// <summary>Takes all that waits.</summary>
    internal static List<SwarmOutput> Take(this SwarmOutbox outbox)
    {
        var outputs = Enumerable.Range(0, outbox.Count).Select(index => outbox[index]).ToList();
        outbox.Clear();
        return outputs;
    }

    /// <summary>Takes all that waits, as lines of a transcript.</summary>
    internal static string[] TakeLines(this SwarmOutbox outbox) => [.. outbox.Take().Select(SwarmLines.Line)];

    /// <summary>Takes all that waits and keeps the messages of one kind.</summary>
    internal static List<(ConnectionId To, T Message)> TakeSent<T>(this SwarmOutbox outbox) where T : PeerMessage =>
        [.. outbox.Take().Where(o => o.Message is T).Select(o => (o.To, (T)o.Message!))];
}

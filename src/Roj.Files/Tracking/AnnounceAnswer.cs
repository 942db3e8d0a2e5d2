using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Roj.Files.Bencoding;
using Roj.Kernel;

namespace Roj.Files.Tracking;

// d
//   14:failure reason  <text>      : then nothing else counts
//   8:complete i<n>e  10:incomplete i<n>e
//   8:interval i<seconds>e  12:min interval i<seconds>e
//   5:peers  <6n> : n times <address: 4 bytes> <port: 2 bytes>, big-endian (BEP 23), or
//            l d 2:ip <text> 7:peer id <20 bytes> 4:port i<n>e e … e
//   10:tracker id <bytes>  15:warning message <text>
//   others, such as peers6 of IPv6 (BEP 7)
// e
/// <summary>What a tracker answers to an announce (BEP 3, BEP 23).</summary>
public sealed record AnnounceAnswer
{
    /// <summary>Peers that are read or written at most; the rest is passed over.</summary>
    public const int PeersMax = 200;

    /// <summary>Characters of a text at most; the rest is cut off.</summary>
    public const int TextLengthMax = 200;

    /// <summary>Bytes of a tracker id at most; a longer one is passed over, or it could make each of our requests as long.</summary>
    public const int TrackerIdBytesMax = 256;

    private const long SecondsMax = int.MaxValue;

    /// <summary>Why the tracker refused; null if it did not. For people.</summary>
    public string? FailureReason { get; init; }

    /// <summary>What else it has to say; null for nothing. For people.</summary>
    public string? Warning { get; init; }

    /// <summary>When it wants to be told again; null where it does not say.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>When it may be told again at the earliest; null where it does not say.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>What it wants to be told in each further request (one character a byte); null for nothing.</summary>
    public string? TrackerId { get; init; }

    /// <summary>How many peers have all of the file; null where that is not told.</summary>
    public long? Complete { get; init; }

    /// <summary>How many peers lack something; null where that is not told.</summary>
    public long? Incomplete { get; init; }

    /// <summary>The peers, IPv4 only.</summary>
    public IReadOnlyList<TrackedPeer> Peers { get; init; } = [];

    /// <summary>Reads an answer that may be hostile.</summary>
    /// <remarks>Passed over: peers beyond <see cref="PeersMax"/>, those that have a name in place of an IPv4 address, and such as nobody
    /// can be at (<see cref="Endpoint.IsUsable"/>).</remarks>
    public static bool TryRead(ReadOnlySpan<byte> bencoded, [NotNullWhen(true)] out AnnounceAnswer? answer)
    {
        answer = null;
        var read = new AnnounceAnswer();
        var reader = new BencodeReader(bencoded);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("peers"u8))
                read = read with { Peers = reader.Next == BencodeKind.List ? ReadDictionaries(ref reader) : ReadCompact(ref reader) };
            else if (key.SequenceEqual("interval"u8))
                read = read with { Interval = Seconds(ref reader) };
            else if (key.SequenceEqual("min interval"u8))
                read = read with { MinInterval = Seconds(ref reader) };
            else if (key.SequenceEqual("complete"u8))
                read = read with { Complete = reader.Integer() };
            else if (key.SequenceEqual("incomplete"u8))
                read = read with { Incomplete = reader.Integer() };
            else
                read = read.With(key, ref reader);
        }

        if (reader.Failed || !reader.Rest.IsEmpty)
            return false;
        answer = read;
        return true;
    }

    /// <summary>Writes the answer: peers in six bytes each, or as dictionaries.</summary>
    /// <exception cref="InvalidOperationException">There are more than <see cref="PeersMax"/> peers.</exception>
    public byte[] Write(bool isCompact)
    {
        if (Peers.Count > PeersMax)
            throw new InvalidOperationException($"at most {PeersMax} peers fit in an answer");
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        WriteNumber(writer, "complete"u8, Complete);
        WriteText(writer, "failure reason"u8, FailureReason is { } reason ? Encoding.UTF8.GetBytes(reason) : null);
        WriteNumber(writer, "incomplete"u8, Incomplete);
        WriteNumber(writer, "interval"u8, (long?)Interval?.TotalSeconds);
        WriteNumber(writer, "min interval"u8, (long?)MinInterval?.TotalSeconds);
        if (FailureReason is null)
            WritePeers(writer, isCompact);
        WriteText(writer, "tracker id"u8, TrackerId is { } id ? Encoding.Latin1.GetBytes(id) : null);
        WriteText(writer, "warning message"u8, Warning is { } warning ? Encoding.UTF8.GetBytes(warning) : null);
        writer.End();
        return writer.ToArray();
    }

    private AnnounceAnswer With(ReadOnlySpan<byte> key, ref BencodeReader reader)
    {
        if (key.SequenceEqual("failure reason"u8))
            return this with { FailureReason = Text(reader.Bytes()) };
        if (key.SequenceEqual("warning message"u8))
            return this with { Warning = Text(reader.Bytes()) };
        if (key.SequenceEqual("tracker id"u8))
            return reader.Bytes() is { Length: <= TrackerIdBytesMax } id ? this with { TrackerId = Encoding.Latin1.GetString(id) } : this;
        reader.Skip();
        return this;
    }

    private static TimeSpan Seconds(ref BencodeReader reader) => TimeSpan.FromSeconds(Math.Clamp(reader.Integer(), 0, SecondsMax));

    // Shown to people, so it is one line whatever the tracker sent.
    private static string Text(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * TextLengthMax)]);
        return string.Create(Math.Min(text.Length, TextLengthMax), text, static (shown, text) =>
        {
            for (var i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
    }

    private static List<TrackedPeer> ReadCompact(ref BencodeReader reader)
    {
        var peers = new List<TrackedPeer>();
        var compact = reader.Bytes();
        for (; compact.Length >= Endpoint.CompactLength && peers.Count < PeersMax; compact = compact[Endpoint.CompactLength..])
        {
            Take(peers, new TrackedPeer(new Endpoint(
                BinaryPrimitives.ReadUInt32BigEndian(compact), BinaryPrimitives.ReadUInt16BigEndian(compact[4..]))));
        }

        return peers;
    }

    private static List<TrackedPeer> ReadDictionaries(ref BencodeReader reader)
    {
        var peers = new List<TrackedPeer>();
        reader.EnterList();
        while (reader.NextItem())
        {
            uint address = 0;
            long port = 0;
            Wire.PeerId? id = null;
            reader.EnterDictionary();
            while (reader.NextKey(out var key))
            {
                if (key.SequenceEqual("ip"u8))
                    _ = Endpoint.TryParseAddress(Text(reader.Bytes()), out address); // 0, which is nobody's, if it is none
                else if (key.SequenceEqual("port"u8))
                    port = reader.Integer();
                else if (key.SequenceEqual("peer id"u8))
                    id = reader.Bytes() is { Length: Wire.PeerId.Length } bytes ? Wire.PeerId.Read(bytes) : null;
                else
                    reader.Skip();
            }

            if (port is > 0 and <= ushort.MaxValue && peers.Count < PeersMax)
                Take(peers, new TrackedPeer(new Endpoint(address, (ushort)port), id));
        }

        return peers;
    }

    private static void Take(List<TrackedPeer> peers, TrackedPeer peer)
    {
        if (peer.Endpoint.IsUsable)
            peers.Add(peer);
    }

    private void WritePeers(BencodeWriter writer, bool isCompact)
    {
        writer.Key("peers"u8);
        if (isCompact)
        {
            Span<byte> compact = stackalloc byte[PeersMax * Endpoint.CompactLength];
            var output = new ByteWriter(compact);
            foreach (var (address, port) in Peers.Select(peer => peer.Endpoint))
            {
                output.UInt32(address);
                output.UInt16(port);
            }

            writer.Bytes(compact[..output.Written]);
            return;
        }

        Span<byte> id = stackalloc byte[Wire.PeerId.Length];
        writer.BeginList();
        foreach (var (endpoint, peerId) in Peers)
        {
            writer.BeginDictionary();
            writer.Key("ip"u8);
            writer.Bytes(Encoding.ASCII.GetBytes(Endpoint.AddressText(endpoint.Address)));
            if (peerId is { } told)
            {
                told.Write(id);
                writer.Key("peer id"u8);
                writer.Bytes(id);
            }

            writer.Key("port"u8);
            writer.Integer(endpoint.Port);
            writer.End();
        }

        writer.End();
    }

    private static void WriteNumber(BencodeWriter writer, ReadOnlySpan<byte> key, long? value)
    {
        if (value is not { } number)
            return;
        writer.Key(key);
        writer.Integer(number);
    }

    private static void WriteText(BencodeWriter writer, ReadOnlySpan<byte> key, byte[]? value)
    {
        if (value is null)
            return;
        writer.Key(key);
        writer.Bytes(value);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Wire;

namespace Roj.Files.Tracking;

// The query of an HTTP GET, in any order:
// info_hash=<20 bytes>&peer_id=<20 bytes>&port=6881&uploaded=0&downloaded=0&left=1048576
//   &compact=1&event=started&numwant=50&key=<text>&trackerid=<as it was told>
/// <summary>What a peer tells a tracker of itself (BEP 3, "trackers").</summary>
public sealed record AnnounceRequest
{
    /// <summary>Peers wanted by whoever does not say: what most trackers take it for.</summary>
    public const int NumWantDefault = 50;

    /// <summary>The file.</summary>
    public required Sha1Digest InfoHash { get; init; }

    /// <summary>The peer's own name.</summary>
    public required PeerId PeerId { get; init; }

    /// <summary>Where it listens; its address is the one that it calls from.</summary>
    public required ushort Port { get; init; }

    /// <summary>Bytes of payload given since it began.</summary>
    public long Uploaded { get; init; }

    /// <summary>Bytes of payload received since it began.</summary>
    public long Downloaded { get; init; }

    /// <summary>Bytes that it lacks; 0 only if it has all of the file.</summary>
    public required long Left { get; init; }

    /// <summary>Why it tells.</summary>
    public AnnounceEvent Event { get; init; }

    /// <summary>How many peers it wants to be told of.</summary>
    public int NumWant { get; init; } = NumWantDefault;

    /// <summary>Proves to the tracker that it is the same peer, should its address change; null for nothing.</summary>
    public string? Key { get; init; }

    /// <summary>What the tracker told it to say (one character a byte); null for nothing.</summary>
    public string? TrackerId { get; init; }

    /// <summary>Whether peers are wanted in six bytes each (BEP 23) or as dictionaries.</summary>
    public bool IsCompact { get; init; } = true;

    /// <summary>Whether the dictionaries need not tell names.</summary>
    public bool NoPeerId { get; init; }

    /// <summary>Writes the query, without a question mark.</summary>
    public string Query()
    {
        Span<byte> bytes = stackalloc byte[Sha1Digest.Length];
        var query = new StringBuilder("info_hash=");
        InfoHash.Write(bytes);
        QueryString.Encode(query, bytes);
        query.Append("&peer_id=");
        PeerId.Write(bytes);
        QueryString.Encode(query, bytes);
        query.Append(
            CultureInfo.InvariantCulture,
            $"&port={Port}&uploaded={Uploaded}&downloaded={Downloaded}&left={Left}&compact={(IsCompact ? 1 : 0)}");
        if (NoPeerId)
            query.Append("&no_peer_id=1");
        if (Event != AnnounceEvent.None)
            query.Append("&event=").Append(Name(Event));
        query.Append(CultureInfo.InvariantCulture, $"&numwant={NumWant}");
        Append(query, "&key=", Key);
        Append(query, "&trackerid=", TrackerId);
        return query.ToString();
    }

    /// <summary>Reads a query that may be hostile.</summary>
    /// <param name="query">What stands behind the question mark. Names that mean nothing here are passed over; of one that comes twice
    /// the last counts. <c>ip</c> is among them: a peer could name anybody's, and have a whole swarm call there.</param>
    /// <param name="request">What was read.</param>
    /// <param name="fault">What is wrong, for the peer's user.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> query,
        [NotNullWhen(true)] out AnnounceRequest? request,
        [NotNullWhen(false)] out string? fault)
    {
        request = null;
        Sha1Digest? infoHash = null;
        PeerId? peerId = null;
        ushort port = 0;
        var read = new AnnounceRequest { InfoHash = default, PeerId = default, Port = 0, Left = long.MaxValue, IsCompact = false };
        Span<byte> bytes = stackalloc byte[Sha1Digest.Length];
        var pairs = new QueryString(query);
        while (pairs.Next(out var name, out var value))
        {
            if (name.SequenceEqual("info_hash"u8))
                infoHash = QueryString.Decode(value, bytes) == bytes.Length ? Sha1Digest.Read(bytes) : null;
            else if (name.SequenceEqual("peer_id"u8))
                peerId = QueryString.Decode(value, bytes) == bytes.Length ? Wire.PeerId.Read(bytes) : null;
            else if (name.SequenceEqual("port"u8))
                port = QueryString.TryNumber(value, out var told) && told is > 0 and <= ushort.MaxValue ? (ushort)told : (ushort)0;
            else
                read = read.With(name, value);
        }

        fault = infoHash is null ? "info_hash is missing or has not 20 bytes"
            : peerId is null ? "peer_id is missing or has not 20 bytes"
            : port == 0 ? "port is missing or is none"
            : null;
        if (fault is not null)
            return false;
        request = read with { InfoHash = infoHash!.Value, PeerId = peerId!.Value, Port = port };
        return true;
    }

    // What a peer need not say, or says wrongly, has a value that does no harm: who does not say what it lacks lacks something.
    private AnnounceRequest With(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name switch
    {
        _ when name.SequenceEqual("left"u8) => this with { Left = QueryString.TryNumber(value, out var left) ? left : long.MaxValue },
        _ when name.SequenceEqual("uploaded"u8) => this with { Uploaded = QueryString.TryNumber(value, out var up) ? up : 0 },
        _ when name.SequenceEqual("downloaded"u8) => this with { Downloaded = QueryString.TryNumber(value, out var down) ? down : 0 },
        _ when name.SequenceEqual("numwant"u8) => this with
        {
            NumWant = QueryString.TryNumber(value, out var wanted) ? (int)Math.Min(wanted, int.MaxValue) : NumWantDefault,
        },
        _ when name.SequenceEqual("compact"u8) => this with { IsCompact = value.SequenceEqual("1"u8) },
        _ when name.SequenceEqual("no_peer_id"u8) => this with { NoPeerId = value.SequenceEqual("1"u8) },
        _ when name.SequenceEqual("event"u8) => this with { Event = EventNamed(value) },
        _ => this,
    };

    private static string Name(AnnounceEvent what) => what switch
    {
        AnnounceEvent.Started => "started",
        AnnounceEvent.Completed => "completed",
        AnnounceEvent.Stopped => "stopped",
        _ => "empty", // the same as saying nothing (BEP 3)
    };

    private static AnnounceEvent EventNamed(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("started"u8) ? AnnounceEvent.Started
        : name.SequenceEqual("completed"u8) ? AnnounceEvent.Completed
        : name.SequenceEqual("stopped"u8) ? AnnounceEvent.Stopped
        : AnnounceEvent.None;

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (value is null)
            return;
        query.Append(name);
        QueryString.Encode(query, Encoding.Latin1.GetBytes(value));
    }
}

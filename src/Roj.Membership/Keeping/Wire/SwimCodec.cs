using System.Text;
using System.Text.Unicode;
using Roj.Kernel;

namespace Roj.Membership.Keeping.Wire;

/// <summary>A <see cref="SwimMessage"/> as the bytes of one datagram. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0         4   5    6          +8         +16      +8            +4         +16 (ping, request) +6 (request)
///  +---------+---+----+----------+----------+--------+-------------+----------+-------------------+-----------+
///  | "ROJM"  | 1 |kind| cluster  | sender   | incarnation          | sequence | target            | at        |
///  +---------+---+----+----------+----------+----------------------+----------+-------------------+-----------+
///            version                               then how many rumours (1), the rumours, and zeros to the end:
///  +-------+------------+-------------+---------+--------------------------------------------------------------+
///  | state | 16 id      | incarnation | node    | alive: bytes | name… | http | swarm | colour | version | tags  |
///  |       |            |             |         | else: 16 accuser                                              |
///  +-------+------------+-------------+---------+--------------------------------------------------------------+
/// </code>
/// <para><c>cluster</c> is a hash of the cluster's name: a datagram of another cluster is told from a broken one, and its name stays out
/// of every probe.</para>
/// <para>A ping and a request are at least <see cref="PingLength"/> bytes long, so that the answer with a word of news is no longer, and a
/// forged one gains nothing (invariant M7).</para>
/// </remarks>
public static class SwimCodec
{
    /// <summary>Bytes of a datagram at most: it passes every path unfragmented.</summary>
    public const int Length = 1200;

    /// <summary>Bytes of a ping, and of a request for one, at least.</summary>
    public const int PingLength = 128;

    /// <summary>Bytes of a message without news, at most.</summary>
    public const int HeaderLength = 4 + 1 + 1 + 8 + NodeId.Length + 8 + 4 + NodeId.Length + Endpoint.CompactLength + 1;

    /// <summary>Rumours in one message at most: as many of the shortest as there is room for.</summary>
    public const int NewsMax = 32;

    /// <summary>Bytes of the shortest rumour: no other needs to be tried where there is less room.</summary>
    internal const int RumourLengthMin = RumourLength + ProfileLength + 1;

    private const uint Magic = 0x524F4A4D; // "ROJM"
    private const byte Version = 1;
    private const int RumourLength = 1 + NodeId.Length + 8 + Endpoint.CompactLength;
    private const int ProfileLength = 1 + 2 + 2 + 1 + 4 + 4;

    private enum Kind : byte
    {
        Ping = 1,
        PingRequest = 2,
        Ack = 3,
        Nack = 4,
        Tell = 5,
    }

    /// <summary>Whether a datagram says that it is one of these, of any version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) => new ByteReader(datagram).UInt32() == Magic;

    /// <summary>How a cluster's name stands in a datagram: FNV-1a, 64 bits. No secret, and no proof.</summary>
    public static ulong ClusterHash(string cluster)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(cluster))
            hash = (hash ^ b) * 1099511628211UL;
        return hash;
    }

    /// <summary>How many bytes a rumour takes.</summary>
    public static int Size(Rumour rumour)
    {
        ArgumentNullException.ThrowIfNull(rumour);
        return RumourLength + (rumour.Profile is { } profile ? ProfileLength + Encoding.UTF8.GetByteCount(profile.Name) : NodeId.Length);
    }

    /// <summary>How many bytes a message takes.</summary>
    public static int Size(SwimMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return HeaderSize(message) + message.News.Sum(Size);
    }

    /// <summary>How many bytes a message takes without its news.</summary>
    public static int HeaderSize(SwimMessage message) => HeaderLength - message switch
    {
        SwimMessage.PingRequest => 0,
        SwimMessage.Ping => Endpoint.CompactLength,
        _ => NodeId.Length + Endpoint.CompactLength,
    };

    /// <summary>Writes a message and returns how many bytes it took.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="Length"/>, or a name in it is too long.</exception>
    public static int Write(ulong cluster, SwimMessage message, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Size(message) > Length || message.News.Count > NewsMax)
            throw new ArgumentException("too much news for a datagram", nameof(message));
        var writer = new ByteWriter(destination);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)KindOf(message));
        writer.UInt64(cluster);
        writer.UInt128(message.Sender.Value);
        writer.UInt64(message.Incarnation);
        writer.UInt32(message.Sequence);
        if (message is SwimMessage.Ping ping)
        {
            writer.UInt128(ping.Target.Value);
        }
        else if (message is SwimMessage.PingRequest request)
        {
            writer.UInt128(request.Target.Value);
            WriteEndpoint(ref writer, request.At);
        }

        writer.Byte((byte)message.News.Count);
        foreach (var rumour in message.News)
            WriteRumour(ref writer, rumour);
        if (message is not (SwimMessage.Ping or SwimMessage.PingRequest) || writer.Written >= PingLength)
            return writer.Written;
        destination[writer.Written..PingLength].Clear();
        return PingLength;
    }

    /// <summary>Writes a rumour: what <see cref="Size(Rumour)"/> says.</summary>
    public static void WriteRumour(ref ByteWriter writer, Rumour rumour)
    {
        ArgumentNullException.ThrowIfNull(rumour);
        Check.That(rumour.Profile is not null == (rumour.State == MemberState.Alive));
        writer.Byte((byte)rumour.State);
        writer.UInt128(rumour.Id.Value);
        writer.UInt64(rumour.Incarnation);
        WriteEndpoint(ref writer, rumour.Node);
        if (rumour.Profile is { } profile)
            WriteProfile(ref writer, profile);
        else
            writer.UInt128(rumour.Accuser.Value);
    }

    /// <summary>Writes a profile.</summary>
    public static void WriteProfile(ref ByteWriter writer, Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var name = Encoding.UTF8.GetBytes(profile.Name);
        if (name.Length is 0 or > Profile.NameBytesMax)
            throw new ArgumentException($"a name of {name.Length} bytes", nameof(profile));
        writer.Byte((byte)name.Length);
        writer.Bytes(name);
        writer.UInt16(profile.HttpPort);
        writer.UInt16(profile.SwarmPort);
        writer.Byte(profile.Color);
        writer.UInt32(profile.Version);
        writer.UInt32(profile.TagsVersion);
    }

    /// <summary>Reads one whole datagram: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="cluster">The hash of the sender's cluster, if it got that far.</param>
    /// <param name="message">What it says.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> datagram, out ulong cluster, out SwimMessage? message)
    {
        (cluster, message) = (0, null);
        var reader = new ByteReader(datagram);
        if (datagram.Length > Length || reader.UInt32() != Magic || reader.Byte() != Version)
            return ReadStatus.Malformed;
        var kind = (Kind)reader.Byte();
        cluster = reader.UInt64();
        var sender = new NodeId(reader.UInt128());
        var incarnation = reader.UInt64();
        var sequence = reader.UInt32();
        var target = kind is Kind.Ping or Kind.PingRequest ? new NodeId(reader.UInt128()) : default;
        var at = kind is Kind.PingRequest ? ReadEndpoint(ref reader) : default;
        if (reader.Failed || incarnation >= Rumour.IncarnationLimit || (kind is Kind.PingRequest && !at.IsUsable))
            return ReadStatus.Malformed;

        int count = reader.Byte();
        if (reader.Failed || count > NewsMax)
            return ReadStatus.Malformed;
        var news = new Rumour[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRumour(ref reader, out var rumour))
                return ReadStatus.Malformed;
            news[i] = rumour!;
        }

        // What an answer may be as long as must have been sent; and what is not understood is refused.
        if (reader.Rest.ContainsAnyExcept((byte)0) || (kind is Kind.Ping or Kind.PingRequest && datagram.Length < PingLength))
            return ReadStatus.Malformed;

        message = kind switch
        {
            Kind.Ping => new SwimMessage.Ping(sender, incarnation, sequence, target, news),
            Kind.PingRequest => new SwimMessage.PingRequest(sender, incarnation, sequence, target, at, news),
            Kind.Ack => new SwimMessage.Ack(sender, incarnation, sequence, news),
            Kind.Nack => new SwimMessage.Nack(sender, incarnation, sequence, news),
            Kind.Tell => new SwimMessage.Tell(sender, incarnation, sequence, news),
            _ => null,
        };
        return message is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    /// <summary>Reads a rumour; false if it is none.</summary>
    public static bool TryReadRumour(ref ByteReader reader, out Rumour? rumour)
    {
        rumour = null;
        var state = (MemberState)reader.Byte();
        var id = new NodeId(reader.UInt128());
        var incarnation = reader.UInt64();
        var node = ReadEndpoint(ref reader);
        if (reader.Failed || state > MemberState.Left || incarnation >= Rumour.IncarnationLimit || !node.IsUsable)
            return false;
        if (state == MemberState.Alive)
        {
            if (!TryReadProfile(ref reader, out var profile))
                return false;
            rumour = new Rumour(id, incarnation, state, node, id, profile);
            return true;
        }

        rumour = new Rumour(id, incarnation, state, node, new NodeId(reader.UInt128()), null);
        return !reader.Failed;
    }

    /// <summary>Reads a profile; false if it is none.</summary>
    public static bool TryReadProfile(ref ByteReader reader, out Profile? profile)
    {
        profile = null;
        int length = reader.Byte();
        if (length is 0 or > Profile.NameBytesMax)
            return false;
        var name = reader.Take(length);
        if (reader.Failed || !Utf8.IsValid(name))
            return false;
        profile = new Profile(
            Encoding.UTF8.GetString(name), reader.UInt16(), reader.UInt16(), reader.Byte(), reader.UInt32(), reader.UInt32());
        return !reader.Failed;
    }

    internal static void WriteEndpoint(ref ByteWriter writer, Endpoint endpoint)
    {
        writer.UInt32(endpoint.Address);
        writer.UInt16(endpoint.Port);
    }

    internal static Endpoint ReadEndpoint(ref ByteReader reader) => new(reader.UInt32(), reader.UInt16());

    private static Kind KindOf(SwimMessage message) => message switch
    {
        SwimMessage.Ping => Kind.Ping,
        SwimMessage.PingRequest => Kind.PingRequest,
        SwimMessage.Ack => Kind.Ack,
        SwimMessage.Nack => Kind.Nack,
        _ => Kind.Tell,
    };
}

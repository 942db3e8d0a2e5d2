using Roj.Kernel;

namespace Roj.Election.Wire;

/// <summary>What a leader says to all, <see cref="ElectionMessage.Heartbeat"/> and <see cref="ElectionMessage.Resigned"/>, and what it may
/// be answered, <see cref="ElectionMessage.Outdated"/>, as the bytes of one datagram. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0         4   5    6         +8         +16       +8        +16      heartbeat: 8; resigned: 1 and 16 (zeros for none); outdated: none
///  +---------+---+----+---------+----------+---------+---------+-------------------+
///  | "ROJE"  | 1 |kind| cluster | sender   | counter | leader  | version           |
///  +---------+---+----+---------+----------+---------+---------+---+---------------+
///            version                                           | 1 | successor     |
///                                                              +---+---------------+
/// </code>
/// <para><c>cluster</c> is the hash of the cluster's name that members' datagrams carry too. Every kind has one length.</para>
/// <para>The sender is whoever leads, but of what is outdated: a datagram in which it is not is refused. That does not prove that it
/// is.</para>
/// </remarks>
public static class ElectionCodec
{
    /// <summary>Bytes of a datagram at most.</summary>
    public const int LengthMax = HeadLength + 1 + NodeId.Length;

    private const uint Magic = 0x524F4A45; // "ROJE"
    private const byte Version = 1;
    private const int HeadLength = 4 + 1 + 1 + 8 + NodeId.Length + Term.Length;

    private enum Kind : byte
    {
        Heartbeat = 1,
        Resigned = 2,
        Outdated = 3,
    }

    /// <summary>Whether a datagram says that it is one of these, of any version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) => new ByteReader(datagram).UInt32() == Magic;

    /// <summary>Writes a message and returns how many bytes it took.</summary>
    /// <param name="cluster">The hash of the cluster's name.</param>
    /// <param name="message">A heartbeat, or a resignation; its sender is who leads in its term.</param>
    /// <param name="destination">At least <see cref="LengthMax"/> bytes.</param>
    /// <exception cref="ArgumentException">It is none that goes by datagram.</exception>
    public static int Write(ulong cluster, ElectionMessage message, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(message);
        var (kind, term) = message switch
        {
            ElectionMessage.Heartbeat heartbeat => (Kind.Heartbeat, heartbeat.Term),
            ElectionMessage.Resigned resigned => (Kind.Resigned, resigned.Term),
            ElectionMessage.Outdated outdated => (Kind.Outdated, outdated.Known),
            _ => throw new ArgumentException($"no datagram: {message.GetType().Name}", nameof(message)),
        };
        var writer = new ByteWriter(destination);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)kind);
        writer.UInt64(cluster);
        writer.UInt128((message is ElectionMessage.Outdated { Sender: var sender } ? sender : term.Leader).Value);
        writer.UInt64(term.Counter);
        writer.UInt128(term.Leader.Value);
        if (message is ElectionMessage.Heartbeat { Version: var version })
        {
            writer.UInt64(version);
        }
        else if (message is ElectionMessage.Resigned { Successor: var successor })
        {
            writer.Byte(successor is null ? (byte)0 : (byte)1);
            writer.UInt128((successor ?? default).Value);
        }

        return writer.Written;
    }

    /// <summary>Reads one whole datagram: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="cluster">The hash of the sender's cluster, if it got that far.</param>
    /// <param name="sender">Whom it says that it comes from, if it got that far.</param>
    /// <param name="message">What it says; null if it makes no sense.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> datagram, out ulong cluster, out NodeId sender, out ElectionMessage? message)
    {
        (cluster, sender, message) = (0, default, null);
        var reader = new ByteReader(datagram);
        if (reader.UInt32() != Magic || reader.Byte() != Version)
            return ReadStatus.Malformed;
        var kind = (Kind)reader.Byte();
        cluster = reader.UInt64();
        sender = new NodeId(reader.UInt128());
        var term = new Term(reader.UInt64(), new NodeId(reader.UInt128()));
        if (reader.Failed || term.Counter > Term.CounterMax || (term.Leader != sender && kind is not Kind.Outdated))
            return ReadStatus.Malformed;

        ElectionMessage? read = kind switch
        {
            Kind.Heartbeat => new ElectionMessage.Heartbeat(term, reader.UInt64()),
            Kind.Outdated => new ElectionMessage.Outdated(sender, term),
            Kind.Resigned when TryReadSuccessor(ref reader, out var successor) => new ElectionMessage.Resigned(term, successor),
            _ => null,
        };
        if (read is null || reader.Failed || !reader.Rest.IsEmpty)
            return ReadStatus.Malformed;
        message = read;
        return ReadStatus.Done;
    }

    private static bool TryReadSuccessor(ref ByteReader reader, out NodeId? successor)
    {
        var (isThere, id) = (reader.Byte(), new NodeId(reader.UInt128()));
        successor = isThere == 1 ? id : null;
        return isThere == 1 || (isThere == 0 && id == default);
    }
}

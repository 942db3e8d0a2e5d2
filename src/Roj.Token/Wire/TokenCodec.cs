using System.Text;
using Roj.Kernel;

namespace Roj.Token.Wire;

/// <summary>What nodes say to each other about a token in one datagram. All numbers are big-endian.</summary>
/// <remarks>
/// <code>
///  0         4   5    6         +8         +16     +1   +n      here, generating: 48; where, recently: none
///  +---------+---+----+---------+----------+---+--------+-------+
///  | "ROJT"  | 1 |kind| cluster | sender   | n |  name  | stamp |
///  +---------+---+----+---------+----------+---+--------+-------+
/// </code>
/// <para><c>cluster</c> is the hash of the cluster's name that members' datagrams carry too.</para>
/// </remarks>
public static class TokenCodec
{
    /// <summary>Bytes of a datagram at most.</summary>
    public const int LengthMax = 4 + 1 + 1 + 8 + NodeId.Length + 1 + TokenName.LengthMax + TokenStamp.Length;

    private const uint Magic = 0x524F4A54; // "ROJT"
    private const byte Version = 1;

    private enum Kind : byte
    {
        Here = 1,
        Where = 2,
        Recently = 3,
        Generating = 4,
    }

    /// <summary>Whether a datagram says that it is one of these, of any version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> datagram) => new ByteReader(datagram).UInt32() == Magic;

    /// <summary>Whether a message goes by datagram; the others go by <see cref="TokenFrame"/>.</summary>
    public static bool IsDatagram(TokenMessage message) =>
        message is TokenMessage.Here or TokenMessage.Where or TokenMessage.Recently or TokenMessage.Generating;

    /// <summary>Writes a message and returns how many bytes it took.</summary>
    /// <param name="cluster">The hash of the cluster's name.</param>
    /// <param name="sender">Who says it.</param>
    /// <param name="name">Of which token.</param>
    /// <param name="message">What goes by datagram.</param>
    /// <param name="destination">At least <see cref="LengthMax"/> bytes.</param>
    /// <exception cref="ArgumentException">It is none that goes by datagram, or no token is called that.</exception>
    public static int Write(ulong cluster, NodeId sender, string name, TokenMessage message, Span<byte> destination)
    {
        if (!TokenName.IsOne(name))
            throw new ArgumentException("no token is called that", nameof(name));
        var writer = new ByteWriter(destination);
        writer.UInt32(Magic);
        writer.Byte(Version);
        writer.Byte((byte)(message switch
        {
            TokenMessage.Here => Kind.Here,
            TokenMessage.Where => Kind.Where,
            TokenMessage.Recently => Kind.Recently,
            TokenMessage.Generating => Kind.Generating,
            _ => throw new ArgumentException($"no datagram: {message?.GetType().Name}", nameof(message)),
        }));
        writer.UInt64(cluster);
        writer.UInt128(sender.Value);
        writer.Byte((byte)name.Length);
        writer.Bytes(Encoding.ASCII.GetBytes(name));
        if (message is TokenMessage.Here(var here))
            StampCodec.Write(ref writer, here);
        else if (message is TokenMessage.Generating(var candidate))
            StampCodec.Write(ref writer, candidate);
        return writer.Written;
    }

    /// <summary>Reads one whole datagram: <see cref="ReadStatus.Done"/> or <see cref="ReadStatus.Malformed"/>.</summary>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="heard">What it says; null if it makes no sense.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> datagram, out TokenDatagram? heard)
    {
        heard = null;
        var reader = new ByteReader(datagram);
        if (reader.UInt32() != Magic || reader.Byte() != Version)
            return ReadStatus.Malformed;
        var kind = (Kind)reader.Byte();
        var (cluster, sender) = (reader.UInt64(), new NodeId(reader.UInt128()));
        var name = TokenName.Read(reader.Take(reader.Byte()));
        TokenMessage? message = kind switch
        {
            Kind.Here => new TokenMessage.Here(StampCodec.Read(ref reader)),
            Kind.Where => new TokenMessage.Where(),
            Kind.Recently => new TokenMessage.Recently(),
            Kind.Generating => new TokenMessage.Generating(StampCodec.Read(ref reader)),
            _ => null,
        };
        if (reader.Failed || !reader.Rest.IsEmpty || name is null || message is null)
            return ReadStatus.Malformed;
        heard = new TokenDatagram(cluster, sender, name, message);
        return ReadStatus.Done;
    }
}

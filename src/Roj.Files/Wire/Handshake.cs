using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Wire;

//   0                1                     20          28           48        68
//  +----------------+---------------------+-----------+------------+---------+
//  | 19             | BitTorrent protocol | reserved  | info hash  | peer id |
//  +----------------+---------------------+-----------+------------+---------+
//  reserved[5] & 0x10: extension protocol (BEP 10); reserved[7] & 0x04: fast extension (BEP 6); other bits: not ours, passed over
/// <summary>The first 68 bytes from either side of a connection (BEP 3).</summary>
/// <param name="InfoHash">The file that the connection is about.</param>
/// <param name="PeerId">Who speaks.</param>
/// <param name="Fast">Whether the speaker knows the fast extension (BEP 6): in force when both do.</param>
/// <param name="Extended">Whether the speaker knows the extension protocol (BEP 10): in force when both do.</param>
public readonly record struct Handshake(Sha1Digest InfoHash, PeerId PeerId, bool Fast, bool Extended)
{
    /// <summary>Bytes of a handshake.</summary>
    public const int Length = 68;

    /// <summary>So many bytes tell which file a handshake is about: one who calls sends them before it knows whom it has
    /// reached.</summary>
    public const int InfoHashEnd = PeerIdAt;

    private const int ReservedAt = 20;
    private const int InfoHashAt = 28;
    private const int PeerIdAt = 48;
    private const int FastByte = ReservedAt + 7;
    private const byte FastBit = 0x04;
    private const int ExtendedByte = ReservedAt + 5;
    private const byte ExtendedBit = 0x10;

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    /// <summary>Reads the handshake at the front of <paramref name="input"/>.</summary>
    /// <returns><see cref="ReadStatus.Malformed"/> as soon as a byte shows that this is another protocol.</returns>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out Handshake handshake, out int consumed)
    {
        (handshake, consumed) = (default, 0);
        var shown = Math.Min(input.Length, Protocol.Length);
        if (!input[..shown].SequenceEqual(Protocol[..shown]))
            return ReadStatus.Malformed;
        if (input.Length < Length)
            return ReadStatus.NeedMore;
        handshake = new Handshake(
            Sha1Digest.Read(input[InfoHashAt..]),
            PeerId.Read(input[PeerIdAt..]),
            Fast: (input[FastByte] & FastBit) != 0,
            Extended: (input[ExtendedByte] & ExtendedBit) != 0);
        consumed = Length;
        return ReadStatus.Done;
    }

    /// <summary>Reads which file the handshake at the front of <paramref name="input"/> is about.</summary>
    /// <returns><see cref="ReadStatus.Malformed"/> as soon as a byte shows that this is another protocol.</returns>
    public static ReadStatus TryReadInfoHash(ReadOnlySpan<byte> input, out Sha1Digest infoHash)
    {
        infoHash = default;
        var shown = Math.Min(input.Length, Protocol.Length);
        if (!input[..shown].SequenceEqual(Protocol[..shown]))
            return ReadStatus.Malformed;
        if (input.Length < InfoHashEnd)
            return ReadStatus.NeedMore;
        infoHash = Sha1Digest.Read(input[InfoHashAt..]);
        return ReadStatus.Done;
    }

    /// <summary>Writes <see cref="Length"/> bytes to the front of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">It is too short.</exception>
    public void Write(Span<byte> destination)
    {
        Protocol.CopyTo(destination);
        destination[ReservedAt..InfoHashAt].Clear();
        destination[ExtendedByte] = Extended ? ExtendedBit : (byte)0;
        destination[FastByte] = Fast ? FastBit : (byte)0;
        InfoHash.Write(destination[InfoHashAt..]);
        PeerId.Write(destination[PeerIdAt..]);
    }
}

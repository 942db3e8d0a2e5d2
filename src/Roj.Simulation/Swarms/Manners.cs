using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms;

/// <summary>What becomes of the words of an honest node in the mouth of one that has other <see cref="Manner"/>s.</summary>
internal static class Manners
{
    private const byte ExtendedHandshakeId = 0;

    /// <summary>Those that do harm, in the order of <see cref="Manner"/>.</summary>
    public static ReadOnlySpan<Manner> Harmful =>
        [Manner.Spoiling, Manner.Mute, Manner.Choking, Manner.Idle, Manner.Misdescribing, Manner.Oversized];

    /// <summary>Whether a node means well, and must have the file in the end.</summary>
    public static bool IsHonest(this Manner manner) => manner is Manner.Honest or Manner.Plain;

    /// <summary>Whether it can be proven wrong: nobody else may be banned.</summary>
    public static bool Lies(this Manner manner) => manner is Manner.Spoiling or Manner.Misdescribing or Manner.Oversized;

    /// <summary>The handshake that is said for <paramref name="handshake"/>, or understood when it is heard.</summary>
    public static Handshake Alter(this Manner manner, Handshake handshake) =>
        manner is Manner.Plain ? handshake with { Fast = false } : handshake;

    /// <summary>What is said for <paramref name="message"/>; null for nothing.</summary>
    /// <param name="manner">How it treats its peers.</param>
    /// <param name="message">What an honest node would say.</param>
    /// <param name="claimedBytes">The length of the description that an <see cref="Manner.Oversized"/> one claims.</param>
    public static PeerMessage? Alter(this Manner manner, PeerMessage message, int claimedBytes) => (manner, message) switch
    {
        (Manner.Mute, _) => null,
        (Manner.Choking, PeerMessage.Unchoke or PeerMessage.Piece) => null,
        (Manner.Idle, PeerMessage.Piece or PeerMessage.Reject) => null,
        (Manner.Misdescribing, PeerMessage.Extended(not ExtendedHandshakeId, _) metadata) => Misdescribe(metadata),
        (Manner.Oversized, PeerMessage.Extended extended) => Stretch(extended, claimedBytes),
        _ => message,
    };

    /// <summary>A length that a description of <paramref name="trueBytes"/> does not have.</summary>
    public static int ClaimedBytes(int trueBytes, Rng rng) => rng.Next(6) switch
    {
        0 => -1,
        1 => 0,
        2 => 1,
        3 => trueBytes - 1,
        4 => InfoDictionary.BytesMax,
        _ => InfoDictionary.BytesMax + 1,
    };

    /// <summary>Flips a bit of one payload in two.</summary>
    public static void Spoil(Span<byte> payload, Rng rng)
    {
        if (rng.Chance(1, 2))
            payload[rng.Next(payload.Length)] ^= (byte)(1 << rng.Next(8));
    }

    /// <summary>Asks for what it was never told of, now and then for what does not exist.</summary>
    public static void Pester(SimStream stream, PeerMessage said, InfoDictionary? info, Rng rng)
    {
        if (said is not (PeerMessage.HaveAll or PeerMessage.Bitfield) || info is not { PieceCount: > 0 })
            return;
        var piece = rng.Next(info.PieceCount + 1);
        var request = new PeerMessage.Request(new Block(piece, 0, piece < info.PieceCount ? info.PieceSize(piece) : 1));
        Span<byte> bytes = stackalloc byte[PeerCodec.Size(request)];
        PeerCodec.Write(request, bytes);
        stream.Write(bytes);
    }

    private static PeerMessage.Extended Misdescribe(PeerMessage.Extended message)
    {
        if (!MetadataMessage.TryRead(message.Payload.Span, out var metadata) || metadata is not MetadataMessage.Data data)
            return message;
        var bytes = data.Bytes.ToArray();
        bytes[bytes.Length / 2] ^= 1;
        return message with { Payload = (data with { Bytes = bytes }).Write() };
    }

    private static PeerMessage.Extended Stretch(PeerMessage.Extended message, int claimedBytes)
    {
        if (message.Id == ExtendedHandshakeId)
        {
            return ExtendedHandshake.TryRead(message.Payload.Span, out var handshake)
                ? message with { Payload = (handshake with { MetadataSize = claimedBytes }).Write() }
                : message;
        }

        // Whatever part is asked for is there, and full.
        if (claimedBytes <= 0 || !MetadataMessage.TryRead(message.Payload.Span, out var metadata))
            return message;
        var piece = metadata switch
        {
            MetadataMessage.Data data => data.Piece,
            MetadataMessage.Reject reject => reject.Piece,
            _ => -1,
        };
        var isThere = piece >= 0 && piece < MetadataMessage.CountPieces(claimedBytes);
        return isThere
            ? message with
            {
                Payload = new MetadataMessage.Data(piece, claimedBytes, new byte[MetadataMessage.PieceSize(piece, claimedBytes)]).Write(),
            }
            : message;
    }
}

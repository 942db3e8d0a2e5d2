using System.Diagnostics.CodeAnalysis;
using Roj.Files.Bencoding;
using Roj.Files.Metadata;

namespace Roj.Files.Wire;

// Payload of the extended message that the receiver called ut_metadata:
// request   d 8:msg_type i0e  5:piece i <index> e e
// data      d 8:msg_type i1e  5:piece i <index> e  10:total_size i <bytes> e e  <bytes of the piece>
// reject    d 8:msg_type i2e  5:piece i <index> e e
/// <summary>How a peer gets the info dictionary from another (BEP 9), in pieces of 16 KiB, of which the last may be shorter.</summary>
public abstract record MetadataMessage
{
    /// <summary>Bytes of each piece but the last.</summary>
    public const int PieceLength = 16 << 10;

    /// <summary>The longest info dictionary.</summary>
    public const int TotalSizeMax = InfoDictionary.BytesMax;

    /// <summary>The most pieces.</summary>
    public const int PieceCountMax = TotalSizeMax / PieceLength;

    private const int RequestType = 0;
    private const int DataType = 1;
    private const int RejectType = 2;

    private MetadataMessage()
    {
    }

    /// <summary>The pieces of a dictionary of <paramref name="totalSize"/> bytes.</summary>
    public static int CountPieces(int totalSize) => (totalSize + PieceLength - 1) / PieceLength;

    /// <summary>Bytes of piece <paramref name="piece"/>, which is there, of a dictionary of <paramref name="totalSize"/> bytes.</summary>
    public static int PieceSize(int piece, int totalSize) => Math.Min(PieceLength, totalSize - (piece * PieceLength));

    /// <summary>Reads a message that may be hostile. It holds a copy of its bytes.</summary>
    /// <remarks>Refused: a piece that no dictionary of at most <see cref="TotalSizeMax"/> has, a number of bytes that isn't the piece's,
    /// bytes behind a message that has none.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out MetadataMessage? message)
    {
        message = null;
        var (type, piece, totalSize) = (-1L, -1, 0);
        var reader = new BencodeReader(payload);
        reader.EnterDictionary();
        while (reader.NextKey(out var key))
        {
            if (key.SequenceEqual("msg_type"u8))
                type = reader.Integer(0, long.MaxValue);
            else if (key.SequenceEqual("piece"u8))
                piece = (int)reader.Integer(0, PieceCountMax - 1);
            else if (key.SequenceEqual("total_size"u8))
                totalSize = (int)reader.Integer(0, TotalSizeMax);
            else
                reader.Skip();
        }

        if (reader.Failed || type < 0)
            return false;
        var bytes = reader.Rest;
        message = type switch
        {
            RequestType when piece >= 0 && bytes.IsEmpty => new Request(piece),
            DataType when piece >= 0 && piece < CountPieces(totalSize) && bytes.Length == PieceSize(piece, totalSize) =>
                new Data(piece, totalSize, bytes.ToArray()),
            RejectType when piece >= 0 && bytes.IsEmpty => new Reject(piece),
            > RejectType => new Unknown(type),
            _ => null,
        };
        return message is not null;
    }

    /// <summary>Writes the payload.</summary>
    /// <exception cref="InvalidOperationException">It is <see cref="Unknown"/>, which nobody sends.</exception>
    public byte[] Write() => this switch
    {
        Request(var piece) => Write(RequestType, piece, totalSize: null, default),
        Data(var piece, var totalSize, var bytes) => Write(DataType, piece, totalSize, bytes.Span),
        Reject(var piece) => Write(RejectType, piece, totalSize: null, default),
        _ => throw new InvalidOperationException("a message that isn't known can't be sent"),
    };

    private static byte[] Write(int type, int piece, int? totalSize, ReadOnlySpan<byte> bytes)
    {
        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("msg_type"u8);
        writer.Integer(type);
        writer.Key("piece"u8);
        writer.Integer(piece);
        if (totalSize is { } size)
        {
            writer.Key("total_size"u8);
            writer.Integer(size);
        }

        writer.End();
        return [.. writer.Written, .. bytes];
    }

    /// <summary>Send me this piece of the info dictionary.</summary>
    /// <param name="Piece">Which one, from 0.</param>
    public sealed record Request(int Piece) : MetadataMessage;

    /// <summary>Here is a piece of the info dictionary.</summary>
    /// <param name="Piece">Which one, from 0.</param>
    /// <param name="TotalSize">Bytes of the whole dictionary, 1 to <see cref="TotalSizeMax"/>.</param>
    /// <param name="Bytes">The piece: as many bytes as that piece of such a dictionary has.</param>
    public sealed record Data(int Piece, int TotalSize, ReadOnlyMemory<byte> Bytes) : MetadataMessage;

    /// <summary>I don't have the info dictionary, or won't send this piece now.</summary>
    /// <param name="Piece">Which one, from 0.</param>
    public sealed record Reject(int Piece) : MetadataMessage;

    /// <summary>A message of a later BEP, which "must be ignored".</summary>
    /// <param name="Type">Its <c>msg_type</c>.</param>
    public sealed record Unknown(long Type) : MetadataMessage;
}

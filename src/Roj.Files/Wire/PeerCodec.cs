using System.Buffers.Binary;
using Roj.Kernel;

namespace Roj.Files.Wire;

//   0                 4    5          9          13
//  +-----------------+----+----------+----------+----------------+
//  | length          | id | what the message says                |
//  +-----------------+----+----------+----------+----------------+
//  length 0           keep-alive: no id                          BEP 3
//  1      choke 0  unchoke 1  interested 2  not interested 3     BEP 3
//  5      have 4     | index    |                                BEP 3
//  1+n    bitfield 5 | bits ...                                  BEP 3
//  13     request 6  | index    | begin    | length   |          BEP 3
//  9+n    piece 7    | index    | begin    | bytes ...           BEP 3
//  13     cancel 8   | index    | begin    | length   |          BEP 3
//  5      suggest 13 | index    |                                BEP 6
//  1      have all 14  have none 15                              BEP 6
//  13     reject 16  | index    | begin    | length   |          BEP 6
//  5      allowed fast 17 | index |                              BEP 6
//  2+n    extended 20 | its id: 1 byte | payload ...             BEP 10
//  Numbers are big-endian and unsigned. The length counts all that is behind it.
/// <summary>Reads and writes the messages of BEP 3, BEP 6 and BEP 10, one frame at a time.</summary>
public static class PeerCodec
{
    /// <summary>The longest block that is asked for or sent: 1 MiB. BEP 3's programs use 16 KiB.</summary>
    public const int BlockLengthMax = 1 << 20;

    /// <summary>Bytes of a piece message in front of its payload, the length prefix included.</summary>
    public const int PieceHeaderLength = 13;

    private const int PrefixLength = 4;
    private const int IndexFrame = 5;
    private const int BlockFrame = 13;

    private static readonly PeerMessage KeepAlive = new PeerMessage.KeepAlive();
    private static readonly PeerMessage Choke = new PeerMessage.Choke();
    private static readonly PeerMessage Unchoke = new PeerMessage.Unchoke();
    private static readonly PeerMessage Interested = new PeerMessage.Interested();
    private static readonly PeerMessage NotInterested = new PeerMessage.NotInterested();
    private static readonly PeerMessage HaveAll = new PeerMessage.HaveAll();
    private static readonly PeerMessage HaveNone = new PeerMessage.HaveNone();

    private enum Id : byte
    {
        Choke = 0,
        Unchoke = 1,
        Interested = 2,
        NotInterested = 3,
        Have = 4,
        Bitfield = 5,
        Request = 6,
        Piece = 7,
        Cancel = 8,
        Suggest = 13,
        HaveAll = 14,
        HaveNone = 15,
        Reject = 16,
        AllowedFast = 17,
        Extended = 20,
    }

    /// <summary>Reads the frame at the front of <paramref name="input"/>.</summary>
    /// <remarks>
    /// <para>A <see cref="PeerMessage.Piece"/> is done when its whole payload is there, and doesn't hold it: the payload is the last
    /// <see cref="Block.Length"/> bytes of the <paramref name="consumed"/> ones.</para>
    /// <para>Blocks are at least 1 and at most <see cref="BlockLengthMax"/> long and end below 2^31, so that
    /// <c>Begin + Length</c> can't overflow; indices are below 2^31. Else the frame is malformed, as soon as that shows.</para>
    /// </remarks>
    /// <param name="input">What was received and not consumed.</param>
    /// <param name="limit">The longest frame that is accepted, without its length prefix: checked before anything is allocated.</param>
    /// <param name="message">What it says, with copies of what it holds; null unless done.</param>
    /// <param name="consumed">The bytes that it took; 0 unless done.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, int limit, out PeerMessage? message, out int consumed)
    {
        (message, consumed) = (null, 0);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (!BinaryPrimitives.TryReadUInt32BigEndian(input, out var length))
            return ReadStatus.NeedMore;
        if (length > (uint)limit)
            return ReadStatus.Malformed;
        var rest = input[PrefixLength..];
        var whole = rest.Length >= length;
        var frame = whole ? rest[..(int)length] : rest;
        if (length != 0 && (frame.IsEmpty || !MayBecomeRight((Id)frame[0], length, frame[1..])))
            return frame.IsEmpty ? ReadStatus.NeedMore : ReadStatus.Malformed;
        if (!whole)
            return ReadStatus.NeedMore;
        message = length == 0 ? KeepAlive : Read((Id)frame[0], frame[1..]);
        consumed = PrefixLength + (int)length;
        return ReadStatus.Done;
    }

    /// <summary>Reads the header of a piece from the front of <paramref name="input"/>, whose payload may still be on its way.</summary>
    /// <returns>False if something else begins there, or is malformed, or too little has come to tell.</returns>
    public static bool TryReadPieceHeader(ReadOnlySpan<byte> input, out Block block)
    {
        block = default;
        if (input.Length < PieceHeaderLength || !IsPiece(input))
            return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(input);
        var body = input[(PrefixLength + 1)..];
        if (!MayBecomeRight(Id.Piece, length, body))
            return false;
        block = new Block(ReadIndex(body), ReadIndex(body[4..]), (int)length - (PieceHeaderLength - PrefixLength));
        return true;
    }

    /// <summary>Whether the frame at the front of <paramref name="input"/> is a piece, as far as its id tells.</summary>
    internal static bool IsPiece(ReadOnlySpan<byte> input) => input.Length > PrefixLength && (Id)input[PrefixLength] == Id.Piece;

    /// <summary>Bytes that <see cref="Write"/> writes: the whole frame, but for a piece its header only.</summary>
    /// <exception cref="ArgumentException">It is <see cref="PeerMessage.Unknown"/>, which has no bytes.</exception>
    public static int Size(PeerMessage message) => message switch
    {
        PeerMessage.KeepAlive => PrefixLength,
        PeerMessage.Have or PeerMessage.Suggest or PeerMessage.AllowedFast => PrefixLength + IndexFrame,
        PeerMessage.Request or PeerMessage.Cancel or PeerMessage.Reject => PrefixLength + BlockFrame,
        PeerMessage.Piece => PieceHeaderLength,
        PeerMessage.Bitfield(var bits) => PrefixLength + 1 + bits.Length,
        PeerMessage.Extended(_, var payload) => PrefixLength + 2 + payload.Length,
        PeerMessage.Unknown => throw new ArgumentException("a message that isn't known can't be sent", nameof(message)),
        _ => PrefixLength + 1,
    };

    /// <summary>Writes the frame to the front of <paramref name="destination"/>; of a piece the header only.</summary>
    /// <remarks>A piece's length prefix counts the payload, which whoever sends it sends right behind.</remarks>
    /// <returns>How many bytes that took: <see cref="Size"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short, or the message <see cref="PeerMessage.Unknown"/>.</exception>
    public static int Write(PeerMessage message, Span<byte> destination)
    {
        var size = Size(message);
        var payload = message is PeerMessage.Piece(var sent) ? sent.Length : 0;
        var writer = new ByteWriter(destination[..size]);
        writer.UInt32((uint)(size - PrefixLength + payload));
        if (message is not PeerMessage.KeepAlive)
            WriteBody(message, ref writer);
        return writer.Written;
    }

    private static bool MayBecomeRight(Id id, uint length, ReadOnlySpan<byte> body) => id switch
    {
        Id.Choke or Id.Unchoke or Id.Interested or Id.NotInterested or Id.HaveAll or Id.HaveNone => length == 1,
        Id.Have or Id.Suggest or Id.AllowedFast => length == IndexFrame && IsIndex(body),
        Id.Request or Id.Cancel or Id.Reject => length == BlockFrame && IsBlock(body, blockLength: null),
        Id.Piece => length >= 9 && IsBlock(body, blockLength: length - 9),
        Id.Extended => length >= 2,
        _ => true,
    };

    private static bool IsIndex(ReadOnlySpan<byte> body) =>
        !BinaryPrimitives.TryReadUInt32BigEndian(body, out var index) || index <= int.MaxValue;

    private static bool IsBlock(ReadOnlySpan<byte> body, uint? blockLength)
    {
        var reader = new ByteReader(body);
        var (piece, begin) = (reader.UInt32(), reader.UInt32());
        var length = blockLength ?? reader.UInt32();
        // What has not come yet may still become right.
        if (reader.Failed)
            return IsIndex(body) && blockLength is null or (>= 1 and <= BlockLengthMax);
        return piece <= int.MaxValue && length is >= 1 and <= BlockLengthMax && (ulong)begin + length <= int.MaxValue;
    }

    private static PeerMessage Read(Id id, ReadOnlySpan<byte> body) => id switch
    {
        Id.Choke => Choke,
        Id.Unchoke => Unchoke,
        Id.Interested => Interested,
        Id.NotInterested => NotInterested,
        Id.Have => new PeerMessage.Have(ReadIndex(body)),
        Id.Bitfield => new PeerMessage.Bitfield(body.ToArray()),
        Id.Request => new PeerMessage.Request(ReadBlock(body)),
        Id.Piece => new PeerMessage.Piece(new Block(ReadIndex(body), ReadIndex(body[4..]), body.Length - 8)),
        Id.Cancel => new PeerMessage.Cancel(ReadBlock(body)),
        Id.Suggest => new PeerMessage.Suggest(ReadIndex(body)),
        Id.HaveAll => HaveAll,
        Id.HaveNone => HaveNone,
        Id.Reject => new PeerMessage.Reject(ReadBlock(body)),
        Id.AllowedFast => new PeerMessage.AllowedFast(ReadIndex(body)),
        Id.Extended => new PeerMessage.Extended(body[0], body[1..].ToArray()),
        _ => new PeerMessage.Unknown((byte)id),
    };

    private static int ReadIndex(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt32BigEndian(body);

    private static Block ReadBlock(ReadOnlySpan<byte> body) => new(ReadIndex(body), ReadIndex(body[4..]), ReadIndex(body[8..]));

    private static void WriteBody(PeerMessage message, ref ByteWriter writer)
    {
        writer.Byte((byte)IdOf(message));
        switch (message)
        {
            case PeerMessage.Have(var index):
                writer.UInt32((uint)index);
                break;
            case PeerMessage.Suggest(var index):
                writer.UInt32((uint)index);
                break;
            case PeerMessage.AllowedFast(var index):
                writer.UInt32((uint)index);
                break;
            case PeerMessage.Bitfield(var bits):
                writer.Bytes(bits.Span);
                break;
            case PeerMessage.Request(var block):
                WriteBlock(block, ref writer);
                break;
            case PeerMessage.Cancel(var block):
                WriteBlock(block, ref writer);
                break;
            case PeerMessage.Reject(var block):
                WriteBlock(block, ref writer);
                break;
            case PeerMessage.Piece(var block): // its length is the prefix's
                writer.UInt32((uint)block.Piece);
                writer.UInt32((uint)block.Begin);
                break;
            case PeerMessage.Extended(var id, var payload):
                writer.Byte(id);
                writer.Bytes(payload.Span);
                break;
        }
    }

    private static void WriteBlock(Block block, ref ByteWriter writer)
    {
        writer.UInt32((uint)block.Piece);
        writer.UInt32((uint)block.Begin);
        writer.UInt32((uint)block.Length);
    }

    private static Id IdOf(PeerMessage message) => message switch
    {
        PeerMessage.Choke => Id.Choke,
        PeerMessage.Unchoke => Id.Unchoke,
        PeerMessage.Interested => Id.Interested,
        PeerMessage.NotInterested => Id.NotInterested,
        PeerMessage.Have => Id.Have,
        PeerMessage.Bitfield => Id.Bitfield,
        PeerMessage.Request => Id.Request,
        PeerMessage.Piece => Id.Piece,
        PeerMessage.Cancel => Id.Cancel,
        PeerMessage.Suggest => Id.Suggest,
        PeerMessage.HaveAll => Id.HaveAll,
        PeerMessage.HaveNone => Id.HaveNone,
        PeerMessage.Reject => Id.Reject,
        PeerMessage.AllowedFast => Id.AllowedFast,
        PeerMessage.Extended => Id.Extended,
        _ => throw new ArgumentException($"{message} has no id of its own", nameof(message)),
    };
}

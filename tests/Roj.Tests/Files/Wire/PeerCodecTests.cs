using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class PeerCodecTests
{
    private static readonly Block B = new(0x01020304, 0x4000, 0x8000);

    /// <summary>Each message and its literal bytes; a piece with a payload of three.</summary>
    private static readonly (PeerMessage Message, string Hex)[] Literals =
    [
        (new PeerMessage.KeepAlive(), "00000000"),
        (new PeerMessage.Choke(), "00000001 00"),
        (new PeerMessage.Unchoke(), "00000001 01"),
        (new PeerMessage.Interested(), "00000001 02"),
        (new PeerMessage.NotInterested(), "00000001 03"),
        (new PeerMessage.Have(0x7FFFFFFF), "00000005 04 7FFFFFFF"),
        (new PeerMessage.Bitfield(new byte[] { 0xA0, 0x01 }), "00000003 05 A001"),
        (new PeerMessage.Bitfield(Array.Empty<byte>()), "00000001 05"),
        (new PeerMessage.Request(B), "0000000D 06 01020304 00004000 00008000"),
        (new PeerMessage.Piece(new Block(2, 5, 3)), "0000000C 07 00000002 00000005 AABBCC"),
        (new PeerMessage.Cancel(B), "0000000D 08 01020304 00004000 00008000"),
        (new PeerMessage.Suggest(7), "00000005 0D 00000007"),
        (new PeerMessage.HaveAll(), "00000001 0E"),
        (new PeerMessage.HaveNone(), "00000001 0F"),
        (new PeerMessage.Reject(B), "0000000D 10 01020304 00004000 00008000"),
        (new PeerMessage.AllowedFast(0), "00000005 11 00000000"),
        (new PeerMessage.Extended(0, new byte[] { 0x64, 0x65 }), "00000004 14 00 6465"),
        (new PeerMessage.Extended(255, Array.Empty<byte>()), "00000002 14 FF"),
    ];

    [Fact]
    public void Writes_literal_bytes()
    {
        foreach (var (message, hex) in Literals)
        {
            var expected = Hex.Bytes(hex);
            if (message is PeerMessage.Piece)
                expected = expected[..PeerCodec.PieceHeaderLength];
            Assert.Equal(expected, Write(message));
        }
    }

    [Fact]
    public void Reads_literal_bytes_at_every_cut()
    {
        var all = Literals.SelectMany(literal => Hex.Bytes(literal.Hex)).ToArray();
        foreach (var cut in Delivery.Cuts(all))
        {
            var read = Delivery.ReadAll<PeerMessage?>(cut, TryRead);
            Assert.Equal(Literals.Length, read.Count);
            foreach (var ((expected, _), message) in Literals.Zip(read))
                AssertSame(expected, message);
        }
    }

    [Fact]
    public void A_pieces_payload_is_the_end_of_what_was_consumed()
    {
        var bytes = Hex.Bytes("0000000C 07 00000002 00000005 AABBCC 00000000");
        Assert.Equal(ReadStatus.NeedMore, PeerCodec.TryRead(bytes.AsSpan(0, 15), 100, out _, out _));
        Assert.Equal(ReadStatus.Done, PeerCodec.TryRead(bytes, 100, out var message, out var consumed));

        var block = Assert.IsType<PeerMessage.Piece>(message).Block;
        Assert.Equal(new Block(2, 5, 3), block);
        Assert.Equal([0xAA, 0xBB, 0xCC], bytes[(consumed - block.Length)..consumed]);
    }

    [Fact]
    public void A_piece_is_written_as_its_header()
    {
        var message = new PeerMessage.Piece(new Block(1, 2, PeerCodec.BlockLengthMax));
        Assert.Equal(PeerCodec.PieceHeaderLength, PeerCodec.Size(message));
        Assert.Equal(Hex.Bytes("00100009 07 00000001 00000002"), Write(message));
    }

    [Fact]
    public void What_is_not_known_is_passed_over()
    {
        var bytes = Hex.Bytes("00000003 09 1AE1 00000001 FF 00000001 00");
        foreach (var cut in Delivery.Cuts(bytes))
        {
            Assert.Equal(
                [new PeerMessage.Unknown(9), new PeerMessage.Unknown(255), new PeerMessage.Choke()],
                Delivery.ReadAll<PeerMessage?>(cut, TryRead));
        }

        Assert.Throws<ArgumentException>(() => PeerCodec.Size(new PeerMessage.Unknown(9)));
        Assert.Throws<ArgumentException>(() => PeerCodec.Write(new PeerMessage.Unknown(9), new byte[100]));
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("00000001 00")]
    [InlineData("00000001 01")]
    [InlineData("00000001 02")]
    [InlineData("00000001 03")]
    [InlineData("00000001 0E")]
    [InlineData("00000001 0F")]
    public void Messages_without_content_are_made_once(string hex)
    {
        TryRead(Hex.Bytes(hex), out var first, out _);
        TryRead(Hex.Bytes(hex), out var second, out _);
        Assert.Same(first, second);
    }

    [Fact]
    public void What_was_read_is_not_the_buffer()
    {
        var bytes = Hex.Bytes("00000003 05 A001");
        TryRead(bytes, out var message, out _);
        bytes[5] = 0;
        Assert.Equal([0xA0, 0x01], Assert.IsType<PeerMessage.Bitfield>(message).Bits.ToArray());
    }

    [Fact]
    public void A_short_destination_is_the_callers_mistake()
    {
        foreach (var (message, _) in Literals)
            Assert.ThrowsAny<ArgumentException>(() => PeerCodec.Write(message, new byte[PeerCodec.Size(message) - 1]));
    }

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll(AnyMessage.ToArbitrary(), message =>
    {
        var payload = message is PeerMessage.Piece(var block) ? new byte[block.Length] : [];
        byte[] bytes = [.. Write(message), .. payload];
        var status = PeerCodec.TryRead(bytes, bytes.Length - 4, out var read, out var consumed);
        return status == ReadStatus.Done && consumed == bytes.Length && read!.GetType() == message.GetType() &&
            Write(read).AsSpan().SequenceEqual(Write(message));
    }).QuickCheckThrowOnFailure();

    private static Gen<PeerMessage> AnyMessage
    {
        get
        {
            var index = Gen.Choose(0, int.MaxValue);
            var block =
                from piece in index
                from begin in Gen.Choose(0, 1 << 30)
                from length in Gen.Choose(1, PeerCodec.BlockLengthMax)
                select new Block(piece, begin, length);
            var bytes = ArbMap.Default.GeneratorFor<byte[]>();
            return Gen.OneOf(
                Gen.Elements(Literals.Select(literal => literal.Message).ToArray()),
                index.Select(PeerMessage (i) => new PeerMessage.Have(i)),
                index.Select(PeerMessage (i) => new PeerMessage.Suggest(i)),
                index.Select(PeerMessage (i) => new PeerMessage.AllowedFast(i)),
                block.Select(PeerMessage (b) => new PeerMessage.Request(b)),
                block.Select(PeerMessage (b) => new PeerMessage.Piece(b)),
                block.Select(PeerMessage (b) => new PeerMessage.Cancel(b)),
                block.Select(PeerMessage (b) => new PeerMessage.Reject(b)),
                bytes.Select(PeerMessage (b) => new PeerMessage.Bitfield(b)),
                bytes.Select(PeerMessage (b) => new PeerMessage.Extended((byte)b.Length, b)));
        }
    }

    private static ReadStatus TryRead(ReadOnlySpan<byte> input, out PeerMessage? message, out int consumed) =>
        PeerCodec.TryRead(input, 100, out message, out consumed);

    private static byte[] Write(PeerMessage message)
    {
        var bytes = new byte[PeerCodec.Size(message)];
        Assert.Equal(bytes.Length, PeerCodec.Write(message, bytes));
        return bytes;
    }

    // Records compare memory by where it is.
    private static void AssertSame(PeerMessage expected, PeerMessage? actual)
    {
        switch (expected, actual)
        {
            case (PeerMessage.Bitfield(var bits), PeerMessage.Bitfield(var actualBits)):
                Assert.Equal(bits.Span, actualBits.Span);
                break;
            case (PeerMessage.Extended(var id, var payload), PeerMessage.Extended(var actualId, var actualPayload)):
                Assert.Equal(id, actualId);
                Assert.Equal(payload.Span, actualPayload.Span);
                break;
            default:
                Assert.Equal(expected, actual);
                break;
        }
    }
}

using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

/// <summary>The header of a piece whose payload is still on its way.</summary>
public class PieceHeaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(PeerCodec.BlockLengthMax)]
    public void It_is_read_as_soon_as_it_is_there(int length)
    {
        var block = new Block(3, 70_000, length);
        var header = Header(block);
        for (var came = 0; came < PeerCodec.PieceHeaderLength; came++)
            Assert.False(PeerCodec.TryReadPieceHeader(header.AsSpan(0, came), out _));
        Assert.True(PeerCodec.TryReadPieceHeader(header, out var read));
        Assert.Equal(block, read);
        Assert.True(PeerCodec.TryReadPieceHeader((byte[])[.. header, 1], out read));
        Assert.Equal(block, read);
    }

    [Fact]
    public void Neither_another_message_nor_a_block_one_byte_too_long_is_one()
    {
        var request = new byte[17];
        PeerCodec.Write(new PeerMessage.Request(new Block(1, 2, 3)), request);
        Assert.False(PeerCodec.TryReadPieceHeader(request, out _));
        Assert.False(PeerCodec.TryReadPieceHeader(Header(new Block(0, 0, PeerCodec.BlockLengthMax + 1)), out _));
        Assert.False(PeerCodec.TryReadPieceHeader(Header(new Block(0, int.MaxValue, 1)), out _)); // ends at 2^31
        Assert.False(PeerCodec.TryReadPieceHeader(Header(new Block(0, 0, 0)), out _));
    }

    [Fact]
    public void Before_the_handshake_there_is_none()
    {
        var reader = new PeerReader();
        Assert.False(reader.TryReadPieceHeader(Header(new Block(0, 0, 9)), out _));
        var handshake = new byte[Handshake.Length];
        new Handshake(default, default, Fast: false, Extended: false).Write(handshake);
        Assert.Equal(ReadStatus.Done, reader.TryRead(handshake, out _, out _, out _));
        Assert.True(reader.TryReadPieceHeader(Header(new Block(0, 0, 9)), out _));
    }

    [Theory]
    [InlineData(7, PeerReader.PieceFrameBytesMax, ReadStatus.NeedMore)]
    [InlineData(7, PeerReader.PieceFrameBytesMax + 1, ReadStatus.Malformed)]
    [InlineData(99, PeerReader.FrameBytesMax, ReadStatus.NeedMore)]
    [InlineData(99, PeerReader.FrameBytesMax + 1, ReadStatus.Malformed)]
    [InlineData(null, PeerReader.PieceFrameBytesMax, ReadStatus.NeedMore)]
    [InlineData(null, PeerReader.PieceFrameBytesMax + 1, ReadStatus.Malformed)]
    public void Only_pieces_may_be_as_long_as_blocks_are(int? id, int length, ReadStatus expected)
    {
        var reader = new PeerReader();
        var handshake = new byte[Handshake.Length];
        new Handshake(default, default, Fast: false, Extended: false).Write(handshake);
        reader.TryRead(handshake, out _, out _, out _);
        byte[] begun = [(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        if (id is { } known)
            begun = [.. begun, (byte)known];
        Assert.Equal(expected, reader.TryRead(begun, out _, out _, out _));
    }

    private static byte[] Header(Block block)
    {
        var header = new byte[PeerCodec.PieceHeaderLength];
        PeerCodec.Write(new PeerMessage.Piece(block), header);
        return header;
    }
}

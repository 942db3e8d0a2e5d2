using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class MetadataMessageTests
{
    [Fact]
    public void Writes_and_reads_literal_bytes()
    {
        AssertBoth("d8:msg_typei0e5:piecei3ee", new MetadataMessage.Request(3));
        AssertBoth("d8:msg_typei2e5:piecei0ee", new MetadataMessage.Reject(0));

        var data = new MetadataMessage.Data(1, 16387, Hex.Latin("abc"));
        Assert.Equal("d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc", Encoding.Latin1.GetString(data.Write()));
        Assert.True(MetadataMessage.TryRead("d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc"u8, out var read));
        var (piece, totalSize, bytes) = Assert.IsType<MetadataMessage.Data>(read);
        Assert.Equal((1, 16387), (piece, totalSize));
        Assert.Equal("abc"u8, bytes.Span);

        static void AssertBoth(string text, MetadataMessage message)
        {
            Assert.Equal(text, Encoding.Latin1.GetString(message.Write()));
            Assert.True(MetadataMessage.TryRead(Hex.Latin(text), out var read));
            Assert.Equal(message, read);
        }
    }

    [Fact]
    public void Every_beginning_is_refused()
    {
        var bytes = new MetadataMessage.Data(0, 5, Hex.Latin("12345")).Write();
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(MetadataMessage.TryRead(bytes.AsSpan(0, length), out _), $"{length} bytes");
        Assert.False(MetadataMessage.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void What_a_later_BEP_sends_can_be_ignored()
    {
        Assert.True(MetadataMessage.TryRead("d8:msg_typei3e5:piecei0ee..."u8, out var read));
        Assert.Equal(new MetadataMessage.Unknown(3), read);
        Assert.Throws<InvalidOperationException>(() => read!.Write());
    }

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("de")]
    [InlineData("d5:piecei0ee")]
    [InlineData("d8:msg_typei0ee")]
    [InlineData("d8:msg_typei-1e5:piecei0ee")]
    [InlineData("d8:msg_type1:05:piecei0ee")]
    [InlineData("d8:msg_typei0e5:piecei-1ee")]
    [InlineData("d8:msg_typei0e5:piecei4096ee")]
    [InlineData("d8:msg_typei0e5:piecei0ee.")] // bytes where there are none
    [InlineData("d8:msg_typei2e5:piecei0ee.")]
    [InlineData("d8:msg_typei1e5:piecei0ee.")] // without a size
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei0ee")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei-1ee.")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei67108865ee.")]
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei2ee.")] // too few bytes
    [InlineData("d8:msg_typei1e5:piecei0e10:total_sizei1ee..")] // too many
    [InlineData("d8:msg_typei1e5:piecei1e10:total_sizei1ee.")] // no such piece
    [InlineData("d8:msg_typei1e5:piecei1e10:total_sizei16384ee")]
    public void Refuses(string text)
    {
        Assert.False(MetadataMessage.TryRead(Hex.Latin(text), out var read));
        Assert.Null(read);
    }

    [Fact]
    public void The_greatest_numbers_are_read()
    {
        Assert.True(MetadataMessage.TryRead("d8:msg_typei0e5:piecei4095ee"u8, out var read));
        Assert.Equal(new MetadataMessage.Request(MetadataMessage.PieceCountMax - 1), read);

        var last = new MetadataMessage.Data(4095, MetadataMessage.TotalSizeMax, new byte[MetadataMessage.PieceLength]);
        Assert.True(MetadataMessage.TryRead(last.Write(), out read));
        Assert.Equal(MetadataMessage.TotalSizeMax, Assert.IsType<MetadataMessage.Data>(read).TotalSize);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16384, 1, 16384)]
    [InlineData(16385, 2, 1)]
    [InlineData(MetadataMessage.TotalSizeMax, MetadataMessage.PieceCountMax, MetadataMessage.PieceLength)]
    public void Pieces_have_sizes(int totalSize, int count, int last)
    {
        Assert.Equal(count, MetadataMessage.CountPieces(totalSize));
        Assert.Equal(last, MetadataMessage.PieceSize(count - 1, totalSize));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var any =
            from totalSize in Gen.Choose(1, 200_000)
            from piece in Gen.Choose(0, MetadataMessage.CountPieces(totalSize) - 1)
            from message in Gen.Elements<MetadataMessage>(
                new MetadataMessage.Request(piece),
                new MetadataMessage.Data(piece, totalSize, new byte[MetadataMessage.PieceSize(piece, totalSize)]),
                new MetadataMessage.Reject(piece))
            select message;
        Prop.ForAll(any.ToArbitrary(), message =>
            MetadataMessage.TryRead(message.Write(), out var read) && read.GetType() == message.GetType() &&
            read.Write().AsSpan().SequenceEqual(message.Write())).QuickCheckThrowOnFailure();
    }
}

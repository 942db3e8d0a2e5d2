using Roj.Files;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Uploads of a file of three pieces of 32 KiB, the last 10 bytes shorter, of which we have 0 and 2.</summary>
public sealed class UploadsTests
{
    private readonly SwarmOutbox outbox = new();
    private readonly PieceTable table = new(Swarming.File("abc", missingBytes: 10));
    private readonly Uploads uploads;
    private readonly Peer peer;

    public UploadsTests()
    {
        uploads = new Uploads(Swarming.Settings, table);
        foreach (var piece in new[] { 0, 1, 2 })
            table.Verified(piece, right: piece != 1);
        peer = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(1), outgoing: false, table.Info.InfoHash)
        {
            IsOpen = true,
            Fast = true,
        };
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, 32768)]
    [InlineData(0, 32767, 1)]
    [InlineData(2, 0, 32758)]
    [InlineData(2, 32757, 1)]
    public void What_lies_within_a_piece_is_given(int piece, int begin, int length)
    {
        Assert.True(uploads.Asked(peer, new Block(piece, begin, length), outbox));
        Assert.Equal([$"#1 <- piece {piece}[{begin}+{length}]"], outbox.TakeLines());
        Assert.Equal(length, peer.UnsentBytes);
    }

    [Theory]
    [InlineData(0, 0, 32769)]
    [InlineData(0, 1, 32768)]
    [InlineData(0, 32768, 1)]
    [InlineData(2, 0, 32759)]
    [InlineData(2, 32758, 1)]
    [InlineData(3, 0, 1)]
    [InlineData(1, 0, 32769)]
    [InlineData(int.MaxValue, 0, 1)]
    [InlineData(0, int.MaxValue - 1, 1)]
    [InlineData(0, int.MaxValue - PeerCodec.BlockLengthMax, PeerCodec.BlockLengthMax)]
    public void What_does_not_is_a_breach(int piece, int begin, int length)
    {
        Assert.False(uploads.Asked(peer, new Block(piece, begin, length), outbox));
        Assert.Empty(outbox.TakeLines());
    }

    [Fact]
    public void What_we_do_not_have_is_refused_with_BEP_6_and_passed_over_without()
    {
        Assert.True(uploads.Asked(peer, new Block(1, 0, 16384), outbox));
        Assert.Equal(["#1 <- reject 1[0+16384]"], outbox.TakeLines());
        peer.Fast = false;
        Assert.True(uploads.Asked(peer, new Block(1, 0, 16384), outbox));
        Assert.Empty(outbox.TakeLines());
        Assert.Empty(peer.Asked);
    }

    [Fact]
    public void No_more_is_handed_to_the_host_than_its_kernel_takes()
    {
        for (var i = 0; i < 40; i++)
            Assert.True(uploads.Asked(peer, Number(i), outbox));
        Assert.Equal(512 * 1024, peer.UnsentBytes);
        Assert.Equal(Enumerable.Range(0, 32).Select(Number), Given());
        Assert.Equal(8, peer.Asked.Count);

        uploads.Drained(peer, 1, outbox); // room for one byte is room for one block
        Assert.Equal([Number(32)], Given());
        uploads.Drained(peer, 16384 - 1, outbox); // exactly full again
        Assert.Empty(Given());
        uploads.Drained(peer, 512 * 1024, outbox);
        Assert.Equal(Enumerable.Range(33, 7).Select(Number), Given()); // in the order they were asked for
        Assert.Equal(7 * 16384, peer.UnsentBytes);
    }

    [Fact]
    public void Two_thousand_requests_wait_and_the_one_past_is_a_breach()
    {
        for (var i = 0; i < 32 + 2000; i++)
            Assert.True(uploads.Asked(peer, Number(i), outbox));
        Assert.Equal(2000, peer.Asked.Count);
        Assert.False(uploads.Asked(peer, Number(0), outbox));
        Assert.False(uploads.Asked(peer, new Block(1, 0, 1), outbox));
        Assert.Equal(2000, peer.Asked.Count);

        uploads.Drained(peer, 16384, outbox);
        Assert.True(uploads.Asked(peer, Number(0), outbox));
    }

    [Fact]
    public void A_cancelled_request_is_not_answered_with_its_block()
    {
        for (var i = 0; i < 34; i++)
            uploads.Asked(peer, Number(i), outbox);
        outbox.Clear();
        Uploads.Cancelled(peer, Number(32), outbox);
        Assert.Equal([$"#1 <- reject {Number(32)}"], outbox.TakeLines()); // BEP 6: every request has one answer
        Uploads.Cancelled(peer, Number(0), outbox); // given already
        Uploads.Cancelled(peer, new Block(9, 9, 9), outbox);
        Assert.Empty(outbox.TakeLines());
        uploads.Drained(peer, 512 * 1024, outbox);
        Assert.Equal([Number(33)], Given());
    }

    [Fact]
    public void Without_BEP_6_a_cancel_is_not_answered()
    {
        peer.Fast = false;
        for (var i = 0; i < 33; i++)
            uploads.Asked(peer, Number(i), outbox);
        outbox.Clear();
        Uploads.Cancelled(peer, Number(32), outbox);
        Assert.Empty(outbox.TakeLines());
        Assert.Empty(peer.Asked);
    }

    private static Block Number(int i) => new(0, i, 16384);

    private List<Block> Given() => [.. outbox.TakeSent<PeerMessage.Piece>().Select(sent => sent.Message.Block)];
}

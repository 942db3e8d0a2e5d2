using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>A hash of what was written stands for what is in the file: only if it covers the last write to every byte.</summary>
public class PieceHashesTests
{
    private const int PieceLength = 10;
    private static readonly byte[] Bytes = Shared.Random((40 * PieceLength) + 3);
    private static readonly InfoDictionary Info = Shared.Describe(Bytes, PieceLength);

    private readonly PieceHashes hashes = new(Info);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Blocks_in_order_need_no_reading(int blockLength)
    {
        foreach (var piece in (int[])[0, 7, 40])
        {
            for (var at = 0; at < Info.PieceSize(piece); at += blockLength)
                Write(piece, at, Math.Min(blockLength, Info.PieceSize(piece) - at));
            Assert.True(await hashes.FinishAsync(piece));
            Assert.Null(await hashes.FinishAsync(piece));
        }
    }

    [Fact]
    public async Task A_wrong_byte_is_found()
    {
        hashes.Append(new Block(0, 0, PieceLength), new byte[PieceLength], null);
        Assert.False(await hashes.FinishAsync(0));
    }

    [Theory]
    [InlineData(5, 0)] // the second half first
    [InlineData(0, 6)] // a gap
    [InlineData(0, 4)] // one byte twice
    [InlineData(0, -1)] // nothing else
    public async Task What_does_not_follow_has_to_be_read(int first, int second)
    {
        Write(0, first, 5);
        if (second >= 0)
            Write(0, second, PieceLength - Math.Max(second, 5));
        Assert.Null(await hashes.FinishAsync(0));
    }

    [Fact]
    public async Task A_byte_written_again_behind_the_last_voids_it()
    {
        Write(0, 0, PieceLength);
        Write(0, 3, 2);
        Assert.Null(await hashes.FinishAsync(0));
    }

    [Fact]
    public async Task A_piece_that_begins_again_is_hashed_again()
    {
        hashes.Append(new Block(0, 0, 6), new byte[6], null);
        Write(0, 0, 4);
        Write(0, 4, 6);
        Assert.True(await hashes.FinishAsync(0));
    }

    [Fact]
    public async Task A_copy_over_it_voids_it()
    {
        Write(0, 0, PieceLength);
        hashes.Forget(0);
        Assert.Null(await hashes.FinishAsync(0));
        hashes.Forget(0);
    }

    [Fact]
    public async Task Thirty_two_pieces_at_a_time_and_the_next_is_read()
    {
        for (var piece = 0; piece < 33; piece++)
            Write(piece, 0, 5);
        Assert.Equal(32, hashes.Count);
        for (var piece = 0; piece < 33; piece++)
            Write(piece, 5, 5);
        for (var piece = 0; piece < 32; piece++)
            Assert.True(await hashes.FinishAsync(piece));
        Assert.Null(await hashes.FinishAsync(32));
        Assert.Equal(0, hashes.Count);
    }

    [Fact]
    public async Task A_buffer_is_kept_until_it_was_hashed_and_blocks_keep_their_order()
    {
        for (var at = 0; at < PieceLength; at += 2)
            Keep(0, at, 2);
        Assert.True(await hashes.FinishAsync(0));
    }

    [Fact]
    public async Task A_small_block_behind_large_ones_that_wait_is_read_back()
    {
        var large = Shared.Random(8 << 20);
        var info = Shared.Describe(large, large.Length);
        var busy = new PieceHashes(info);
        var buffer = new BlockBuffer(large.Length - 1);
        large.AsSpan(0, large.Length - 1).CopyTo(buffer.Memory.Span);
        busy.Append(new Block(0, 0, large.Length - 1), buffer.Memory, buffer);
        Assert.True(buffer.IsKept);
        busy.Append(new Block(0, large.Length - 1, 1), large.AsMemory(^1..), null);
        // Unless hashing 8 MiB was over in the time of two statements.
        Assert.NotEqual(false, await busy.FinishAsync(0));
    }

    [Fact]
    public async Task Nothing_more_is_received_while_2_MiB_wait()
    {
        const int WaitingBytesMax = 2 << 20;
        var large = Shared.Random(WaitingBytesMax);
        var busy = new PieceHashes(Shared.Describe(large, large.Length));
        Append(busy, 0, WaitingBytesMax - 1);
        Assert.True(busy.RoomAsync().IsCompleted);
        Append(busy, WaitingBytesMax - 1, 1);
        var room = busy.RoomAsync();
        Assert.True(await busy.FinishAsync(0));
        await room.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.True(busy.RoomAsync().IsCompleted);

        void Append(PieceHashes to, int at, int length)
        {
            var buffer = new BlockBuffer(length);
            large.AsSpan(at, length).CopyTo(buffer.Memory.Span);
            to.Append(new Block(0, at, length), buffer.Memory, buffer);
        }
    }

    private void Write(int piece, int begin, int length) =>
        hashes.Append(new Block(piece, begin, length), Bytes.AsMemory((piece * PieceLength) + begin, length), null);

    private void Keep(int piece, int begin, int length)
    {
        var buffer = new BlockBuffer(length);
        Bytes.AsSpan((piece * PieceLength) + begin, length).CopyTo(buffer.Memory.Span);
        hashes.Append(new Block(piece, begin, length), buffer.Memory, buffer);
        Assert.True(buffer.IsKept);
    }
}

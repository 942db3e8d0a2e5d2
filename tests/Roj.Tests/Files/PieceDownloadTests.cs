using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>One piece of five blocks and a half.</summary>
public sealed class PieceDownloadTests
{
    private const int Bytes = (5 * Swarming.BlockBytes) + 8192;

    private readonly PieceDownload download = new(7, Bytes, Swarming.BlockBytes);

    [Theory]
    [InlineData(1, 16384)]
    [InlineData(16384, 16384)]
    [InlineData(32767, 16384)]
    [InlineData(32768, 32768)]
    [InlineData(5 * 16384, 5 * 16384)]
    [InlineData((6 * 16384) - 1, 5 * 16384)]
    [InlineData(6 * 16384, Bytes)]
    [InlineData(256 * 1024, Bytes)]
    public void A_run_is_as_long_as_it_may_be_and_ends_with_the_piece(int bytesMax, int length) =>
        Assert.Equal(new Block(7, 0, length), download.NextFree(bytesMax));

    [Fact]
    public void A_run_ends_where_somebody_was_asked()
    {
        download.Requested(Blocks(2, 1));
        Assert.Equal(Blocks(0, 2), Request(256 * 1024));
        Assert.Equal(new Block(7, 3 * Swarming.BlockBytes, Bytes - (3 * Swarming.BlockBytes)), Request(256 * 1024));
        Assert.Null(download.NextFree(256 * 1024));
    }

    [Fact]
    public void A_run_that_is_taken_back_is_free_again_but_for_what_came_of_it()
    {
        var first = Request(4 * Swarming.BlockBytes);
        Request(Swarming.BlockBytes);
        Assert.True(download.Arrived(Blocks(1, 1), supplier: 2)); // somebody else, in the end-game
        download.Withdrawn(first);
        Assert.Equal(Blocks(0, 1), Request(256 * 1024));
        Assert.Equal(Blocks(2, 2), Request(256 * 1024));
        Assert.Equal(5, Request(256 * 1024).Begin / Swarming.BlockBytes);
    }

    [Fact]
    public void A_long_request_and_a_short_one_for_the_same()
    {
        var whole = Request(256 * 1024);
        Assert.Null(download.NextMissing(0, []));
        Assert.Null(download.NextMissing(1, [whole])); // nobody is asked twice by us
        var last = download.NextMissing(1, [])!.Value;
        Assert.Equal(new Block(7, 5 * Swarming.BlockBytes, 8192), last);
        download.Requested(last);
        Assert.Equal(Blocks(4, 1), download.NextMissing(1, [])); // two are out for the last

        download.Withdrawn(last);
        Assert.True(download.Arrived(last, supplier: 2));
        Assert.True(download.IsElsewhere(last));
        Assert.True(download.HasArrived(last));
        Assert.False(download.HasArrived(whole)); // so it is not cancelled
        Assert.False(download.Arrived(last, supplier: 3));
        Assert.Equal(1, download.ArrivedCount);

        download.Withdrawn(whole);
        Assert.True(download.Arrived(whole, supplier: 1));
        Assert.False(download.IsElsewhere(whole));
        Assert.True(download.IsWhole);
        Assert.Equal(6, download.ArrivedCount);
        Assert.Null(download.SoleSupplier);
        Assert.Null(download.NextMissing(1, []));
    }

    [Fact]
    public void Who_sends_only_what_had_come_is_no_supplier()
    {
        Assert.True(download.Arrived(Blocks(0, 2), supplier: 1));
        Assert.False(download.Arrived(Blocks(0, 1), supplier: 2));
        Assert.Equal(1U, download.SoleSupplier);
    }

    [Fact]
    public void Whoever_starts_over_asks_for_all_that_is_not_under_way()
    {
        Request(Swarming.BlockBytes);
        download.Arrived(Blocks(1, 4), supplier: 1);
        download.StartOver();
        Assert.Equal(0, download.ArrivedCount);
        Assert.Null(download.SoleSupplier);
        Assert.Equal(1, Request(256 * 1024).Begin / Swarming.BlockBytes);
    }

    /// <summary>Any operations: it says what a search through all blocks says.</summary>
    [Fact]
    public void It_agrees_with_a_dumb_twin()
    {
        for (var seed = 1UL; seed <= 300; seed++)
            Compare(new Rng(seed));
    }

    private static void Compare(Rng rng)
    {
        var count = rng.Next(1, 20);
        var bytes = ((count - 1) * Swarming.BlockBytes) + rng.Next(1, Swarming.BlockBytes + 1);
        var download = new PieceDownload(7, bytes, Swarming.BlockBytes);
        var requests = new List<Block>();
        var arrived = new bool[count];
        for (var step = 0; step < 100; step++)
        {
            Operate(rng, download, requests, arrived);
            var bytesMax = Swarming.BlockBytes * rng.Next(1, 8);
            Assert.Equal(FreeByHand(bytesMax), download.NextFree(bytesMax));
            Assert.Equal(arrived.Count(came => came), download.ArrivedCount);
            Assert.All(requests, request =>
            {
                Assert.True(download.IsElsewhere(request));
                Assert.Equal(Indices(request).All(index => arrived[index]), download.HasArrived(request));
            });
        }

        Block? FreeByHand(int bytesMax)
        {
            var free = Enumerable.Range(0, count)
                .Where(index => !arrived[index] && !requests.Exists(request => Indices(request).Contains(index))).ToList();
            if (free.Count == 0)
                return null;
            var run = free.TakeWhile((index, place) => index == free[0] + place).Take(bytesMax / Swarming.BlockBytes).Count();
            var begin = free[0] * Swarming.BlockBytes;
            return new Block(7, begin, Math.Min(run * Swarming.BlockBytes, bytes - begin));
        }
    }

    private static void Operate(Rng rng, PieceDownload download, List<Block> requests, bool[] arrived)
    {
        switch (rng.Next(8))
        {
            case 0 or 1 or 2 when download.NextFree(Swarming.BlockBytes * rng.Next(1, 6)) is { } free:
                Add(free);
                break;
            case 3 when download.NextMissing(1, []) is { } missing:
                Add(missing);
                break;
            case 4 when requests.Count > 0:
                Take();
                break;
            case 5 or 6 when requests.Count > 0:
                var block = Take();
                var isNews = !Indices(block).All(index => arrived[index]);
                Assert.Equal(isNews, download.Arrived(block, supplier: 1));
                foreach (var index in Indices(block))
                    arrived[index] = true;
                break;
            case 7 when rng.Chance(1, 10):
                download.StartOver();
                Array.Clear(arrived);
                break;
        }

        void Add(Block block)
        {
            requests.Add(block);
            download.Requested(block);
        }

        Block Take()
        {
            var block = rng.Pick(requests);
            requests.Remove(block);
            download.Withdrawn(block);
            return block;
        }
    }

    private static IEnumerable<int> Indices(Block block) =>
        Enumerable.Range(block.Begin / Swarming.BlockBytes, (block.Length + Swarming.BlockBytes - 1) / Swarming.BlockBytes);

    private static Block Blocks(int first, int count) => new(7, first * Swarming.BlockBytes, count * Swarming.BlockBytes);

    private Block Request(int bytesMax)
    {
        var block = download.NextFree(bytesMax)!.Value;
        download.Requested(block);
        return block;
    }
}

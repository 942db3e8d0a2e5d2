using Roj.Files;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>What is asked of whom while all goes well: the pipeline, owners, end-game and equal pieces.</summary>
public sealed class DownloadsTests
{
    [Fact]
    public void A_peer_owes_64_KiB_at_first_and_one_block_that_comes_makes_room_for_one()
    {
        var fetching = new Fetching("a", pieceBytes: 40 * Swarming.BlockBytes);
        var peer = fetching.Join(1, 0);
        var asked = fetching.Ask(peer);
        Assert.Equal(4, asked.Count);
        Assert.Equal(64 * 1024, peer.RequestedBytes);
        Assert.Equal(Enumerable.Range(0, 4).Select(index => Fetching.Half(0, index)), asked);

        Assert.Equal(["write 0[0+16384]"], fetching.Arrive(peer, asked[0]));
        Assert.Equal([Fetching.Half(0, 4)], fetching.Ask(peer));
        Assert.Empty(fetching.Ask(peer));
    }

    [Theory]
    [InlineData(2 * Swarming.BlockBytes, 2)]
    [InlineData(2 * Swarming.BlockBytes + 1, 3)]
    [InlineData(1, 1)]
    public void The_limit_in_bytes_is_passed_by_less_than_a_block(int max, int count)
    {
        var fetching = new Fetching("a", Swarming.Settings with { PipelineBytesMin = max }, 9 * Swarming.BlockBytes);
        Assert.Equal(count, fetching.Ask(fetching.Join(1, 0)).Count);
    }

    [Fact]
    public void A_peer_owes_250_requests_however_small()
    {
        var fetching = new Fetching(string.Concat(Enumerable.Range(0, 400).Select(index => (char)(' ' + (index % 200)))), pieceBytes: 1);
        // Equal pieces are copied: of 400 there are 200 to be fetched, two of which are equal only to each other.
        Assert.Equal(200, fetching.Ask(fetching.Join(1, Enumerable.Range(0, 400))).Count);

        var many = new Fetching("a", pieceBytes: 300, settings: Swarming.Settings with { BlockBytes = 1, PipelineBytesMin = 300 });
        var peer = many.Join(1, 0);
        Assert.Equal(250, many.Ask(peer).Count);
        many.Arrive(peer, peer.Requests[0]);
        Assert.Single(many.Ask(peer));
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData(1, 16)]
    [InlineData(32 * 1024 - 1, 16)]
    [InlineData(32 * 1024, 32)]
    [InlineData(100_000, 64)]
    [InlineData(256 * 1024, 256)]
    [InlineData(int.MaxValue, 256)]
    public void One_request_is_as_long_as_the_peer_says_it_serves_and_256_KiB_at_most(int? blockBytesMax, int kibibytes)
    {
        var fetching = new Fetching("a", Swarming.Settings with { PipelineBytesMin = 1024 * 1024 }, 64 * Swarming.BlockBytes);
        var peer = fetching.Join(1, 0);
        peer.Extensions = new ExtendedHandshake { BlockBytesMax = blockBytesMax };
        var asked = fetching.Ask(peer);
        Assert.All(asked, block => Assert.Equal(kibibytes * 1024, block.Length));
        Assert.Equal(1024 / kibibytes, asked.Count);
    }

    [Fact]
    public void Requests_grow_with_the_pipeline_of_which_each_is_half_at_most()
    {
        var fetching = new Fetching("a", pieceBytes: 400 * Swarming.BlockBytes);
        var peer = fetching.Join(1, 0);
        peer.Extensions = new ExtendedHandshake { BlockBytesMax = 256 * 1024 };
        var lengths = new List<int>();
        do
        {
            var asked = fetching.Ask(peer);
            Assert.All(asked, block => Assert.InRange(block.Length, 1, peer.Pipeline.Depth / 2));
            lengths.AddRange(asked.Select(block => block.Length / 1024));
            fetching.Arrive(peer, peer.Requests[0]); // at once: it is fast
        }
        while (peer.Requests.Count > 0);

        lengths.RemoveAt(lengths.Count - 1); // what was left of the piece
        Assert.Equal([32, 64, 128, 256], lengths.Distinct().Order());
        Assert.Equal(lengths.Order(), lengths);
    }

    [Fact]
    public void Blocks_end_where_their_piece_and_the_file_end()
    {
        var fetching = new Fetching("ab", pieceBytes: Swarming.BlockBytes + 10, missingBytes: 15);
        Assert.Equal(
            [new Block(0, 0, 16384), new Block(0, 16384, 10), new Block(1, 0, 16379)],
            fetching.Ask(fetching.Join(1, 0, 1)).OrderBy(block => block.Piece));
    }

    [Fact]
    public void Nothing_is_asked_of_a_peer_that_chokes_is_not_open_or_has_nothing_new()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        peer.ChokesUs = true;
        Assert.Empty(fetching.Ask(peer));
        peer.ChokesUs = false;
        peer.IsOpen = false;
        Assert.Empty(fetching.Ask(peer));
        peer.IsOpen = true;
        Assert.Empty(fetching.Ask(fetching.Join(2)));
        Assert.Equal(2, fetching.Ask(peer).Count);
    }

    [Fact]
    public void A_piece_has_one_owner()
    {
        var fetching = new Fetching("ab");
        var first = fetching.Join(1, 0, 1);
        var second = fetching.Join(2, 0, 1);
        first.Snubbed = true; // one request at a time
        var piece = Assert.Single(fetching.Ask(first)).Piece;

        Assert.All(fetching.Ask(second).Take(2), block => Assert.NotEqual(piece, block.Piece));
    }

    [Fact]
    public void What_an_owner_owed_is_taken_over_and_what_it_sent_is_kept()
    {
        var fetching = new Fetching("a", pieceBytes: 3 * Swarming.BlockBytes);
        var first = fetching.Join(1, 0);
        fetching.Ask(first);
        fetching.Arrive(first, Fetching.Half(0, 1));
        fetching.Downloads.Release(first, forgive: false);
        Assert.Empty(first.Requests);
        Assert.Equal(0, first.RequestedBytes);

        var second = fetching.Join(2, 0);
        Assert.Equal([Fetching.Half(0, 0), Fetching.Half(0, 2)], fetching.Ask(second));
        Assert.Equal(["write 0[0+16384]"], fetching.Arrive(second, Fetching.Half(0, 0)));
        Assert.Equal(["write 0[32768+16384]", "verify 0"], fetching.Arrive(second, Fetching.Half(0, 2)));
    }

    [Fact]
    public void At_the_end_idle_peers_are_asked_from_behind_a_block_at_a_time_and_the_slower_one_is_told_to_stop()
    {
        var fetching = new Fetching("a");
        var peers = Enumerable.Range(1, 4).Select(number => fetching.Join(number, 0)).ToList();
        Assert.Equal([Fetching.Half(0, 0), Fetching.Half(0, 1)], fetching.Ask(peers[0]));
        Assert.Equal([Fetching.Half(0, 1)], fetching.Ask(peers[1]));
        Assert.Empty(fetching.Ask(peers[1])); // it is not idle now
        Assert.Equal([Fetching.Half(0, 0)], fetching.Ask(peers[2]));
        Assert.Empty(fetching.Ask(peers[3])); // two are enough

        Assert.Equal(["write 0[16384+16384]", "#1 <- cancel 0[16384+16384]"], fetching.Arrive(peers[1], Fetching.Half(0, 1)));
        Assert.Equal([Fetching.Half(0, 0)], peers[0].Requests);
        Assert.Equal([], fetching.Arrive(peers[0], Fetching.Half(0, 1))); // it was under way: no crime, and not written
        Assert.Null(fetching.Arrive(peers[0], Fetching.Half(0, 1))); // but only once
    }

    [Fact]
    public void At_the_end_what_its_owner_was_not_asked_for_yet_is_asked_of_anybody_as_far_as_there_is_room()
    {
        var fetching = new Fetching("a", pieceBytes: 9 * Swarming.BlockBytes);
        var (owner, other) = (fetching.Join(1, 0), fetching.Join(2, 0));
        Assert.Equal(Enumerable.Range(0, 4).Select(index => Fetching.Half(0, index)), fetching.Ask(owner));
        Assert.Equal(new[] { 8, 7, 6, 5 }.Select(index => Fetching.Half(0, index)), fetching.Ask(other));
        fetching.Arrive(other, Fetching.Half(0, 8));
        Assert.Equal([Fetching.Half(0, 4)], fetching.Ask(other));
        fetching.Arrive(other, Fetching.Half(0, 7));
        Assert.Empty(fetching.Ask(other)); // the rest is under way, and it is not idle
    }

    [Fact]
    public void There_is_no_end_game_while_something_is_left_to_begin()
    {
        var fetching = new Fetching("ab", Swarming.Settings with { RequestsMax = 2 });
        var begun = fetching.Ask(fetching.Join(1, 0, 1))[0].Piece;
        var idle = fetching.Join(2, begun);
        Assert.Empty(fetching.Ask(idle));
        fetching.Ask(fetching.Join(3, 1 - begun));
        Assert.Single(fetching.Ask(idle));
    }

    [Fact]
    public void Equal_pieces_are_copied_and_not_fetched()
    {
        var fetching = new Fetching("aba");
        var peer = fetching.Join(1, 0, 1, 2);
        var asked = fetching.Ask(peer);
        Assert.Equal(2, asked.Select(block => block.Piece).Distinct().Count());
        var fetched = asked.First(block => block.Piece != 1).Piece;
        var other = 2 - fetched;

        fetching.ArriveWhole(peer, fetched);
        fetching.Verified(fetched, right: true);
        Assert.Equal([$"copy {fetched} to {other}"], fetching.Outbox.TakeLines());
        Assert.Empty(fetching.Ask(peer));

        fetching.Verified(other, right: true);
        Assert.Empty(fetching.Outbox.TakeLines());
    }

    [Fact]
    public void A_copy_that_failed_is_fetched()
    {
        var fetching = new Fetching("aa");
        var peer = fetching.Join(1, 0, 1);
        var first = fetching.Ask(peer)[0].Piece;
        fetching.ArriveWhole(peer, first);
        fetching.Verified(first, right: true);
        fetching.Outbox.Clear();

        fetching.Verified(1 - first, right: false);
        Assert.Empty(fetching.Outbox.TakeLines()); // not copied again
        Assert.All(fetching.Ask(peer), block => Assert.Equal(1 - first, block.Piece));
        fetching.ArriveWhole(peer, 1 - first);
        fetching.Verified(1 - first, right: true);
        Assert.True(fetching.Table.IsComplete);
    }

    [Fact]
    public void A_piece_found_wrong_on_disk_is_copied_from_an_equal_one_found_right()
    {
        var table = new PieceTable(Swarming.File("aa"));
        var downloads = new Downloads(Swarming.Settings, table, new Roj.Kernel.Rng(1));
        var outbox = new SwarmOutbox();
        foreach (var (piece, right) in new[] { (0, true), (1, false) })
        {
            table.Verified(piece, right);
            downloads.Verified(piece, right, outbox);
        }

        Assert.Equal(["copy 0 to 1"], outbox.TakeLines());
        Assert.Equal(0, downloads.Picker.WantedCount);
    }

    [Fact]
    public void A_piece_found_wrong_waits_for_an_equal_one_that_is_in_flight()
    {
        var fetching = new Fetching("aa");
        var peer = fetching.Join(1, 0, 1);
        var first = fetching.Ask(peer)[0].Piece;
        fetching.Verified(1 - first, right: false); // the check comes by only now
        Assert.Empty(fetching.Ask(peer));
        Assert.Equal(0, fetching.Downloads.Picker.WantedCount);
        Assert.Empty(fetching.Outbox.TakeLines());
    }

    [Fact]
    public void A_piece_in_flight_is_not_copied_over()
    {
        // Equal pieces are never in flight together; but one may be when the check finds the other right.
        var table = new PieceTable(Swarming.File("aa"));
        var fetching = new Downloads(Swarming.Settings, table, new Roj.Kernel.Rng(1));
        var outbox = new SwarmOutbox();
        table.Verified(0, right: false);
        fetching.Verified(0, right: false, outbox);
        var peer = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(1), outgoing: true, table.Info.InfoHash)
        {
            IsOpen = true,
            ChokesUs = false,
            Pieces = Swarming.Pieces(2, 0),
            Useful = 1,
        };
        fetching.Fill(default, peer, outbox);
        Assert.Equal(2, peer.Requests.Count);
        outbox.Clear();

        table.Verified(1, right: true);
        fetching.Verified(1, right: true, outbox);
        Assert.Empty(outbox.TakeLines());
    }
}

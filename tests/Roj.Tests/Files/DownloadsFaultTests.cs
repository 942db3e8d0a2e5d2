using Roj.Files;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>What is asked of whom while something goes wrong: refusals, choking, slowness, wrong bytes and lies.</summary>
public sealed class DownloadsFaultTests
{
    [Fact]
    public void A_block_that_nobody_asked_for_is_a_breach()
    {
        var fetching = new Fetching("ab");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        Assert.Null(fetching.Arrive(peer, Fetching.Half(1, 0))); // another piece
        Assert.Null(fetching.Arrive(fetching.Join(2, 0), Fetching.Half(0, 0))); // another peer
        Assert.Null(fetching.Arrive(peer, new Block(0, 0, 16383))); // another length
        Assert.Null(fetching.Arrive(peer, new Block(0, 1, 16384))); // another place
        Assert.Equal(2, peer.Requests.Count);
    }

    [Fact]
    public void A_block_that_comes_twice_is_a_breach_and_changes_nothing()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        Assert.NotNull(fetching.Arrive(peer, Fetching.Half(0, 0)));
        Assert.Null(fetching.Arrive(peer, Fetching.Half(0, 0)));
        Assert.Empty(fetching.Outbox.TakeLines());
        Assert.Equal(["write 0[16384+16384]", "verify 0"], fetching.Arrive(peer, Fetching.Half(0, 1)));
    }

    [Fact]
    public void A_refused_block_is_asked_of_another()
    {
        var fetching = new Fetching("a");
        var (first, second) = (fetching.Join(1, 0), fetching.Join(2, 0));
        fetching.Ask(first);
        Assert.True(fetching.Downloads.Rejected(first, Fetching.Half(0, 0)));
        Assert.Equal([Fetching.Half(0, 1)], first.Requests);
        Assert.Equal([Fetching.Half(0, 0)], fetching.Ask(second));
        // That was the free one. What the first peer still owes is, in the end-game, asked of who would stand idle.
        fetching.Arrive(second, Fetching.Half(0, 0));
        Assert.Equal([Fetching.Half(0, 1)], fetching.Ask(second));
    }

    [Fact]
    public void Refusing_what_was_not_asked_is_nothing()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        Assert.False(fetching.Downloads.Rejected(peer, Fetching.Half(0, 7)));
        Assert.Equal(2, peer.Requests.Count);
        Assert.Empty(peer.TakenBack);
    }

    [Fact]
    public void A_refusal_of_a_request_that_was_taken_back_is_none_of_the_same_request_made_again()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        fetching.Downloads.Release(peer, forgive: true);
        fetching.Ask(peer);
        Assert.False(fetching.Downloads.Rejected(peer, Fetching.Half(0, 0)));
        Assert.Equal(2, peer.Requests.Count);
        Assert.True(fetching.Downloads.Rejected(peer, Fetching.Half(0, 0)));
        Assert.Single(peer.Requests);
    }

    [Fact]
    public void What_is_taken_back_is_remembered_of_twice_as_many_requests_as_there_may_be()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        for (var i = 0; i <= Swarming.Settings.RequestsMax; i++)
        {
            fetching.Ask(peer);
            fetching.Downloads.Release(peer, forgive: true);
        }

        Assert.Equal(2 * Swarming.Settings.RequestsMax, peer.TakenBack.Count);
    }

    [Fact]
    public void Every_request_taken_back_is_forgiven_once_whether_its_block_comes_or_is_refused()
    {
        var fetching = new Fetching("a", pieceBytes: 3 * Swarming.BlockBytes);
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        fetching.Downloads.Release(peer, forgive: true);
        Assert.Equal(3, peer.TakenBack.Count);

        Assert.Equal([], fetching.Arrive(peer, Fetching.Half(0, 0))); // lawful, and not written: it may be asked of another now
        Assert.False(fetching.Downloads.Rejected(peer, Fetching.Half(0, 1)));
        Assert.Equal([], fetching.Arrive(peer, Fetching.Half(0, 2)));
        Assert.Null(fetching.Arrive(peer, Fetching.Half(0, 1)));
    }

    [Fact]
    public void A_snubbed_peer_gets_one_request_until_it_sends_something()
    {
        var fetching = new Fetching("a", pieceBytes: 4 * Swarming.BlockBytes);
        var peer = fetching.Join(1, 0);
        peer.Snubbed = true;
        var block = Assert.Single(fetching.Ask(peer));
        Assert.Empty(fetching.Ask(peer));
        fetching.Arrive(peer, block);
        Assert.False(peer.Snubbed);
        Assert.Equal(3, fetching.Ask(peer).Count);
    }

    [Fact]
    public void It_owes_since_it_was_first_asked_or_last_sent_something()
    {
        var fetching = new Fetching("a", Swarming.Settings with { RequestsMax = 1 }) { Now = Swarming.At(5) };
        var peer = fetching.Join(1, 0);
        var block = Assert.Single(fetching.Ask(peer));
        Assert.Equal(Swarming.At(5), peer.OwesSince);
        fetching.Now = Swarming.At(7);
        Assert.Empty(fetching.Ask(peer));
        Assert.Equal(Swarming.At(5), peer.OwesSince);
        fetching.Arrive(peer, block);
        Assert.Equal(Swarming.At(7), peer.OwesSince);
    }

    [Fact]
    public void A_wrong_piece_that_came_from_one_address_has_a_culprit()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        fetching.ArriveWhole(peer, 0);
        Assert.Equal(Swarming.Place(1).Address, fetching.Verified(0, right: false));
        Assert.Equal(2, fetching.Ask(fetching.Join(2, 0)).Count); // wanted again
    }

    [Fact]
    public void A_right_piece_has_no_culprit()
    {
        var fetching = new Fetching("a");
        var peer = fetching.Join(1, 0);
        fetching.Ask(peer);
        fetching.ArriveWhole(peer, 0);
        Assert.Null(fetching.Verified(0, right: true));
        Assert.Equal(0, fetching.Downloads.Picker.WantedCount);
    }

    [Fact]
    public void A_wrong_piece_of_several_suppliers_is_fetched_again_from_one_so_that_a_second_failure_has_a_culprit()
    {
        var fetching = Suspecting(out var honest, out var liar);
        Assert.Equal(2, fetching.Ask(liar).Count);
        Assert.Empty(fetching.Ask(honest)); // no end-game: the suppliers must not be mixed
        fetching.ArriveWhole(liar, 0);
        Assert.Equal(liar.Remote.Address, fetching.Verified(0, right: false));
    }

    [Fact]
    public void A_suspect_piece_begins_anew_when_its_only_supplier_leaves()
    {
        var fetching = Suspecting(out var honest, out var liar);
        fetching.Ask(liar);
        fetching.Arrive(liar, Fetching.Half(0, 0));
        fetching.Downloads.Release(liar, forgive: false);
        Assert.Equal([Fetching.Half(0, 0), Fetching.Half(0, 1)], fetching.Ask(honest));
        fetching.ArriveWhole(honest, 0);
        Assert.Equal(honest.Remote.Address, fetching.Verified(0, right: false)); // alone, so to blame
    }

    [Fact]
    public void A_suspect_piece_begins_anew_when_its_only_supplier_refuses_a_block_of_it()
    {
        var fetching = Suspecting(out var honest, out var liar);
        fetching.Ask(liar);
        Assert.True(fetching.Downloads.Rejected(liar, Fetching.Half(0, 0)));
        // What it still owes must not end up beside the next supplier's.
        Assert.Equal([Fetching.Half(0, 0), Fetching.Half(0, 1)], fetching.Ask(honest));
        Assert.Equal([], fetching.Arrive(liar, Fetching.Half(0, 1)));
        fetching.ArriveWhole(honest, 0);
        Assert.Equal(honest.Remote.Address, fetching.Verified(0, right: false));
    }

    /// <summary>Piece 0 came half from each of two peers and was wrong.</summary>
    private static Fetching Suspecting(out Peer honest, out Peer liar)
    {
        var fetching = new Fetching("a");
        (honest, liar) = (fetching.Join(1, 0), fetching.Join(2, 0));
        fetching.Ask(honest);
        fetching.Ask(liar);
        Assert.NotNull(fetching.Arrive(honest, Fetching.Half(0, 0)));
        Assert.NotNull(fetching.Arrive(liar, Fetching.Half(0, 1)));
        Assert.Null(fetching.Verified(0, right: false));
        honest.TakenBack.Clear();
        liar.TakenBack.Clear();
        return fetching;
    }
}

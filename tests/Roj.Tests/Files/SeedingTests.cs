using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>A complete node that lets its pieces out one by one.</summary>
public sealed class SeedingTests
{
    private static readonly SwarmSettings settings = Swarming.Settings;

    private readonly SwarmOutbox outbox = new();
    private readonly List<Peer> peers = [];
    private readonly List<(int Peer, int Piece)> told = [];
    private PieceTable table = new(Swarming.File("ab"));
    private Seeding seeding;
    private Instant now = Swarming.At(1);

    public SeedingTests()
    {
        seeding = Seed("abcdefghijklmnopqrstuvwxyz");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_piece_goes_to_one_peer_before_any_goes_to_a_second_and_all_get_all(int count)
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            Seed("abcdefghijklmnopqrstuvwxyz", (ulong)seed);
            for (var number = 1; number <= count; number++)
                Join(number);
            do
                Show();
            while (Take(peers.ToArray()) > 0);
            Assert.Equal(table.Info.PieceCount, told.Take(table.Info.PieceCount).DistinctBy(one => one.Piece).Count());
            Assert.Equal(count * table.Info.PieceCount, told.Distinct().Count());
            Assert.All(peers, peer => Assert.True(peer.Pieces!.IsFull));
        }
    }

    [Fact]
    public void No_more_is_under_way_than_the_pipeline_holds()
    {
        for (var number = 1; number <= 5; number++)
            Join(number);
        Assert.Equal(2, Show().Count); // two pieces of 32 KiB, to two
        Assert.Equal(2, told.DistinctBy(one => one.Peer).Count());
        Assert.Empty(Show());
    }

    [Fact]
    public void A_peer_that_shows_no_interest_gets_one_promise_and_no_more()
    {
        var silent = Join(1);
        silent.IsInterested = false;
        Join(2);
        for (var i = 0; i < 100; i++)
        {
            Show();
            Take(peers[1]);
            seeding.Lapse(now, silent, outbox);
        }

        Assert.Single(told, one => one.Peer == 1);
        Assert.True(peers[1].Pieces!.IsFull); // what the silent one was promised, too
    }

    [Fact]
    public void A_peer_that_had_what_it_was_promised_is_promised_more_though_it_never_wanted_that()
    {
        // Seed 848: it checks its file, and what it lacks comes last.
        Seed("ab");
        var checking = Join(1);
        checking.IsInterested = false;
        var promised = Assert.Single(Show()).Piece;
        checking.Pieces!.Add(promised);
        seeding.Gained(now, checking, promised);
        Assert.Equal((1, 1 - promised), Assert.Single(Show()));
    }

    [Fact]
    public void Who_gets_pieces_from_us_alone_is_named_what_others_have_at_once()
    {
        Seed("ab");
        Join(1);
        var alone = Join(2);
        var its = Show().Single(one => one.Peer == 2).Piece;
        Take(alone);
        Assert.Equal((2, 1 - its), Assert.Single(Show()));
    }

    [Fact]
    public void Who_got_a_piece_from_others_is_named_what_others_have_only_after_200_ms()
    {
        Seed("abc");
        Join(1);
        var fed = Join(2);
        var others = Show().First(one => one.Peer == 1).Piece;
        fed.Pieces!.Add(others);
        seeding.Gained(now, fed, others);
        while (Take(peers.ToArray()) > 0)
            Show();
        now = fed.Promises!.FedAt + settings.FedFor - TimeSpan.FromTicks(1);
        Assert.DoesNotContain(Show(), one => one.Peer == 2);
        Assert.Equal(now + TimeSpan.FromTicks(1), seeding.Due(now, fed));
        now += TimeSpan.FromTicks(1);
        Assert.Contains(Lapse(fed), one => one.Peer == 2);
    }

    [Fact]
    public void What_a_peer_that_is_gone_was_promised_is_promised_to_another()
    {
        Seed("ab");
        var (first, second) = (Join(1), Join(2));
        var promised = Show();
        Assert.Equal([1, 2], promised.Select(one => one.Peer).Order());
        seeding.Left(first);
        Assert.Null(first.Promises);
        Assert.Equal([(2, promised.First(one => one.Peer == 1).Piece)], Show());
        Assert.Equal(2, second.Promises!.Promised.Count);
    }

    [Fact]
    public void What_a_peer_does_not_ask_for_in_a_second_is_promised_to_another()
    {
        var (idle, piece) = OneIdleAndOneBusy();
        Assert.Equal(now + settings.PromiseWeighs, seeding.Due(now, idle));
        var due = now + settings.PromiseFor;
        Assert.Equal(due, seeding.Due(now + settings.PromiseWeighs, idle));

        now = due - TimeSpan.FromTicks(1);
        Assert.Empty(Lapse(idle));
        now = due;
        Assert.Contains((2, piece), Lapse(idle));
        Assert.False(idle.Promises!.Promised.Has(piece));
    }

    [Fact]
    public void A_promise_does_not_lapse_while_the_peer_waits_for_us()
    {
        var (idle, piece) = OneIdleAndOneBusy();
        var waits = idle.Asked.AddLast(new Block(piece, 0, 1));
        now += settings.PromiseFor;
        Assert.Empty(Lapse(idle));
        Assert.Equal(now + settings.PromiseFor, seeding.Due(now, idle)); // it has a second from when we have given all it asked
        idle.Asked.Remove(waits);
        idle.UnsentBytes = 1;
        now += settings.PromiseFor;
        Assert.Empty(Lapse(idle));
        idle.UnsentBytes = 0;
        now += settings.PromiseFor;
        Assert.Contains((2, piece), Lapse(idle));
    }

    [Fact]
    public void What_a_slow_peer_was_promised_keeps_the_others_waiting_for_300_ms()
    {
        Join(1);
        Join(2);
        Assert.Equal(2, Show().Count);
        Join(3);
        now += settings.PromiseWeighs - TimeSpan.FromTicks(1);
        Assert.Empty(Show());
        now += TimeSpan.FromTicks(1);
        Assert.Equal([3], Show().Select(one => one.Peer).Distinct());
    }

    [Fact]
    public void When_it_lacks_something_after_all_everybody_hears_of_everything_else()
    {
        var (first, second) = (Join(1), Join(2));
        Show();
        table = Lacking(table.Info, 3);
        seeding = new Seeding(settings, table, new Rng(1));
        seeding.Begin(first, []);
        seeding.Begin(second, []);
        first.Promises!.Known.Add(5); // it has it, or was told

        seeding.End(outbox);
        var sent = outbox.TakeSent<PeerMessage.Have>();
        var all = Enumerable.Range(0, table.Info.PieceCount).Except([3]).ToList();
        Assert.Equal(all.Except([5]), sent.Where(one => one.To == first.Id).Select(one => one.Message.Index));
        Assert.Equal(all, sent.Where(one => one.To == second.Id).Select(one => one.Message.Index));
        Assert.Equal((null, null), (first.Promises, second.Promises));
        Assert.Empty(Show());
    }

    [Fact]
    public void Nothing_is_promised_to_who_has_everything_wants_nothing_or_has_not_said_what_it_has()
    {
        Join(1).Pieces!.Fill();
        Join(2).HasStated = false;
        Join(3).IsOpen = false;
        Join(4).SpeaksExtensions = true; // and may say yet that it is complete (BEP 21)
        var uploadOnly = Join(5);
        uploadOnly.SpeaksExtensions = true;
        uploadOnly.IsInterested = false;
        uploadOnly.Extensions = new ExtendedHandshake { UploadOnly = true };
        Assert.Empty(Show());
        peers[3].Extensions = new ExtendedHandshake();
        Assert.Equal([4, 4], Show().Select(one => one.Peer));
    }

    [Fact]
    public void Nothing_is_promised_that_a_peer_has_and_what_others_have_comes_last()
    {
        Seed("abcd");
        var first = Join(1);
        var second = Join(2, 0, 1, 2);
        seeding.Counted(second, second.Pieces!, gone: false);
        Assert.Equal(3, Show()[0].Piece); // to whomever
        Take(first, second);
        Assert.DoesNotContain(Show(), one => one.Peer == 2 && one.Piece < 3);
    }

    /// <summary>Peer 1 was promised the piece and has not asked for it; peer 2 waits for us, but for nothing promised.</summary>
    private (Peer Idle, int Piece) OneIdleAndOneBusy()
    {
        Seed("ab");
        var (idle, busy) = (Join(1), Join(2));
        var piece = Show().First(one => one.Peer == 1).Piece;
        busy.Asked.AddLast(new Block(1 - piece, 0, 1));
        Take(busy);
        now = idle.Promises!.KeptAt;
        Assert.Empty(Show());
        return (idle, piece);
    }

    private Seeding Seed(string contents, ulong seed = 1)
    {
        peers.Clear();
        told.Clear();
        table = Lacking(Swarming.File(contents));
        return seeding = new Seeding(settings, table, new Rng(seed));
    }

    private static PieceTable Lacking(InfoDictionary info, params int[] missing)
    {
        var table = new PieceTable(info);
        for (var piece = 0; piece < info.PieceCount; piece++)
            table.Verified(piece, right: !missing.Contains(piece));
        return table;
    }

    private Peer Join(int number, params IEnumerable<int> pieces)
    {
        var peer = new Peer(settings, new ConnectionId(number), Swarming.Place(number), outgoing: false, table.Info.InfoHash)
        {
            IsOpen = true,
            Fast = true,
            HasStated = true,
            IsInterested = true,
            Pieces = Swarming.Pieces(table.Info.PieceCount, pieces),
        };
        seeding.Begin(peer, peers);
        peers.Add(peer);
        return peer;
    }

    /// <summary>What is promised now, and to whom.</summary>
    private List<(int Peer, int Piece)> Show()
    {
        seeding.Show(now, outbox);
        return Told();
    }

    private List<(int Peer, int Piece)> Lapse(Peer peer)
    {
        seeding.Lapse(now, peer, outbox);
        return Told();
    }

    private List<(int Peer, int Piece)> Told()
    {
        var fresh = outbox.TakeSent<PeerMessage.Have>().Select(sent => ((int)sent.To.Value, sent.Message.Index)).ToList();
        told.AddRange(fresh);
        return fresh;
    }

    /// <summary>These ask for all they were promised and get it, 10 ms a piece; how many pieces that were.</summary>
    private int Take(params Peer[] takers)
    {
        var taken = 0;
        foreach (var peer in takers)
        {
            for (var piece = 0; piece < table.Info.PieceCount; piece++)
            {
                if (!peer.Promises!.Promised.Has(piece))
                    continue;
                Seeding.Asked(now, peer, new Block(piece, 0, table.Info.PieceSize(piece)));
                now += TimeSpan.FromMilliseconds(10);
                peer.Pieces!.Add(piece);
                seeding.Gained(now, peer, piece);
                taken++;
            }
        }

        return taken;
    }
}

using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class CandidatesTests
{
    private readonly Candidates candidates = new(Swarming.Settings, new Rng(1));
    private Instant now = Swarming.At(0);

    [Fact]
    public void A_peer_that_cannot_be_reached_is_tried_for_ever_with_waits_that_double_from_100_ms_to_2_s()
    {
        var candidate = Learn(1);
        foreach (var wait in new[] { 100, 200, 400, 800, 1600, 2000, 2000, 2000 }.Concat(Enumerable.Repeat(2000, 1000)))
        {
            Assert.Same(candidate, Next());
            candidates.Failed(now, candidate, lasted: false);
            // By chance from half the wait to the whole of it.
            Assert.InRange((candidate.NotBefore - now).TotalMilliseconds, wait / 2, wait);
            Assert.Equal(candidate.NotBefore, candidates.NextAt(Nobody));
            Assert.Null(Next());
            now = candidate.NotBefore;
        }
    }

    [Fact]
    public void Nodes_that_failed_together_do_not_come_back_together()
    {
        var waits = Enumerable.Range(1, 50).Select(number =>
        {
            var candidate = Learn(number);
            candidates.Failed(now, candidate, lasted: false);
            return candidate.NotBefore;
        });
        Assert.InRange(waits.Distinct().Count(), 40, 50);
    }

    [Fact]
    public void A_connection_that_lasted_or_news_makes_the_waits_short_again()
    {
        var candidate = Learn(1);
        for (var i = 0; i < 10; i++)
            candidates.Failed(now, candidate, lasted: false);
        candidates.Succeeded(candidate, Swarming.Id(1));
        candidates.Failed(now, candidate, lasted: true);
        Assert.InRange(candidate.NotBefore - now, TimeSpan.Zero, Swarming.Settings.BackoffMin);

        candidates.Failed(now, candidate, lasted: false);
        candidates.Refresh(now, candidate);
        Assert.Same(candidate, Next());
        candidates.Failed(now, candidate, lasted: false);
        Assert.InRange(candidate.NotBefore - now, TimeSpan.Zero, Swarming.Settings.BackoffMin);
    }

    [Fact]
    public void Whoever_shakes_hands_and_hangs_up_is_dialled_ever_more_seldom()
    {
        var candidate = Learn(1);
        for (var i = 0; i < 10; i++)
        {
            candidates.Succeeded(candidate, Swarming.Id(1));
            candidates.Failed(now, candidate, lasted: false);
        }

        Assert.InRange(candidate.NotBefore - now, Swarming.Settings.BackoffMax / 2, Swarming.Settings.BackoffMax);
    }

    [Fact]
    public void Those_that_failed_least_come_first_and_chance_decides_among_equals()
    {
        var firsts = Enumerable.Range(1, 300).Select(seed =>
        {
            var some = new Candidates(Swarming.Settings, new Rng((ulong)seed));
            for (var number = 1; number <= 9; number++)
            {
                var candidate = some.Learn(Swarming.Place(number), Swarming.Place(number).Address)!;
                for (var failures = 0; failures < number / 4; failures++)
                    some.Failed(now, candidate, lasted: false);
            }

            return (int)(some.Next(now + TimeSpan.FromSeconds(10), Nobody)!.Endpoint.Address & 255);
        }).CountBy(n => n).ToList();
        Assert.Equal([1, 2, 3], firsts.Select(first => first.Key).Order());
        Assert.All(firsts, first => Assert.InRange(first.Value, 60, 140));
    }

    [Fact]
    public void A_peer_that_was_there_and_failed_once_goes_before_strangers_but_a_dead_one_takes_turns_with_them()
    {
        var dead = Learn(1);
        candidates.Succeeded(dead, Swarming.Id(1));
        candidates.Failed(now, dead, lasted: true);
        for (var number = 2; number <= 9; number++)
            Learn(number);
        now += TimeSpan.FromSeconds(10);
        var dialled = new List<Candidate>();
        for (var dial = 0; dial < 6; dial++)
        {
            var next = Next()!;
            dialled.Add(next);
            candidates.Dialled(next);
            candidates.Failed(now, next, lasted: false);
            now += TimeSpan.FromSeconds(2);
        }

        Assert.Equal([true, false, true, false, true, false], dialled.Select(candidate => candidate == dead));
        Assert.Equal(4, dialled.Distinct().Count());
    }

    [Fact]
    public void A_flood_of_addresses_does_not_keep_a_named_peer_waiting()
    {
        var named = candidates.LearnStatic(Swarming.Place(1))!;
        candidates.Failed(now, named, lasted: false);
        now += TimeSpan.FromSeconds(1);
        for (var dial = 0; dial < 4; dial++)
        {
            Learn(100 + dial); // always somebody fresh
            var next = Next()!;
            candidates.Dialled(next);
            if (next == named)
                return;
        }

        Assert.Fail("the named peer never had its turn");
    }

    [Fact]
    public void Whoever_is_in_use_ourselves_foreign_or_connected_otherwise_is_not_dialled()
    {
        candidates.Dialled(Learn(1));
        candidates.IsOurselves(Learn(2));
        candidates.Judge(Learn(3), alias: null, isForeign: true);
        candidates.Answered(Learn(4), Swarming.Id(4));
        Assert.Null(candidates.Next(now, id => id == Swarming.Id(4)));
        Assert.Null(candidates.NextAt(id => id == Swarming.Id(4)));
        candidates.Left(Swarming.Id(4));
        Assert.Equal(Swarming.Place(4), Next()!.Endpoint);
    }

    [Fact]
    public void There_are_1024_and_the_one_past_takes_the_place_of_the_worst()
    {
        const int Max = 1024;
        Assert.Equal(Max, Swarming.Settings.CandidatesMax);
        for (var number = 1; number <= Max; number++)
            Learn(number);
        Fail(7);
        Fail(8);
        Fail(8);
        candidates.Proved(candidates.Find(Swarming.Place(9))!, Swarming.Id(9)); // kept though it fails now
        for (var i = 0; i < 3; i++)
            Fail(9);
        Assert.Equal(Max, candidates.Count);

        Learn(Max + 1);
        Assert.Equal(Max, candidates.Count);
        Assert.Null(candidates.Find(Swarming.Place(8)));
        Learn(Max + 2);
        Assert.Null(candidates.Find(Swarming.Place(7)));
        Assert.NotNull(candidates.Find(Swarming.Place(9)));
    }

    [Fact]
    public void Static_ones_are_all_kept_and_those_in_use()
    {
        var few = new Candidates(Swarming.Settings with { CandidatesMax = 2 }, new Rng(1));
        Candidate? Hear(int number) => few.Learn(Swarming.Place(number), Swarming.Place(number).Address);
        for (var number = 10; number < 20; number++)
            Assert.NotNull(few.LearnStatic(Swarming.Place(number)));
        few.Dialled(Hear(2)!);
        Hear(3);
        Assert.NotNull(few.LearnStatic(Swarming.Place(3))); // static from now on, and out of the others' table
        Assert.NotNull(Hear(4));
        Assert.NotNull(Hear(5)); // for 4
        Assert.Null(few.Find(Swarming.Place(4)));
        Assert.NotNull(few.Find(Swarming.Place(2)));
        few.Dialled(few.Find(Swarming.Place(5))!);
        Assert.Null(Hear(6));
        Assert.Equal(13, few.Count);
    }

    [Fact]
    public void As_many_are_static_as_a_torrent_conf_may_name()
    {
        for (var number = 1; number <= 65_536; number++)
        {
            if (candidates.LearnStatic(Swarming.Place(number)) is null)
                Assert.Fail($"{number}");
        }

        Assert.Null(candidates.LearnStatic(Swarming.Place(65_537)));
        Assert.NotNull(candidates.LearnStatic(Swarming.Place(65_536)));
        Assert.NotNull(Learn(65_537)); // hearsay has a table of its own
    }

    [Fact]
    public void One_that_teaches_much_drives_out_its_own_words_only()
    {
        var liar = Swarming.Place(1).Address;
        for (var number = 2; number < 800; number++)
            Learn(number);
        for (var number = 1000; number < 5000; number++)
            Assert.NotNull(candidates.Learn(Swarming.Place(number), liar));
        Assert.All(Enumerable.Range(2, 798), number => Assert.NotNull(candidates.Find(Swarming.Place(number))));
        Assert.Equal(128, Enumerable.Range(1000, 4000).Count(number => candidates.Find(Swarming.Place(number)) is not null));
    }

    [Fact]
    public void When_the_table_is_full_whoever_holds_most_of_it_makes_room()
    {
        for (var number = 1; number <= 1024; number++)
            candidates.Learn(Swarming.Place(number), Swarming.Place((number / 100) + 1).Address);
        for (var number = 2000; number < 2100; number++)
            Assert.NotNull(Learn(number));
        Assert.Equal(1024, candidates.Count);
        var left = Enumerable.Range(1, 1024).Where(number => candidates.Find(Swarming.Place(number)) is not null);
        var shares = left.CountBy(number => number / 100).Where(share => share.Key is > 0 and < 10).Select(share => share.Value);
        Assert.All(shares, share => Assert.InRange(share, 88, 92));
    }

    [Theory]
    [InlineData(0x00000000u, 6881)]
    [InlineData(0xFFFFFFFFu, 6881)]
    [InlineData(0xE0000001u, 6881)]
    [InlineData(0xAC140001u, 0)]
    public void Where_nobody_can_be_is_not_learnt(uint address, ushort port)
    {
        Assert.Null(candidates.LearnStatic(new Endpoint(address, port)));
        Assert.Null(candidates.Learn(new Endpoint(address, port), address));
        Assert.Equal(0, candidates.Count);
    }

    [Fact]
    public void A_ban_holds_for_all_ports_of_an_address_and_expires()
    {
        Learn(1);
        candidates.Ban(now, Swarming.Place(1).Address);
        var end = now + Swarming.Settings.BanFor;
        Assert.Equal(end, candidates.NextAt(Nobody));

        Assert.True(candidates.IsBanned(end - TimeSpan.FromTicks(1), Swarming.Place(1, 80).Address));
        Assert.Null(candidates.Next(end - TimeSpan.FromTicks(1), Nobody));
        Assert.False(candidates.IsBanned(end, Swarming.Place(1).Address));
        Assert.NotNull(candidates.Next(end, Nobody));
        Assert.False(candidates.IsBanned(now, Swarming.Place(2).Address));
    }

    [Fact]
    public void There_are_as_many_bans_as_candidates_and_the_oldest_goes_first()
    {
        var few = new Candidates(Swarming.Settings with { CandidatesMax = 3 }, new Rng(1));
        foreach (var number in new[] { 9, 1, 5, 3 })
            few.Ban(now += TimeSpan.FromSeconds(1), Swarming.Place(number).Address);
        Assert.Equal([1, 3, 5], Enumerable.Range(1, 9).Where(number => few.IsBanned(now, Swarming.Place(number).Address)));
    }

    [Fact]
    public void Only_the_proven_are_told_of_and_each_counts_once()
    {
        Learn(1);
        candidates.Succeeded(Learn(2), Swarming.Id(2));
        candidates.Proved(Learn(2), Swarming.Id(2));
        var self = Learn(3);
        candidates.Succeeded(self, Swarming.Id(3));
        candidates.IsOurselves(self);
        Assert.Equal([Swarming.Place(2)], candidates.Proven);
        Assert.Equal(2, candidates.ProvenVersion); // its own was told before it was known
    }

    private static bool Nobody(PeerId id) => false;

    private Candidate Learn(int number) => candidates.Learn(Swarming.Place(number), Swarming.Place(number).Address)!;

    private void Fail(int number) => candidates.Failed(now, candidates.Find(Swarming.Place(number))!, lasted: false);

    private Candidate? Next() => candidates.Next(now, Nobody);
}

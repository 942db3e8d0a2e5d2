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
            candidates.Failed(now, candidate);
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
            candidates.Failed(now, candidate);
            return candidate.NotBefore;
        });
        Assert.InRange(waits.Distinct().Count(), 40, 50);
    }

    [Fact]
    public void A_success_or_news_makes_the_waits_short_again()
    {
        var candidate = Learn(1);
        for (var i = 0; i < 10; i++)
            candidates.Failed(now, candidate);
        candidates.Succeeded(candidate, Swarming.Id(1));
        candidate.InUse = false; // the connection is gone: Connections.Settle says so
        candidates.Failed(now, candidate);
        Assert.InRange(candidate.NotBefore - now, TimeSpan.Zero, Swarming.Settings.BackoffMin);

        candidates.Failed(now, candidate);
        candidates.Refresh(now, candidate);
        Assert.Same(candidate, Next());
        candidates.Failed(now, candidate);
        Assert.InRange(candidate.NotBefore - now, TimeSpan.Zero, Swarming.Settings.BackoffMin);
    }

    [Fact]
    public void Those_that_failed_least_come_first_and_chance_decides_among_equals()
    {
        for (var number = 1; number <= 9; number++)
        {
            Learn(number);
            for (var failures = 0; failures < number / 4; failures++)
                candidates.Failed(now, candidates.Find(Swarming.Place(number))!);
        }

        now += TimeSpan.FromSeconds(10);
        var firsts = Enumerable.Range(0, 300).Select(_ => (int)(Next()!.Endpoint.Address & 255)).CountBy(n => n).ToList();
        Assert.Equal([1, 2, 3], firsts.Select(first => first.Key).Order());
        Assert.All(firsts, first => Assert.InRange(first.Value, 60, 140));
    }

    [Fact]
    public void Whoever_is_in_use_ourselves_foreign_or_connected_otherwise_is_not_dialled()
    {
        Learn(1).InUse = true;
        Learn(2).IsSelf = true;
        Learn(3).IsForeign = true;
        Learn(4).LastId = Swarming.Id(4);
        Assert.Null(candidates.Next(now, id => id == Swarming.Id(4)));
        Assert.Null(candidates.NextAt(id => id == Swarming.Id(4)));
        Assert.Equal(Swarming.Place(4), Next()!.Endpoint);
    }

    [Fact]
    public void There_are_1024_and_the_one_past_takes_the_place_of_the_worst()
    {
        const int Max = 1024;
        Assert.Equal(Max, Swarming.Settings.CandidatesMax);
        for (var number = 1; number <= Max; number++)
            Learn(number);
        candidates.Failed(now, candidates.Find(Swarming.Place(7))!);
        candidates.Failed(now, candidates.Find(Swarming.Place(8))!);
        candidates.Failed(now, candidates.Find(Swarming.Place(8))!);
        candidates.Succeeded(candidates.Find(Swarming.Place(9))!, Swarming.Id(9)); // proven: kept though it fails now
        for (var i = 0; i < 3; i++)
            candidates.Failed(now, candidates.Find(Swarming.Place(9))!);
        Assert.Equal(Max, candidates.Count);

        Learn(Max + 1);
        Assert.Equal(Max, candidates.Count);
        Assert.Null(candidates.Find(Swarming.Place(8)));
        Learn(Max + 2);
        Assert.Null(candidates.Find(Swarming.Place(7)));
        Assert.NotNull(candidates.Find(Swarming.Place(9)));
    }

    [Fact]
    public void Static_ones_and_those_in_use_are_kept()
    {
        var few = new Candidates(Swarming.Settings with { CandidatesMax = 3 }, new Rng(1));
        few.Learn(Swarming.Place(1), isStatic: true);
        few.Learn(Swarming.Place(2), isStatic: false)!.InUse = true;
        few.Learn(Swarming.Place(3), isStatic: false);
        Assert.NotNull(few.Learn(Swarming.Place(3), isStatic: true)); // static from now on

        Assert.Null(few.Learn(Swarming.Place(4), isStatic: false));
        Assert.Null(few.Learn(Swarming.Place(5), isStatic: true));
        Assert.Equal(3, few.Count);

        few.Find(Swarming.Place(2))!.InUse = false;
        Assert.NotNull(few.Learn(Swarming.Place(4), isStatic: false));
        Assert.Null(few.Find(Swarming.Place(2)));
        Assert.NotNull(few.Find(Swarming.Place(1)));
        Assert.NotNull(few.Find(Swarming.Place(3)));
    }

    [Theory]
    [InlineData(0x00000000u, 6881)]
    [InlineData(0xFFFFFFFFu, 6881)]
    [InlineData(0xE0000001u, 6881)]
    [InlineData(0xAC140001u, 0)]
    public void Where_nobody_can_be_is_not_learnt(uint address, ushort port)
    {
        Assert.Null(candidates.Learn(new Endpoint(address, port), isStatic: true));
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
        candidates.Succeeded(Learn(2), Swarming.Id(2));
        var self = Learn(3);
        candidates.Succeeded(self, Swarming.Id(3));
        self.IsSelf = true;
        Assert.Equal([Swarming.Place(2)], candidates.Proven);
        Assert.Equal(2, candidates.ProvenVersion);
    }

    /// <summary>A host that sleeps until <c>NextAt</c> misses nobody, and finds somebody when it wakes.</summary>
    [Fact]
    public void When_nobody_is_next_nobody_becomes_so_before_NextAt()
    {
        for (var seed = 1UL; seed <= 200; seed++)
            CompareNextWithNextAt(new Rng(seed));
    }

    private static void CompareNextWithNextAt(Rng rng)
    {
        var candidates = new Candidates(Swarming.Settings with { CandidatesMax = 6, BanFor = TimeSpan.FromSeconds(3) }, rng.Fork());
        var now = Swarming.At(1);
        PeerId? connected = null;
        bool IsConnected(PeerId id) => id == connected;
        for (var step = 0; step < 100; step++)
        {
            now += rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1));
            connected = rng.Chance(1, 2) ? Swarming.Id(rng.Next(8)) : null;
            Operate(rng, candidates, now);

            var soon = candidates.NextAt(IsConnected);
            if (candidates.Next(now, IsConnected) is not null)
            {
                Assert.True(soon <= now);
            }
            else if (soon is { } at)
            {
                Assert.True(at > now);
                Assert.Null(candidates.Next(now + rng.Next(TimeSpan.Zero, at - now), IsConnected));
                Assert.Null(candidates.Next(at - TimeSpan.FromTicks(1), IsConnected));
                Assert.NotNull(candidates.Next(at, IsConnected));
                now = at; // time does not go back: bans that were found to be over are forgotten
            }
            else
            {
                Assert.Null(candidates.Next(now + TimeSpan.FromDays(1000), IsConnected));
                return;
            }
        }
    }

    private static void Operate(Rng rng, Candidates candidates, Instant now)
    {
        var place = Swarming.Place(rng.Next(8), (ushort)rng.Next(1, 3));
        if (candidates.Learn(place, isStatic: rng.Chance(1, 8)) is not { } candidate)
            return;
        switch (rng.Next(8))
        {
            case 0:
                candidates.Failed(now, candidate);
                break;
            case 1:
                candidates.Succeeded(candidate, Swarming.Id(rng.Next(8)));
                break;
            case 2:
                Candidates.Rest(now, candidate, rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(5)));
                break;
            case 3:
                candidates.Refresh(now, candidate);
                break;
            case 4:
                candidates.Ban(now, place.Address);
                break;
            case 5:
                candidate.InUse = !candidate.InUse;
                break;
            case 6:
                candidate.IsForeign = !candidate.IsForeign;
                break;
        }
    }

    private static bool Nobody(PeerId id) => false;

    private Candidate Learn(int number) => candidates.Learn(Swarming.Place(number), isStatic: false)!;

    private Candidate? Next() => candidates.Next(now, Nobody);
}

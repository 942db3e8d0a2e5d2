using Roj.Election;
using Roj.Election.Wire;
using Xunit;
using static Roj.Tests.Election.ElectionLab;

namespace Roj.Tests.Election;

/// <summary>Leading with a majority's lease: what is asked for, how often, and what comes of the answers.</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData(ElectionKind.Bully)]
    [InlineData(ElectionKind.Ring)]
    public void Who_is_denied_waits_before_it_claims_again(ElectionKind kind)
    {
        var lab = new ElectionLab(3, kind, isQuorum: true);
        lab.Run(Seconds(0.1));
        lab.Split(1);
        lab.Split(2);
        lab.Sides[2] = 2;
        lab.TellWhoIsHere(); // each is alone: a majority is nowhere
        var calls = lab.InputsIn(Seconds(60));
        Assert.DoesNotContain(lab.Up, lab.Leads);
        Assert.All(lab.Up, number => Assert.InRange(lab.AskedBy<ElectionEffect.Claim>(number).Count(), 10, 35));
        Assert.InRange(calls, 0, 3 * 60 * 8);
    }

    [Fact]
    public void While_a_claim_is_under_way_nothing_is_due_but_its_answer()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.Split(3); // it is not granted at once
        lab.RunUntil(() => lab[3].Standing is Standing.Claiming, Seconds(8));
        Assert.Null(lab[3].Deadline);
    }

    [Fact]
    public void A_lease_that_is_over_ends_the_leadership_and_another_one_does_not()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(3), Seconds(10));
        lab.Lapsed(3, epoch: 0);
        Assert.True(lab.Leads(3));
        lab.Lapsed(3, epoch: 1);
        Assert.False(lab.Leads(3));
        Assert.Null(lab[3].Term);
    }

    [Fact]
    public void A_vacant_lease_ends_the_following()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(3), Seconds(10));
        lab.Vacant(1);
        Assert.IsType<Standing.Without>(lab[1].Standing);
    }

    [Fact]
    public void Whoever_is_handed_over_to_stands_at_once_though_it_came_just_now_and_heard_of_the_leases_end_first()
    {
        var lab = new ElectionLab(2, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(2), Seconds(10));
        lab.Start(1);
        lab.RunUntil(() => lab.AllHeed(2), Seconds(1.1)); // somebody new was there less than two heartbeats ago
        lab.Vacant(1);
        Assert.IsType<Standing.Without>(lab[1].Standing);
        lab.Hear(1, 2, new ElectionMessage.Resigned(lab[2].Term!.Value, Painted.Id(1)));
        Assert.IsNotType<Standing.Without>(lab[1].Standing);
    }

    [Fact]
    public void A_grant_of_an_earlier_epoch_than_is_known_is_given_back_and_not_waited_upon()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(3), Seconds(10));
        lab.Asked.Clear();
        lab.Granted(1, epoch: 0, remembered: null);
        Assert.Single(lab.AskedBy<ElectionEffect.Release>(1));
        Assert.False(lab.Leads(1));
        Assert.IsNotType<Standing.Claiming>(lab[1].Standing);
    }

    [Fact]
    public void An_answer_that_nobody_waits_for_changes_nothing()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(3), Seconds(10));
        lab.Asked.Clear();
        lab.Denied(3);
        lab.Denied(1);
        Assert.Empty(lab.Asked);
        Assert.True(lab.AllHeed(3));
    }

    [Fact]
    public void Colours_outlive_all_who_knew_them()
    {
        var lab = new ElectionLab(6, isQuorum: true);
        lab.RunUntil(() => lab.AllHeed(6), Seconds(10));
        lab.Kill(1); // so that they are not what they would be from nothing
        lab.RunUntil(() => lab.AllHeed(6) && lab[6].Colouring.Colours.Count == 5, Seconds(10));
        var before = lab.Lease.Colours!;
        Assert.Equal(before, lab[6].Colouring);
        foreach (var number in lab.Up.ToArray())
            lab.Kill(number);
        lab.Run(Seconds(5));
        for (var number = 2; number <= 6; number++)
            lab.Start(number);
        lab.RunUntil(() => lab.Up.Any(number => lab.AllHeed(number)), Seconds(20));
        var leader = lab.Up.Single(lab.Leads);
        Assert.InRange(Painted.Repaints(before, lab[leader].Colouring), 0, leader == 6 ? 0 : 2);
        Assert.Equal(2UL, lab[leader].Colouring.Term.Counter);
    }

    [Fact]
    public void Only_who_votes_is_nominated_by_address()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.Start(9); // the highest address, and no seat
        lab.RunUntil(() => lab.AllHeed(3), Seconds(10));
        lab.Kill(3);
        lab.RunUntil(() => lab.AllHeed(2), Seconds(10));
        Assert.Empty(lab.AskedBy<ElectionEffect.Claim>(9));
        Painted.IsRight(lab[2].Colouring, 3);
    }
}

using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Quorum mode: whoever holds the lease is owner. Node 1 is looked at, 2 and 3 and the register are spoken for.</summary>
public sealed class LeasedPassingTests
{
    private static readonly TimeSpan lease = TimeSpan.FromSeconds(3);

    [Fact]
    public void What_is_passed_on_is_an_offer_and_goes_over_with_the_lease()
    {
        var lab = Leased.Owning(epoch: 6);
        var own = lab[1].Own;
        var take = Assert.IsType<TokenMessage.Take>(Assert.Single(lab.PassOn(1)));
        Assert.Equal(own with { Sequence = 2 }, take.Stamp);
        var hand = Assert.IsType<TokenEffect.Hand>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Taken(take.Stamp, 7))));
        Assert.Equal((Painted.Id(2), 7U, take.Stamp), (hand.To, hand.Boot, hand.Stamp));
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Taken(take.Stamp, 7))); // once
        Assert.Empty(lab.Lapsed(1, 6)); // given away
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Refused(take.Stamp, default)));
        var asked = lab.Handed(1, isDone: true);
        Assert.Equal((take.Stamp, lease), asked.OfType<TokenMessage.Yours>().Select(one => (one.Stamp, one.Lease)).Single());
        Assert.Single(asked.OfType<TokenEvent.Passed>());
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void What_became_of_handing_it_over_may_not_be_known()
    {
        var lab = Leased.Owning(epoch: 6);
        var take = lab.PassOn(1).OfType<TokenMessage.Take>().Single();
        lab.Hear(1, 2, new TokenMessage.Taken(take.Stamp, 7));
        Assert.DoesNotContain(lab.Handed(1, isDone: false), one => one is TokenMessage or TokenEvent.Passed);
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Theory]
    [InlineData(0)] // refused
    [InlineData(1)] // not reached
    [InlineData(2)] // perhaps reached
    [InlineData(3)] // silent
    [InlineData(4)] // gone
    public void While_the_lease_is_its_own_it_may_offer_it_to_another(int what)
    {
        var lab = Leased.Owning(epoch: 6);
        var first = lab.PassOn(1).OfType<TokenMessage.Take>().Single();
        lab.Asked.Clear();
        if (what == 0)
            lab.Hear(1, 2, new TokenMessage.Refused(first.Stamp, default));
        else if (what < 3)
            lab.Undelivered(1, 2, isSent: what == 2);
        else if (what == 3)
            lab.Pass(8);
        else
            lab.Meet(1, 3);
        Assert.Equal((TokenState.Passing, Painted.Id(3)), (lab[1].State, lab[1].To));
        Assert.Equal(3UL, Assert.Single(lab.AskedBy<TokenMessage.Take>(1)).Stamp.Sequence);
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Taken(first.Stamp, 7))); // too late
        lab.Undelivered(1, 3, isSent: false);
        Assert.Equal((TokenState.Owner, 4UL), (lab[1].State, lab[1].Own.Sequence)); // nobody wants it
    }

    [Fact]
    public void Who_is_offered_it_keeps_it_first_and_is_owner_once_the_lease_is_its_own()
    {
        var lab = Leased.Waiting();
        var take = new TokenMessage.Take(Leased.Stamp(epoch: 5, progress: 8), "eight"u8.ToArray());
        lab.Pass(0.4);
        var since = lab.Now;
        var asked = lab.Hear(1, 2, take);
        Assert.Equal([typeof(TokenEffect.Keep), typeof(TokenMessage.Taken)], asked.Select(one => one.GetType()));
        Assert.Equal(1U, asked.OfType<TokenMessage.Taken>().Single().Boot);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.IsType<TokenMessage.Taken>(Assert.Single(lab.Hear(1, 2, take))); // T6
        lab.Pass(0.1);

        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Yours(take.Stamp with { Sequence = 2 }, lease)));
        var over = Assert.IsType<TokenEffect.TakeOver>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Yours(take.Stamp, lease))));
        Assert.Equal((5UL, lease, since), (over.Epoch, over.Duration, over.Since)); // from before it said that it would take it
        lab.TakenOver(1, isHeld: true);
        Assert.Equal((TokenState.Owner, take.Stamp), (lab[1].State, lab[1].Own));
        Assert.Equal("eight"u8, lab[1].Memory.Data.Span);
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Yours(take.Stamp, lease)));
        Assert.Empty(lab.TakenOver(1, isHeld: true));
    }

    [Fact]
    public void Who_took_an_offer_and_hears_no_more_of_it_claims_before_the_lease_is_over()
    {
        var lab = Leased.Waiting();
        lab.Hear(1, 2, new TokenMessage.Take(Leased.Stamp(epoch: 5), default));
        lab.Pass(0.99);
        Assert.Empty(lab.AskedBy<TokenEffect.Claim>(1));
        lab.Pass(0.01);
        Assert.Single(lab.AskedBy<TokenEffect.Claim>(1));
    }

    [Fact]
    public void A_lease_that_is_over_before_it_is_taken_makes_nobody_owner()
    {
        var lab = Leased.Waiting();
        var take = new TokenMessage.Take(Leased.Stamp(epoch: 5), default);
        lab.Hear(1, 2, take);
        lab.Hear(1, 2, new TokenMessage.Yours(take.Stamp, lease));
        Assert.Empty(lab.TakenOver(1, isHeld: false));
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void What_is_not_later_than_what_it_has_is_refused()
    {
        var lab = Leased.Waiting();
        object[] Offered(int by, ulong epoch, ulong sequence) =>
            lab.Hear(1, by, new TokenMessage.Take(Leased.Stamp(epoch) with { Sequence = sequence }, default));

        Assert.Single(Offered(by: 2, epoch: 5, sequence: 4), one => one is TokenMessage.Taken);
        Assert.IsType<TokenMessage.Refused>(Assert.Single(Offered(by: 3, epoch: 5, sequence: 4)));
        Assert.IsType<TokenMessage.Refused>(Assert.Single(Offered(by: 3, epoch: 4, sequence: 9)));
        Assert.Single(Offered(by: 3, epoch: 5, sequence: 5), one => one is TokenMessage.Taken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_later_epoch_that_does_not_build_on_its_work_drops_it_and_that_is_told(bool isFurther)
    {
        var lab = Leased.Owning(epoch: 6);
        lab.Worked(1, 9, "nine");
        lab.Lapsed(1, 6);
        var asked = lab.Hear(1, 2, new TokenMessage.Take(Leased.Stamp(epoch: 7, progress: isFurther ? 10UL : 8UL), "other"u8.ToArray()));
        Assert.Equal(!isFurther, asked.OfType<TokenEvent.Dropped>().Any());
        Assert.Equal("other"u8, lab[1].Memory.Data.Span);
    }

    [Fact] // T5
    public void An_owner_that_hears_of_a_later_epoch_destroys_its_own()
    {
        var lab = Leased.Owning(epoch: 6);
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 6, progress: 99)))); // of an earlier turn
        Assert.IsType<TokenMessage.Here>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 5, progress: 99)))));
        Assert.Single(lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 7))).OfType<TokenEvent.Lost>());
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Theory]
    [InlineData(TokenState.Owner)]
    [InlineData(TokenState.Passing)]
    [InlineData(TokenState.Fetching)]
    public void With_the_lease_all_is_over(TokenState state)
    {
        var lab = state is TokenState.Fetching ? Leased.Waiting() : Leased.Owning(epoch: 6);
        if (state is TokenState.Fetching)
        {
            lab.Vacant(1);
            lab.Granted(1, 6, Leased.Stamp(epoch: 5));
        }

        if (state is TokenState.Passing)
            lab.PassOn(1);
        Assert.Equal(state, lab[1].State);
        Assert.Empty(lab.Lapsed(1, 5)); // that of an earlier one
        Assert.Equal(state is TokenState.Owner, lab.Lapsed(1, 6).OfType<TokenEvent.Lost>().Any());
        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.False(lab.Worked(1, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_was_handed_it_while_it_claimed_and_is_granted_it_too_goes_on_under_the_later_epoch(bool passes)
    {
        var lab = Leased.Waiting();
        var take = new TokenMessage.Take(Leased.Stamp(epoch: 5, progress: 3), "three"u8.ToArray());
        lab.Hear(1, 2, take);
        lab.Vacant(1);
        lab.Hear(1, 2, new TokenMessage.Yours(take.Stamp, lease));
        lab.TakenOver(1, isHeld: true);
        if (passes)
            lab.PassOn(1);

        Assert.Empty(lab.Granted(1, 5)); // that is the one that it has
        var asked = lab.Granted(1, 6, take.Stamp);
        Assert.Equal(!passes, asked.OfType<TokenEvent.Lost>().Any());
        Assert.DoesNotContain(asked, one => one is TokenEffect.Release or TokenEvent.Dropped);
        Assert.Equal((TokenState.Owner, (6UL, 1UL), 3UL), (lab[1].State, lab[1].Own.Turn, lab[1].Own.Progress));
        Assert.Equal("three"u8, asked.OfType<TokenEvent.Held>().Single().Data.Span);
    }

    [Fact]
    public void Who_claims_it_is_offered_nothing()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        Assert.IsType<TokenMessage.Refused>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Take(Leased.Stamp(epoch: 5), default))));
    }

    [Fact]
    public void Who_hands_it_over_and_is_granted_it_gives_that_back()
    {
        var lab = Leased.Owning(epoch: 6);
        var take = lab.PassOn(1).OfType<TokenMessage.Take>().Single();
        lab.Hear(1, 2, new TokenMessage.Taken(take.Stamp, 7));
        Assert.IsType<TokenEffect.Release>(Assert.Single(lab.Granted(1, 7)));
        lab.Handed(1, isDone: false);
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void What_was_said_before_and_comes_late_is_nothing()
    {
        var lab = Leased.Waiting();
        var (earlier, later) = (Leased.Stamp(epoch: 5), Leased.Stamp(epoch: 5) with { Sequence = 2, Progress = 2 });
        lab.Hear(1, 3, new TokenMessage.Here(later));
        lab.Hear(1, 2, new TokenMessage.Here(earlier));
        lab.Hear(1, 2, new TokenMessage.Here(later with { Progress = 1 }));
        Assert.Equal((later, Painted.Id(3)), (lab[1].Seen, lab[1].Holder));
    }

    [Fact]
    public void Who_goes_offers_it_first_and_gives_the_lease_back_if_nobody_is_there()
    {
        var lab = Leased.Owning(epoch: 6);
        Assert.Single(lab.Leave(1).OfType<TokenMessage.Take>());

        var alone = new TokenLab(1, isLeased: true);
        alone.Vacant(1);
        alone.Granted(1, 1);
        var asked = alone.Leave(1);
        Assert.Single(asked.OfType<TokenEvent.Lost>());
        Assert.Single(asked.OfType<TokenEffect.Release>());
        alone.Pass(10);
        Assert.Equal(TokenState.Waiter, alone[1].State); // it claims nothing any more
        Assert.Empty(alone.Vacant(1));
    }

    [Fact]
    public void Who_goes_takes_no_offer_and_no_lease_any_more()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        lab.Leave(1);
        Assert.IsType<TokenEffect.Release>(Assert.Single(lab.Granted(1, 6)));
        Assert.IsType<TokenMessage.Refused>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Take(Leased.Stamp(epoch: 7), default))));
    }
}

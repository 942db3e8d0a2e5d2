using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Quorum mode: who claims the lease, when, and what he asks the others first. Node 1 is looked at, 2 and 3 and the register are
/// spoken for.</summary>
public sealed class LeaseClaimTests
{
    [Fact]
    public void Who_begins_claims_it_if_nobody_says_within_a_heartbeat_that_he_has_it()
    {
        var lab = Leased.Waiting();
        lab.Pass(0.49);
        Assert.Empty(lab.AskedBy<TokenEffect.Claim>(1));
        lab.Pass(0.01);
        Assert.Single(lab.AskedBy<TokenEffect.Claim>(1));
    }

    [Fact]
    public void A_waiter_that_has_heard_nothing_for_a_lease_and_a_heartbeat_claims_it_without_asking_anybody()
    {
        var lab = Leased.Waiting();
        lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 1)));
        lab.Pass(3.49);
        Assert.Empty(lab.AskedBy<TokenEffect.Claim>(1));
        lab.Pass(0.01);
        Assert.Single(lab.AskedBy<TokenEffect.Claim>(1));
        Assert.Equal(TokenState.Claiming, lab[1].State);
        Assert.Empty(lab.AskedBy<TokenMessage>(1));
        lab.Pass(60);
        Assert.Single(lab.AskedBy<TokenEffect.Claim>(1)); // one at a time
    }

    [Fact]
    public void A_waiter_that_hears_that_the_lease_is_nobodys_claims_it_at_once()
    {
        var lab = Leased.Waiting();
        Assert.IsType<TokenEffect.Claim>(Assert.Single(lab.Vacant(1), one => one is TokenEffect));
        Assert.Empty(lab.Vacant(1));
    }

    [Fact]
    public void Who_does_not_get_it_claims_it_again_if_nobody_says_that_he_has_it()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        lab.Denied(1);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        lab.Pass(0.99);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Claiming, lab[1].State);
        lab.Denied(1);
        lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 5)));
        lab.Pass(3.49);
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void When_the_lease_is_nobodys_the_next_one_claims_first_and_the_others_one_after_another()
    {
        foreach (var (holder, rank) in ((int, int)[])[(3, 0), (2, 1)])
        {
            var lab = Leased.Waiting();
            lab.Hear(1, holder, new TokenMessage.Here(Leased.Stamp(epoch: 5)));
            lab.Vacant(1);
            Assert.Equal(rank == 0 ? TokenState.Claiming : TokenState.Waiter, lab[1].State);
            lab.Pass(0.1);
            Assert.Equal(TokenState.Claiming, lab[1].State);
        }
    }

    [Fact]
    public void Who_hears_of_it_waits_and_what_is_of_an_earlier_epoch_is_nothing()
    {
        var lab = Leased.Waiting();
        lab.Pass(0.4);
        lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 5)));
        lab.Pass(3.49);
        Assert.Equal((TokenState.Waiter, Painted.Id(2)), (lab[1].State, lab[1].Holder));
        lab.Hear(1, 3, new TokenMessage.Here(Leased.Stamp(epoch: 4))); // of one that is destroyed
        lab.Pass(0.01);
        Assert.Equal((TokenState.Claiming, Painted.Id(2)), (lab[1].State, lab[1].Holder));
    }

    [Fact]
    public void Alone_the_lease_makes_it_owner_at_once()
    {
        var lab = new TokenLab(1, isLeased: true);
        lab.Vacant(1);
        lab.Granted(1, 4);
        Assert.Equal((TokenState.Owner, new TokenStamp(4, 1, 0, Painted.Id(1), 1)), (lab[1].State, lab[1].Own));
    }

    [Fact]
    public void The_lease_has_it_ask_the_others_what_was_done_last()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        Assert.Equal(2, lab.Granted(1, 6, Leased.Stamp(epoch: 5, progress: 8)).OfType<TokenMessage.Fetch>().Count());
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Hear(1, 2, new TokenMessage.Fetched(default, default)); // he knows nothing
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Hear(1, 3, new TokenMessage.Fetched(Leased.Stamp(epoch: 5, progress: 9), "nine"u8.ToArray())); // as the register says, and more
        Assert.Equal((TokenState.Owner, new TokenStamp(6, 1, 9, Painted.Id(1), 1)), (lab[1].State, lab[1].Own));
        Assert.Equal("nine"u8, lab[1].Memory.Data.Span);
        Assert.DoesNotContain(lab.AskedBy<TokenEvent>(1), one => one is TokenEvent.Dropped);
    }

    [Fact]
    public void Before_anything_was_handed_over_whoever_let_the_lease_lapse_is_not_waited_for()
    {
        var lab = Leased.Waiting();
        lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 5)));
        lab.Vacant(1);
        lab.Pass(0.2);
        lab.Granted(1, 6, default);
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Pass(0.49);
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Hear(1, 3, new TokenMessage.Fetched(Leased.Stamp(epoch: 0, progress: 9), "nine"u8.ToArray())); // of available mode
        Assert.Equal((TokenState.Owner, 9UL), (lab[1].State, lab[1].Own.Progress));
    }

    [Fact]
    public void Before_anything_was_handed_over_nobody_is_waited_for_longer_than_a_heartbeat()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        lab.Pass(0.2);
        lab.Granted(1, 6, default);
        lab.Pass(0.49);
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Owner, lab[1].State);
    }

    [Fact]
    public void Who_asks_what_was_done_last_has_the_lease_and_nobody_claims_it_meanwhile()
    {
        var lab = Leased.Waiting();
        lab.Hear(1, 2, new TokenMessage.Here(Leased.Stamp(epoch: 5)));
        lab.Pass(3);
        lab.Hear(1, 3, new TokenMessage.Fetch(default));
        lab.Pass(3.49);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Claiming, lab[1].State);
    }

    [Fact]
    public void Nobody_is_waited_for_longer_than_two_heartbeats_and_what_is_missing_is_told()
    {
        var lab = Leased.Waiting();
        lab.Vacant(1);
        lab.Granted(1, 6, Leased.Stamp(epoch: 5, progress: 8));
        lab.Hear(1, 3, new TokenMessage.Fetched(Leased.Stamp(epoch: 4, progress: 7), "seven"u8.ToArray()));
        lab.Pass(0.99);
        Assert.Equal(TokenState.Fetching, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal((TokenState.Owner, 7UL), (lab[1].State, lab[1].Own.Progress));
        Assert.Equal(8UL, Assert.Single(lab.AskedBy<TokenEvent.Dropped>(1)).Stamp.Progress);
    }

    [Fact]
    public void Who_asks_what_was_done_last_hears_it_if_it_is_better()
    {
        var lab = Leased.Owning(epoch: 6);
        lab.Worked(1, 9, "nine");
        TokenMessage.Fetched Ask(TokenStamp than) =>
            Assert.IsType<TokenMessage.Fetched>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Fetch(than))));

        Assert.Equal("nine"u8, Ask(default).Data.Span);
        Assert.Equal("nine"u8, Ask(Leased.Stamp(epoch: 5, progress: 99)).Data.Span);
        Assert.True(Ask(Leased.Stamp(epoch: 7)).Stamp.IsNone);
        Assert.True(Ask(lab[1].Memory.Best).Stamp.IsNone);
    }
}

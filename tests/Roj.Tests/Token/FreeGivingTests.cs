using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Giving and taking in available mode: whatever is lost, said twice or late, no turn is had twice (T6). Node 1 is looked at, 2
/// and 3 are spoken for.</summary>
public sealed class FreeGivingTests
{
    private static readonly TokenStamp weak = FreePassingTests.Stamp(progress: 1, author: 2);
    private static readonly TokenStamp strong = FreePassingTests.Stamp(progress: 100, author: 2);

    [Fact]
    public void What_was_given_is_the_next_turn_and_once_taken_its_giver_waits()
    {
        var lab = Alone(Node.Owner);
        lab.Worked(1, 3, "abc");
        var own = lab[1].Own;
        var take = Assert.IsType<TokenMessage.Take>(Assert.Single(lab.PassOn(1)));

        Assert.Equal(own with { Sequence = 2 }, take.Stamp);
        Assert.Equal("abc"u8, take.Data.Span);
        Assert.Equal((TokenState.Passing, Painted.Id(2)), (lab[1].State, lab[1].To));
        Assert.Empty(lab.Hear(1, 3, new TokenMessage.Taken(take.Stamp, 1))); // it was not given to that one
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Taken(own, 1))); // nor that turn
        var asked = lab.Hear(1, 2, new TokenMessage.Taken(take.Stamp, 1));
        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.Equal((take.Stamp, Painted.Id(2)), asked.OfType<TokenEvent.Passed>().Select(one => (one.Stamp, one.To)).Single());
    }

    [Fact]
    public void Who_refuses_the_connection_is_passed_over_and_behind_the_last_it_is_ones_own_turn()
    {
        var lab = Alone(Node.Owner);
        lab.PassOn(1);
        var second = Assert.IsType<TokenMessage.Take>(Assert.Single(lab.Undelivered(1, 2, isSent: false)));
        Assert.Equal((Painted.Id(3), 3UL), (lab[1].To, second.Stamp.Sequence));
        Assert.Empty(lab.Undelivered(1, 2, isSent: false)); // that one was asked before
        lab.Undelivered(1, 3, isSent: false);
        Assert.Equal((TokenState.Owner, 4UL), (lab[1].State, lab[1].Own.Sequence));
    }

    [Fact]
    public void Once_it_was_sent_that_node_alone_is_asked_again_until_it_is_gone()
    {
        var lab = Alone(Node.Owner);
        var take = lab.PassOn(1).OfType<TokenMessage.Take>().Single();
        lab.Bag.Clear();
        Assert.Empty(lab.Undelivered(1, 2, isSent: true));
        lab.Pass(0.5);
        for (var times = 0; times < 5; times++)
        {
            var (_, to, again) = Assert.Single(lab.Bag);
            Assert.Equal((2, take.Stamp), (to, ((TokenMessage.Take)again).Stamp));
            lab.Bag.Clear();
            lab.Undelivered(1, 2, isSent: false); // now it refuses: it may have it all the same
            Assert.Equal(TokenState.Passing, lab[1].State);
            lab.Pass(0.5);
        }

        lab.Meet(1, 3);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.DoesNotContain(lab.Bag, letter => letter.To == 3 && letter.Message is TokenMessage.Take);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_goes_before_it_is_known_whether_he_was_given_it_is_passed_over_if_he_was_not(bool isSent)
    {
        var lab = Alone(Node.Owner);
        lab.PassOn(1);
        lab.Meet(1, 3);
        Assert.Equal(TokenState.Passing, lab[1].State);
        lab.Undelivered(1, 2, isSent);
        Assert.Equal(isSent ? TokenState.Waiter : TokenState.Passing, lab[1].State);
        Assert.Equal(isSent ? null : Painted.Id(3), lab[1].To);
    }

    [Fact]
    public void Who_goes_and_of_whom_nothing_is_known_is_not_waited_for_longer_than_for_an_answer()
    {
        var lab = Alone(Node.Owner);
        lab.PassOn(1);
        lab.Meet(1, 3);
        lab.Pass(1.99);
        Assert.Equal(TokenState.Passing, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void Who_does_not_answer_is_asked_again_each_time_after_twice_as_long()
    {
        var lab = Alone(Node.Owner);
        lab.PassOn(1);
        int[] after = [2, 4, 8, 16, 32, 32];
        foreach (var seconds in after)
        {
            lab.Bag.Clear();
            lab.Pass(seconds - 0.01);
            Assert.DoesNotContain(lab.Bag, letter => letter.Message is TokenMessage.Take);
            lab.Pass(0.01);
            Assert.Single(lab.Bag, letter => letter.Message is TokenMessage.Take);
        }
    }

    [Theory] // T6
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_given_twice_is_taken_once_and_said_twice(bool hasWorked)
    {
        var lab = Alone(Node.Waiter);
        var take = new TokenMessage.Take(strong, "abc"u8.ToArray());
        lab.Hear(1, 2, take);
        if (hasWorked)
            lab.Worked(1, 101);
        var own = lab[1].Own;

        Assert.IsType<TokenMessage.Taken>(Assert.Single(lab.Hear(1, 2, take)));
        Assert.Equal((TokenState.Owner, own), (lab[1].State, lab[1].Own));
        lab.PassOn(1);
        Assert.IsType<TokenMessage.Taken>(Assert.Single(lab.Hear(1, 2, take)));
        lab.Hear(1, 2, new TokenMessage.Taken(own with { Sequence = own.Sequence + 1 }, 1));
        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.IsType<TokenMessage.Taken>(Assert.Single(lab.Hear(1, 2, take)));
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void A_turn_that_was_had_is_not_had_again_in_another_life()
    {
        var lab = Alone(Node.Waiter);
        var take = new TokenMessage.Take(strong, default);
        lab.Hear(1, 2, take);
        lab.Kill(1);
        lab.Start(1);

        Assert.IsType<TokenMessage.Taken>(Assert.Single(lab.Hear(1, 2, take)));
        Assert.Equal(TokenState.Loser, lab[1].State);
    }

    [Theory]
    [InlineData(Node.Owner)]
    [InlineData(Node.Passing)]
    [InlineData(Node.Doubting)]
    public void A_holder_refuses_a_weaker_one(Node node)
    {
        var lab = Alone(node, progress: 7);
        var own = lab[1].Own;
        var refused = Assert.IsType<TokenMessage.Refused>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Take(weak, default))));
        Assert.Equal((weak, own), (refused.Stamp, refused.Known));
        Assert.Equal(own, lab[1].Own);
    }

    [Fact]
    public void Who_is_refused_tells_what_is_dropped_and_waits()
    {
        var lab = Alone(Node.Passing);
        var own = lab[1].Own;
        Assert.Empty(lab.Hear(1, 3, new TokenMessage.Refused(own, strong))); // that one was not asked
        var asked = lab.Hear(1, 2, new TokenMessage.Refused(own, strong));
        Assert.Equal((own, strong), asked.OfType<TokenEvent.Dropped>().Select(one => (one.Stamp, one.By)).Single());
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void Who_passes_it_and_hears_of_a_weaker_one_leaves_that_to_whom_it_was_given()
    {
        var lab = Alone(Node.Passing, progress: 7);
        lab.Hear(1, 3, new TokenMessage.Here(weak));
        Assert.Equal(TokenState.Passing, lab[1].State);
        lab.Hear(1, 3, new TokenMessage.Here(lab[1].Own with { Sequence = 1 })); // it was said before
        Assert.Equal(TokenState.Passing, lab[1].State);
        lab.Hear(1, 2, new TokenMessage.Here(lab[1].Own)); // he has it
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    private static TokenLab Alone(Node node, ulong progress = 0) => TokenStories.InState(node, progress);
}

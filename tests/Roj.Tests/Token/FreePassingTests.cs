using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>The table of token.md, cell by cell: what moves a node in available mode. Node 1 is looked at, 2 and 3 are spoken
/// for.</summary>
public sealed class FreePassingTests
{
    private static readonly TokenStamp weak = Stamp(progress: 1, author: 2);
    private static readonly TokenStamp strong = Stamp(progress: 100, author: 2);

    [Fact]
    public void A_node_begins_as_loser_and_asks_at_once_and_every_half_second()
    {
        var lab = new TokenLab(3);

        Assert.Equal(TokenState.Loser, lab[1].State);
        Assert.Equal(2, lab.AskedBy<TokenMessage.Where>(1).Count()); // both, when it met them
        lab.Pass(1.9);
        Assert.Equal(2 + (3 * 2), lab.AskedBy<TokenMessage.Where>(1).Count());
    }

    [Fact]
    public void A_loser_that_gets_no_answer_offers_to_make_one_and_makes_it_if_nobody_objects()
    {
        var lab = Alone(Node.Loser);

        lab.Pass(1.99);
        Assert.Equal(TokenState.Loser, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Generating, lab[1].State);
        Assert.Equal(2, lab.AskedBy<TokenMessage.Generating>(1).Count());
        lab.Pass(1.99);
        Assert.Equal(TokenState.Generating, lab[1].State);
        Assert.Equal(2 + (3 * 2), lab.AskedBy<TokenMessage.Generating>(1).Count()); // every half second, as it asked before
        lab.Pass(0.01);
        Assert.Equal(TokenState.Owner, lab[1].State);
        Assert.Equal(new TokenStamp(1, 1, 0, Painted.Id(1), 1), lab[1].Own);
    }

    [Fact]
    public void Each_token_that_a_node_makes_has_the_next_revision_and_an_epoch_above_all_that_it_heard_of()
    {
        var lab = Alone(Node.Owner);
        lab.Hear(1, 2, new TokenMessage.Here(strong with { Epoch = 7 }));
        lab.Pass(2 + 2 + 2 + 0.1);

        Assert.Equal(TokenState.Owner, lab[1].State);
        Assert.Equal((8UL, 1UL, 2UL), (lab[1].Own.Epoch, lab[1].Own.Sequence, lab[1].Own.Revision));
    }

    [Fact]
    public void A_loser_that_hears_that_it_was_here_starts_both_timers_anew()
    {
        var lab = Alone(Node.Loser);
        lab.Pass(1.9);
        lab.Asked.Clear();
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Recently()));
        lab.Pass(0.49);
        Assert.Empty(lab.AskedBy<TokenMessage.Where>(1));
        lab.Pass(1.5);
        Assert.Equal(TokenState.Loser, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Generating, lab[1].State);
    }

    [Theory]
    [InlineData(Node.Loser)]
    [InlineData(Node.Generating)]
    [InlineData(Node.Waiter)]
    public void Whoever_is_not_owner_and_hears_that_it_is_here_waits_for_two_seconds(Node node)
    {
        var lab = Alone(node);
        lab.Pass(1);
        lab.Hear(1, 2, new TokenMessage.Here(weak));

        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.Equal((Painted.Id(2), weak), (lab[1].Holder, lab[1].Seen));
        lab.Pass(1.99);
        Assert.Equal(TokenState.Waiter, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Loser, lab[1].State);
    }

    [Theory]
    [InlineData(Node.Waiter)]
    [InlineData(Node.Loser)]
    [InlineData(Node.Generating)]
    [InlineData(Node.Owner)]
    [InlineData(Node.Passing)]
    [InlineData(Node.Doubting)]
    public void Whoever_is_given_a_stronger_one_is_owner_and_says_so_once_it_is_kept(Node node)
    {
        var lab = Alone(node);
        var asked = lab.Hear(1, 2, new TokenMessage.Take(strong, "abc"u8.ToArray()));

        Assert.Equal(TokenState.Owner, lab[1].State);
        Assert.True(strong.IsOf(lab[1].Own) && strong.Progress == lab[1].Own.Progress);
        Assert.Equal("abc"u8, lab[1].Memory.Data.Span);
        var (keep, taken, held) = (At<TokenEffect.Keep>(asked), At<TokenMessage.Taken>(asked), At<TokenEvent.Held>(asked));
        Assert.True(keep < taken && keep < held, string.Join(' ', asked.Select(one => one.GetType().Name)));
        Assert.Equal(strong, asked.OfType<TokenMessage.Taken>().Single().Stamp); // as it was given
        Assert.Equal(node is Node.Owner or Node.Doubting, asked.OfType<TokenEvent.Dropped>().Any());
    }

    [Theory]
    [InlineData(Node.Waiter, typeof(TokenMessage.Recently))]
    [InlineData(Node.Passing, typeof(TokenMessage.Recently))]
    [InlineData(Node.Owner, typeof(TokenMessage.Here))]
    [InlineData(Node.Doubting, typeof(TokenMessage.Here))]
    [InlineData(Node.Loser, null)]
    [InlineData(Node.Generating, null)]
    public void Who_asks_where_it_is_is_answered_by_whoever_knows(Node node, Type? answer)
    {
        var lab = Alone(node);
        Assert.Equal(answer is null ? [] : [answer], lab.Hear(1, 2, new TokenMessage.Where()).Select(one => one.GetType()));
    }

    [Fact]
    public void What_was_said_before_and_comes_late_is_nothing()
    {
        var lab = Alone(Node.Loser);
        var later = weak with { Sequence = 2, Progress = 2 };
        lab.Hear(1, 3, new TokenMessage.Here(later));
        lab.Pass(1);
        lab.Hear(1, 2, new TokenMessage.Here(weak));
        lab.Hear(1, 2, new TokenMessage.Here(later with { Progress = 1 }));
        Assert.Equal((later, Painted.Id(3)), (lab[1].Seen, lab[1].Holder));
        lab.Pass(1);
        Assert.Equal(TokenState.Loser, lab[1].State); // nor was the token heard of
    }

    [Fact]
    public void An_owner_says_so_at_once_and_every_heartbeat()
    {
        var lab = Alone(Node.Owner);
        Assert.Equal(2, lab.AskedBy<TokenMessage.Here>(1).Count());
        lab.Pass(0.49);
        Assert.Equal(2, lab.AskedBy<TokenMessage.Here>(1).Count());
        lab.Pass(0.01);
        Assert.Equal(4, lab.AskedBy<TokenMessage.Here>(1).Count());
    }

    [Fact]
    public void However_fast_it_moves_a_node_says_that_it_is_here_once_a_heartbeat()
    {
        var lab = new TokenLab(3) { Works = TimeSpan.FromMilliseconds(20) };
        lab.RunUntil(() => lab.Owners.Any());
        lab.Run(1);
        lab.Asked.Clear();
        lab.Run(5);

        Assert.True(lab.AskedBy<TokenEvent.Held>(1).Count() > 30);
        foreach (var number in lab.Up)
            Assert.InRange(lab.AskedBy<TokenMessage.Here>(number).Count(), 0, 11 * 2);
    }

    [Fact]
    public void An_owner_that_hears_of_a_stronger_one_waits_and_tells_what_is_dropped()
    {
        var lab = Alone(Node.Owner);
        Assert.True(lab.Worked(1, 7));
        var own = lab[1].Own;
        var asked = lab.Hear(1, 2, new TokenMessage.Here(strong));

        Assert.Equal(TokenState.Waiter, lab[1].State);
        Assert.Equal(own, Assert.Single(asked.OfType<TokenEvent.Lost>()).Stamp);
        Assert.Equal((own, strong), asked.OfType<TokenEvent.Dropped>().Select(one => (one.Stamp, one.By)).Single());
        Assert.False(lab.Worked(1, 8, under: own));
    }

    [Fact]
    public void An_owner_that_hears_of_a_weaker_one_says_so_and_rises_above_it()
    {
        var lab = Alone(Node.Owner);
        lab.Worked(1, 7);
        lab.Pass(0.4);
        var its = weak with { Epoch = 9, Sequence = 4 };
        var asked = lab.Hear(1, 2, new TokenMessage.Here(its));

        Assert.Equal(TokenState.Owner, lab[1].State);
        Assert.Equal((10UL, 1UL, 7UL), (lab[1].Own.Epoch, lab[1].Own.Sequence, lab[1].Own.Progress));
        Assert.Equal(lab[1].Own, asked.OfType<TokenMessage.Here>().First().Stamp);
        Assert.Single(asked.OfType<TokenEvent.Lost>()); // what was begun under the lower fence is over
        Assert.Single(asked.OfType<TokenEvent.Held>());
        // Of one that has no higher epoch it does not take notice but by saying that it is here.
        Assert.All(lab.Hear(1, 2, new TokenMessage.Here(its with { Epoch = 1 })), one => Assert.IsType<TokenMessage.Here>(one));
    }

    [Fact]
    public void An_owner_objects_to_a_new_one()
    {
        var lab = Alone(Node.Owner);
        lab.Pass(0.5);
        lab.Asked.Clear();
        lab.Pass(0.49);
        lab.Hear(1, 2, new TokenMessage.Generating(strong));
        Assert.Single(lab.AskedBy<TokenMessage.Here>(1)); // all were told a moment ago
        Assert.Equal(TokenState.Owner, lab[1].State);
    }

    [Theory]
    [InlineData(Node.Loser)]
    [InlineData(Node.Generating)]
    public void Who_offers_a_stronger_one_is_left_to_it(Node node)
    {
        var lab = Alone(node);
        lab.Pass(1.9);
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Generating(strong)));
        Assert.Equal(TokenState.Loser, lab[1].State);
        lab.Pass(1.99);
        Assert.Equal(TokenState.Loser, lab[1].State);
        lab.Pass(0.01);
        Assert.Equal(TokenState.Generating, lab[1].State);
    }

    [Fact]
    public void To_a_weaker_offer_a_loser_offers_its_own_and_one_that_has_offered_answers()
    {
        var lab = Alone(Node.Owner);
        lab.Worked(1, 7, "seven");
        lab.Hear(1, 2, new TokenMessage.Here(strong));
        lab.Pass(2);
        Assert.Equal(TokenState.Loser, lab[1].State);

        Assert.Equal(2, lab.Hear(1, 2, new TokenMessage.Generating(weak)).OfType<TokenMessage.Generating>().Count());
        Assert.Equal(TokenState.Generating, lab[1].State);
        var answer = Assert.IsType<TokenMessage.Generating>(Assert.Single(lab.Hear(1, 2, new TokenMessage.Generating(weak))));
        Assert.Equal((7UL, 2UL), (answer.Candidate.Progress, answer.Candidate.Revision));
    }

    [Fact]
    public void Offers_do_not_concern_a_waiter()
    {
        var lab = Alone(Node.Waiter);
        Assert.Empty(lab.Hear(1, 2, new TokenMessage.Generating(strong)));
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void One_that_offers_takes_the_stronger_of_what_it_has_and_what_it_is_given()
    {
        var lab = Alone(Node.Owner);
        lab.Worked(1, 7, "seven");
        lab.Hear(1, 2, new TokenMessage.Here(strong));
        lab.Pass(4.1);
        Assert.Equal(TokenState.Generating, lab[1].State);
        lab.Hear(1, 2, new TokenMessage.Take(weak with { Epoch = 3 }, "one"u8.ToArray()));

        Assert.Equal((TokenState.Owner, 7UL), (lab[1].State, lab[1].Own.Progress));
        Assert.Equal("seven"u8, lab[1].Memory.Data.Span);
        Assert.True(weak.IsOf(lab[1].Own));
    }

    [Fact]
    public void Better_data_of_ones_own_goes_on_under_what_comes()
    {
        var lab = Alone(Node.Owner);
        lab.Worked(1, 7, "seven");
        lab.PassOn(1);
        lab.Meet(1, 3); // he is gone
        lab.Pass(2); // and nobody has heard of it
        lab.Hear(1, 3, new TokenMessage.Take(Stamp(progress: 5, author: 3, epoch: 2), "five"u8.ToArray()));
        Assert.Equal((TokenState.Owner, 7UL), (lab[1].State, lab[1].Own.Progress));
        Assert.Equal("seven"u8, lab[1].Memory.Data.Span);
    }

    [Fact]
    public void What_comes_from_below_an_epoch_that_was_heard_of_goes_on_above_it()
    {
        var lab = Alone(Node.Waiter);
        lab.Hear(1, 3, new TokenMessage.Here(Stamp(progress: 5, author: 3, epoch: 6)));
        lab.Hear(1, 2, new TokenMessage.Take(strong with { Sequence = 44 }, default));
        Assert.Equal((7UL, 1UL), (lab[1].Own.Epoch, lab[1].Own.Sequence));
    }

    [Fact]
    public void What_has_the_epoch_of_another_that_was_had_goes_on_above_both()
    {
        var lab = Alone(Node.Owner); // its own has epoch 1 too
        lab.Hear(1, 2, new TokenMessage.Here(strong));
        lab.Hear(1, 2, new TokenMessage.Take(strong with { Sequence = 3 }, default));
        Assert.Equal((2UL, 1UL), (lab[1].Own.Epoch, lab[1].Own.Sequence));
        lab.PassOn(1);
        lab.Hear(1, 2, new TokenMessage.Taken(lab[1].Own, 1));
        lab.Hear(1, 2, new TokenMessage.Take(strong with { Epoch = 2, Sequence = 3 }, default));
        Assert.Equal((2UL, 3UL), (lab[1].Own.Epoch, lab[1].Own.Sequence)); // once
    }

    [Fact]
    public void Who_stood_still_doubts_until_the_others_had_time_to_object()
    {
        var lab = Alone(Node.Owner);
        var own = lab[1].Own;
        lab.Still.Add(1);
        lab.Pass(1.51);
        lab.Still.Clear();
        Assert.False(lab.Worked(1, 1));
        Assert.Equal(TokenState.Doubting, lab[1].State);
        Assert.Single(lab.AskedBy<TokenEvent.Lost>(1));
        lab.Pass(0.49);
        Assert.Equal(TokenState.Doubting, lab[1].State);
        lab.Pass(0.02);
        Assert.Equal((TokenState.Owner, own.Sequence + 1), (lab[1].State, lab[1].Own.Sequence));
    }

    [Fact]
    public void Who_stood_still_and_hears_of_a_stronger_one_waits()
    {
        var lab = Alone(Node.Doubting);
        lab.Hear(1, 2, new TokenMessage.Here(strong));
        Assert.Equal(TokenState.Waiter, lab[1].State);
    }

    [Fact]
    public void Who_stands_still_for_as_long_as_it_may_does_not_doubt()
    {
        var lab = Alone(Node.Owner);
        lab.Still.Add(1);
        lab.Pass(1.5);
        lab.Still.Clear();
        Assert.True(lab.Worked(1, 1));
        Assert.Equal(TokenState.Owner, lab[1].State);
    }

    [Fact]
    public void Alone_nobody_doubts_and_each_turn_is_ones_own()
    {
        var lab = new TokenLab(1);
        lab.Pass(4);
        lab.Still.Add(1);
        lab.Pass(60);
        lab.Still.Clear();
        Assert.True(lab.Worked(1, 1));
        lab.PassOn(1);
        Assert.Equal((TokenState.Owner, 2UL), (lab[1].State, lab[1].Own.Sequence));
    }

    [Fact]
    public void Work_counts_only_under_the_turn_it_was_done_in_and_not_backwards()
    {
        var lab = Alone(Node.Owner);
        Assert.True(lab.Worked(1, 5));
        Assert.True(lab.Worked(1, 5));
        Assert.False(lab.Worked(1, 4));
        Assert.False(lab.Worked(1, 6, under: lab[1].Own with { Sequence = 2 }));
        Assert.False(lab.Worked(1, 6, under: lab[1].Own with { Revision = 2 }));
        Assert.True(lab.Worked(1, TokenStamp.NumberMax));
        Assert.False(lab.Worked(1, TokenStamp.NumberMax + 1));
        Assert.Equal(4, lab.AskedBy<TokenEvent.Dropped>(1).Count());
    }

    private static int At<T>(object[] asked) => Array.FindIndex(asked, one => one is T);

    internal static TokenStamp Stamp(ulong progress, int author, ulong epoch = 1, ulong sequence = 1) =>
        new(epoch, sequence, progress, Painted.Id(author), 1);

    /// <summary>Node 1 in a state, among two that say nothing.</summary>
    private static TokenLab Alone(Node node, ulong progress = 0) => TokenStories.InState(node, progress);
}

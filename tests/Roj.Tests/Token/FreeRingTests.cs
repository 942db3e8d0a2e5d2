using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Several nodes in available mode: what becomes of the token.</summary>
public sealed class FreeRingTests
{
    private static readonly TimeSpan work = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void One_of_them_makes_a_token_and_each_has_its_turn_in_the_order_of_the_ring(int count)
    {
        var lab = new TokenLab(count) { Works = work };
        lab.RunUntil(() => lab.Owners.Any(), 6);
        var before = lab.Asked.Count;
        lab.Run(10);

        var turns = lab.Asked.Skip(before).Where(one => one.What is TokenEvent.Held).ToArray();
        Assert.True(turns.Length > 100);
        for (var i = 1; i < turns.Length; i++)
        {
            var (held, earlier) = (((TokenEvent.Held)turns[i].What).Stamp, ((TokenEvent.Held)turns[i - 1].What).Stamp);
            Assert.Equal((turns[i - 1].Node % count) + 1, turns[i].Node);
            Assert.Equal((earlier.Sequence + 1, earlier.Progress + 1), (held.Sequence, held.Progress));
        }

        Assert.Single(lab.Asked.Select(one => one.What).OfType<TokenEvent.Held>().Select(held => held.Stamp.Author).Distinct());
    }

    [Fact]
    public void Two_rings_that_meet_become_one_and_what_is_dropped_is_told()
    {
        var lab = new TokenLab(5) { Works = work };
        foreach (var number in (int[])[4, 5])
            lab.Sides[number] = 1;
        lab.TellWhoIsHere();
        lab.Run(20);
        Assert.True(Epochs(lab).Count() > 1);

        lab.Sides.Clear();
        lab.TellWhoIsHere();
        lab.RunUntil(() => IsOne(lab), 2);
        lab.Run(2);
        Assert.Contains(lab.Asked, one => one.What is TokenEvent.Dropped);
        IsOneFromNowOn(lab);
    }

    [Fact]
    public void Who_holds_it_dies_and_another_is_made_that_goes_on_from_the_most_that_is_left()
    {
        var lab = new TokenLab(3) { Works = work };
        lab.RunUntil(() => lab.Owners.Contains(2) && lab[2].Own.Progress > 20);
        var (epoch, progress) = (lab[2].Own.Epoch, lab[2].Own.Progress);
        lab.Kill(2);
        lab.TellWhoIsHere();
        lab.RunUntil(() => lab.Owners.Any(), 7);

        var holder = lab.Owners.Single();
        Assert.Equal((epoch + 1, progress), (lab[holder].Own.Epoch, lab[holder].Own.Progress));
        lab.Start(2);
        lab.TellWhoIsHere();
        lab.RunUntil(() => lab.Owners.Contains(2), 3);
    }

    [Fact]
    public void Who_stood_still_through_it_all_wakes_to_a_ring_that_has_another()
    {
        var lab = new TokenLab(3) { Works = work };
        lab.RunUntil(() => lab.Owners.Contains(2));
        lab.Still.Add(2);
        lab.RunUntil(() => lab.Owners.Any(number => number != 2), 10);
        lab.Run(5);
        lab.Still.Clear();
        lab.RunUntil(() => IsOne(lab), 3);
        lab.Run(2);
        IsOneFromNowOn(lab);
    }

    [Fact]
    public void Who_goes_hands_it_on_first_and_takes_it_no_more()
    {
        var lab = new TokenLab(3) { Works = work };
        lab.RunUntil(() => lab.Owners.Contains(2));
        var own = lab[2].Own;
        lab.Leave(2);
        Assert.Equal(TokenState.Passing, lab[2].State);
        lab.Deliver();
        Assert.Equal((TokenState.Waiter, TokenState.Owner), (lab[2].State, lab[3].State));
        Assert.Equal((own.Epoch, own.Sequence + 1), lab[3].Own.Turn);
        lab.Works = null;
        lab.PassOn(3);
        lab.Deliver();
        lab.PassOn(1);
        lab.Deliver(); // it is given what it passes on
        Assert.Equal(TokenState.Owner, lab[3].State);
    }

    [Fact]
    public void Alone_who_goes_just_goes()
    {
        var lab = new TokenLab(1);
        lab.Pass(4);
        Assert.DoesNotContain(lab.Leave(1), one => one is TokenMessage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_is_lost_or_doubled_or_late_they_come_to_have_one_again(int seed)
    {
        var rng = new Rng((ulong)seed);
        var lab = new TokenLab(4) { Works = work };
        for (var times = 0; times < 20_000; times++)
        {
            if (lab.Bag.Count > 0 && rng.Chance(9, 10))
                Befall(lab, rng);
            else
                lab.Pass(0.01);
            foreach (var owner in lab.Owners.Where(_ => rng.Chance(1, 20)).ToArray())
            {
                lab.Worked(owner, lab[owner].Own.Progress + 1);
                lab.PassOn(owner);
            }
        }

        lab.RunUntil(() => IsOne(lab), 30);
        lab.Run(5);
        IsOneFromNowOn(lab);
    }

    private static void Befall(TokenLab lab, Rng rng)
    {
        var index = rng.Next(lab.Bag.Count);
        if (rng.Chance(1, 5) && TokenCodec.IsDatagram(lab.Bag[index].Message))
            lab.Bag.RemoveAt(index);
        else
            lab.Deliver(index, isDoubled: rng.Chance(1, 10));
    }

    private static IEnumerable<TokenStamp> Epochs(TokenLab lab) => lab.Up
        .Select(number => lab[number].Own with { Sequence = 0, Progress = 0 }).Where(own => !own.IsNone).Distinct();

    private static bool IsOne(TokenLab lab) => Epochs(lab).Count() == 1 && lab.Owners.Count() <= 1;

    private static void IsOneFromNowOn(TokenLab lab)
    {
        var before = lab.Asked.Count;
        for (var times = 0; times < 500; times++)
        {
            lab.Run(0.01);
            Assert.True(lab.Owners.Count() <= 1);
        }

        Assert.Equal(lab.Up, lab.Asked.Skip(before).Where(one => one.What is TokenEvent.Held).Select(one => one.Node).Distinct().Order());
        Assert.Single(Epochs(lab));
        Assert.DoesNotContain(lab.Asked.Skip(before), one => one.What is TokenEvent.Lost or TokenEvent.Dropped);
    }
}

using Roj.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>Whole rings: how many messages an election takes, and that it ends whoever fails meanwhile.</summary>
public sealed class RingRunTests
{
    private static readonly RingSettings settings = new();

    /// <summary>Chang and Roberts 1979, section 3: n·H(n) on average over all orders of the numbers, n(n + 1)/2 at worst.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(100)]
    public void Candidacies_are_as_many_as_the_paper_says(int count)
    {
        const int Runs = 1000;
        var sum = 0L;
        for (var seed = 0UL; seed < Runs; seed++)
        {
            var lab = new RingLab { Grants = false, InBytes = false }.Fill(count, new Rng(seed));
            lab.StandAll();
            lab.DeliverAll();
            Assert.Equal(lab.Nodes.Values.MaxBy(node => node.Id)!.Id.Node, Assert.Single(lab.Events).Node);
            Assert.InRange(lab.Sent["Election"], (2 * count) - 1, count * (count + 1) / 2);
            sum += lab.Sent["Election"];
        }

        var expected = count * Enumerable.Range(1, count).Sum(i => 1.0 / i);
        Assert.InRange(sum / (double)Runs, expected * 0.95, expected * 1.05);
    }

    [Theory]
    [InlineData(false, 2 * 20 - 1)]
    [InlineData(true, 20 * 21 / 2)]
    public void The_best_and_the_worst_order_cost_what_they_must(bool falling, int expected)
    {
        const int Count = 20;
        var lab = new RingLab { Grants = false };
        for (var i = 1; i <= Count; i++)
            lab.Nodes.Add(RingLab.Id(i), RingLab.Ranked(i, falling ? Count - i : i - 1, Count));
        lab.Reknit();
        lab.StandAll();
        lab.DeliverAll();

        Assert.Equal(expected, lab.Sent["Election"]);
    }

    [Fact]
    public void A_ring_of_a_thousand_ends()
    {
        var lab = new RingLab { InBytes = false }.Fill(1000, new Rng(3));
        lab.StandAll();
        lab.DeliverAll();

        Assert.Equal(lab.Nodes.Values.MaxBy(node => node.Id)!.Id.Node, lab.Leader());
        Assert.Equal((1, 1, 1000), (lab.Count<RingEvent.Nominated>(), lab.Count<RingEvent.Settled>(), lab.Count<RingEvent.Coloured>()));
        Assert.Empty(lab.Refusals);
    }

    [Fact]
    public void A_leader_that_is_lost_is_replaced()
    {
        var lab = RingLab.Of(4, 9, 2, 6);
        lab.StandAll();
        lab.DeliverAll();
        Assert.Equal(RingLab.Id(2), lab.Leader());
        lab.Kill(2);
        lab.Reknit();
        lab.DeliverAll();

        Assert.Equal(RingLab.Id(4), lab.Leader());
        Assert.All(lab.Named, term => Assert.Equal(2UL, term!.Value.Counter));
    }

    /// <summary>Each node in its turn, after each number of deliveries; membership notices at once, or long after.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Whoever_is_lost_in_the_middle_of_it_the_others_end(int noticedAfterSeconds)
    {
        for (var lost = 1; lost <= 4; lost++)
        {
            for (var deliveries = 0; deliveries < 24; deliveries++)
            {
                var lab = RingLab.Of(3, 1, 9, 6);
                lab.StandAll();
                for (var i = 0; i < deliveries && lab.Mail.Count > 0; i++)
                    lab.Deliver();
                lab.Kill(lost);
                lab.Run(TimeSpan.FromSeconds(noticedAfterSeconds));
                lab.Reknit();
                lab.Run(TimeSpan.FromSeconds(60));
                lab.Leader();
                Assert.Equal(0, lab.Nodes.Values.Sum(node => node.Waiting));
            }
        }
    }

    [Fact]
    public void Who_comes_late_with_a_greater_number_follows()
    {
        var lab = RingLab.Of(3, 1, 6);
        lab.StandAll();
        lab.DeliverAll();
        lab.Join(RingLab.Ranked(4, 9, 10));
        lab.Run(settings.Wait * 3);

        Assert.Equal((RingLab.Id(3), 1), (lab.Leader(), lab.Count<RingEvent.Nominated>()));
        Assert.Equal(4, lab.Events.Select(one => one.Event).OfType<RingEvent.Collected>().Last().Nodes.Count);
    }

    [Fact]
    public void Who_comes_late_with_a_lesser_number_follows()
    {
        var lab = RingLab.Of(3, 1, 6);
        lab.StandAll();
        lab.DeliverAll();
        lab.Join(RingLab.Ranked(4, 0, 10));
        lab.Run(settings.Wait * 3);

        Assert.Equal((RingLab.Id(3), 1), (lab.Leader(), lab.Count<RingEvent.Nominated>()));
    }

    [Fact]
    public void Who_dies_is_coloured_for_by_the_same_leader()
    {
        var lab = RingLab.Of(3, 1, 6, 2, 4);
        lab.StandAll();
        lab.DeliverAll();
        lab.Kill(2);
        lab.Reknit();
        lab.Run(settings.Wait);

        Assert.Equal((RingLab.Id(3), 1), (lab.Leader(), lab.Count<RingEvent.Nominated>()));
        Assert.Equal(4, lab.Events.Select(one => one.Event).OfType<RingEvent.Coloured>().Last().Colouring.Colours.Count);
    }

    [Fact]
    public void Who_was_passed_over_is_told_when_he_can_be_reached_again()
    {
        var lab = RingLab.Of(3, 1, 6);
        lab.CutOff.Add(RingLab.Id(2));
        lab.Do(3, (node, outbox) => node.Stand(lab.Now, outbox));
        lab.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(2, lab.Named.Count(term => term?.Leader == RingLab.Id(3)));
        lab.CutOff.Clear();
        lab.Run(TimeSpan.FromSeconds(60));

        Assert.Equal(RingLab.Id(3), lab.Leader());
        Assert.Equal(3, lab.Events.Select(one => one.Event).OfType<RingEvent.Coloured>().Last().Colouring.Colours.Count);
    }

    [Fact]
    public void What_comes_twice_changes_nothing()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            var rng = new Rng(seed);
            var lab = new RingLab().Fill(2 + rng.Next(6), rng);
            lab.StandAll();
            for (var i = 0; i < 10_000 && lab.Mail.Count > 0; i++)
            {
                var (_, to, message) = lab.Mail[0];
                lab.Deliver();
                if (rng.Chance(1, 3) && i < 200)
                    lab.Do(to, node => lab.Receive((int)(uint)to.Value, message));
            }

            lab.Run(TimeSpan.FromSeconds(60));
            lab.Leader();
            Assert.Equal(1, lab.Count<RingEvent.Nominated>());
            Assert.InRange(lab.Count<RingEvent.Coloured>(), lab.Nodes.Count, int.MaxValue);
        }
    }

    /// <summary>Nodes come and go, can't be reached, and are noticed late: when that is over, all name one leader.</summary>
    [Fact]
    public void After_any_troubles_all_name_one_leader()
    {
        for (var seed = 0UL; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            var lab = new RingLab().Fill(1 + rng.Next(8), rng);
            var next = 100;
            foreach (var id in lab.Nodes.Keys.ToArray())
                lab.Do(id, node => node.Start(lab.Now));
            for (var i = 0; i < 30; i++)
            {
                Trouble(lab, rng, ref next);
                Drop(lab, rng);
            }

            lab.CutOff.Clear();
            lab.Reknit();
            lab.Run(TimeSpan.FromMinutes(3));
            Assert.True(lab.Named.Distinct().Count() == 1, $"seed {seed}: {string.Join(", ", lab.Named)}");
            lab.Leader();
            Assert.Equal(0, lab.Nodes.Values.Sum(node => node.Waiting));
        }
    }

    private static void Trouble(RingLab lab, Rng rng, ref int next)
    {
        var one = rng.Pick(lab.Nodes.Keys.ToArray());
        switch (rng.Next(8))
        {
            case 0 when lab.Nodes.Count > 1:
                lab.Kill((int)(uint)one.Value);
                break;
            case 1:
                lab.Join(new RingElection(RingLab.Id(next++), settings, rng.Fork()));
                break;
            case 2:
                lab.CutOff.Add(one);
                break;
            case 3:
                lab.CutOff.Clear();
                break;
            case 4:
                lab.Reknit();
                break;
            case 5:
                lab.Stand(one);
                break;
            default:
                lab.Run(TimeSpan.FromMilliseconds(rng.Next(20_000)));
                break;
        }
    }

    // A few are delivered, in any order of neighbours; some are lost, of which the sender is told or not.
    private static void Drop(RingLab lab, Rng rng)
    {
        for (var i = rng.Next(20); i > 0 && lab.Mail.Count > 0; i--)
        {
            var at = rng.Next(lab.Mail.Count);
            var (from, to, _) = lab.Mail[at];
            if (rng.Chance(9, 10))
            {
                lab.Deliver(at);
                continue;
            }

            lab.Mail.RemoveAt(at);
            if (lab.Nodes.ContainsKey(from))
                lab.Do((int)(uint)from.Value, (node, outbox) => node.Delivered(lab.Now, to, outbox)); // and he died with it
        }
    }
}

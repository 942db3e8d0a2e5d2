using System.Collections.Immutable;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>One rule after another. Nodes are 1, 2, 3, …; the numbers they drew are given by rank, the greatest is elected.</summary>
public sealed class RingElectionTests
{
    private static readonly RingSettings settings = new();

    [Fact]
    public void Who_starts_waits_and_then_stands()
    {
        var lab = RingLab.Of(1, 2, 3);
        lab.Do(1, (node, _) => node.Start(lab.Now));

        Assert.Equal(lab.Now + settings.Wait, lab[1].Deadline);
        lab.Do(1, (node, outbox) => node.Tick(lab.Now + settings.Wait - TimeSpan.FromTicks(1), outbox));
        Assert.Empty(lab.Mail);
        lab.Do(1, (node, outbox) => node.Tick(lab.Now + settings.Wait, outbox));
        Assert.Equal((RingLab.Id(1), RingLab.Id(2), new RingMessage.Election(lab[1].Id, lab[1].Id, 0)), Assert.Single(lab.Mail));
    }

    [Fact]
    public void Who_has_heard_of_a_leader_does_not_stand()
    {
        var lab = RingLab.Of(1, 2, 3);
        lab.Do(1, (node, _) => node.Start(lab.Now));
        Assert.Null(lab.Receive(1, LeaderOf(lab, 3)));
        lab.Do(1, (node, _) => node.Start(lab.Now));
        lab.Mail.Clear();

        Assert.Null(lab[1].Deadline);
        lab.Do(1, (node, outbox) => node.Tick(lab.Now + settings.Wait, outbox));
        Assert.Empty(lab.Mail);
    }

    [Fact]
    public void A_candidacy_is_passed_on_if_it_is_greater_and_stays_its_origins()
    {
        var lab = RingLab.Of(1, 2, 3);

        Assert.Null(lab.Receive(2, new RingMessage.Election(lab[1].Id, lab[1].Id, 0)));
        Assert.Empty(lab.Mail);
        Assert.Null(lab.Receive(2, new RingMessage.Election(lab[1].Id, lab[3].Id, 1)));
        Assert.Equal((RingLab.Id(2), RingLab.Id(3), new RingMessage.Election(lab[2].Id, lab[3].Id, 2)), Assert.Single(lab.Mail));
    }

    [Fact]
    public void Who_follows_sends_his_own_in_place_of_a_lesser_one_but_not_all_the_time()
    {
        var lab = RingLab.Of(1, 2, 3);
        lab.Receive(2, LeaderOf(lab, 3));
        lab.Deliver(); // to 3, which does not lead
        lab.Mail.Clear();
        var lesser = new RingMessage.Election(lab[1].Id, lab[1].Id, 0);
        lab.Receive(2, lesser);
        Assert.Equal(lab[2].Id, Assert.Single(lab.Mail).Message.Origin);

        var outbox = new RingOutbox();
        lab[2].Delivered(lab.Now, RingLab.Id(3), outbox);
        lab[2].Receive(lab.Now + settings.AnnouncePause - TimeSpan.FromTicks(1), lesser, outbox);
        Assert.Equal(0, outbox.Count);
        lab[2].Receive(lab.Now + settings.AnnouncePause, lesser, outbox);
        Assert.Equal(lab[2].Id, outbox[0].Message!.Origin);
        Assert.Null(lab.Receive(2, new RingMessage.Election(lab[1].Id, lab[2].Id, 2))); // nobody has swallowed it
        Assert.Equal(1, lab.Count<RingEvent.Nominated>());
    }

    [Fact]
    public void Equal_numbers_are_told_apart_by_the_node()
    {
        var lab = new RingLab();
        for (var i = 1; i <= 4; i++)
            lab.Nodes.Add(RingLab.Id(i), new RingElection(RingLab.Id(i), settings, new Rng(1)));
        Assert.Single(lab.Nodes.Values.Select(node => node.Id.Drawn).Distinct());
        lab.Reknit();
        lab.StandAll();
        lab.DeliverAll();

        Assert.Equal(RingLab.Id(4), lab.Leader());
        Assert.Equal(1, lab.Count<RingEvent.Nominated>());
    }

    [Fact]
    public void One_that_came_home_nominates_once()
    {
        var lab = RingLab.Of(1, 2);
        var home = new RingMessage.Election(lab[1].Id, lab[2].Id, 1);
        Assert.Null(lab.Receive(2, home)); // it has not stood
        Assert.Equal(0, lab.Count<RingEvent.Nominated>());

        lab.Stand(RingLab.Id(2));
        lab.DeliverAll();
        Assert.Null(lab.Receive(2, home));
        Assert.Equal(1, lab.Count<RingEvent.Nominated>());
        Assert.Null(lab[2].Deadline);
    }

    [Fact]
    public void It_is_sent_again_until_a_round_is_known_to_have_been_made()
    {
        var lab = RingLab.Of(3, 2, 1);
        lab.Stand(RingLab.Id(2));
        lab.Deliver();
        Assert.DoesNotContain(lab.Mail, letter => letter.From == RingLab.Id(1));
        lab.DeliverAll(); // 1 has swallowed it

        lab.Run(settings.Wait + TimeSpan.FromSeconds(1));
        Assert.Equal(4, lab.Sent["Election"]); // twice from 2 to 3 to 1
        Assert.Null(lab.Receive(2, LeaderOf(lab, 1)));
        lab.Mail.Clear();
        Assert.Null(lab[2].Deadline);
    }

    [Fact]
    public void The_whole_run_colours_all_and_settles()
    {
        foreach (var count in new[] { 1, 2, 3, 4, 13 })
        {
            var lab = new RingLab().Fill(count, new Rng(5));
            lab.StandAll();
            lab.DeliverAll();

            Assert.Equal(lab.Nodes.Values.MaxBy(node => node.Id)!.Id.Node, lab.Leader());
            Assert.Equal(count, lab.Count<RingEvent.Coloured>());
            Assert.Equal(1, lab.Count<RingEvent.Settled>());
            Assert.Equal(count, Assert.Single(lab.Events.Select(one => one.Event).OfType<RingEvent.Collected>()).Nodes.Count);
            Assert.Empty(lab.Refusals);
            if (count > 1)
                Assert.Equal((count, count, count), (lab.Sent["Leader"], lab.Sent["Collect"], lab.Sent["Color"]));
            Assert.All(lab.Nodes.Values, node => Assert.Null(node.Deadline));
        }
    }

    [Fact]
    public void Alone_it_leads_without_a_message()
    {
        var lab = new RingLab().Fill(1, new Rng(5));
        lab.Do(1, (node, _) => node.Start(lab.Now));
        lab.Run(settings.Wait + TimeSpan.FromTicks(1));

        Assert.Equal(RingLab.Id(1), lab.Leader());
        Assert.Equal(["Nominated", "Collected", "Coloured", "Settled"], lab.Events.Select(one => one.Event.GetType().Name));
        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void A_leader_swallows_every_candidacy_and_tells_who_does_not_know_but_not_all_the_time()
    {
        var lab = RingLab.Of(1, 5, 2);
        lab.StandAll();
        lab.DeliverAll();
        lab.Join(RingLab.Ranked(4, 9, 10)); // greater than the leader, and late
        lab.Do(4, (node, outbox) => node.Stand(lab.Now, outbox));
        lab.DeliverAll();

        Assert.Equal((RingLab.Id(2), 1), (lab.TermOf(RingLab.Id(2)).Leader, lab.Count<RingEvent.Nominated>()));
        Assert.Equal(3, lab.Sent["Leader"]);
        for (var i = 0; i < 10; i++)
            lab.Receive(2, new RingMessage.Election(lab[1].Id, lab[4].Id, 2));
        lab.Run(settings.AnnouncePause + TimeSpan.FromTicks(1));
        Assert.Equal((RingLab.Id(2), 1), (lab.Leader(), lab.Count<RingEvent.Nominated>()));
        Assert.Equal(3 + 4, lab.Sent["Leader"]);
        Assert.Equal(2, lab.Count<RingEvent.Settled>());
    }

    [Fact]
    public void An_earlier_leadership_is_refused_and_changes_nothing()
    {
        var lab = RingLab.Of(1, 2, 3);
        Assert.Null(lab.Receive(1, LeaderOf(lab, 3, counter: 7)));
        lab.Mail.Clear();
        lab.Events.Clear();

        Assert.Equal(RingRefusal.Stale, lab.Receive(1, LeaderOf(lab, 2, counter: 7))); // of two sides, the lesser
        Assert.Equal(RingRefusal.Stale, lab.Receive(1, LeaderOf(lab, 3, counter: 6)));
        Assert.Equal(RingRefusal.Stale, lab.Receive(1, new RingMessage.Collect(lab[3].Id, lab[3].Id, 0, TermOf(3, 6), [])));
        Assert.Equal(RingRefusal.Stale, lab.Receive(1, ColorOf(lab, 3, counter: 6, version: 9)));
        Assert.Equal(4, lab[1].Refused);
        Assert.Empty(lab.Events);
        Assert.Equal(1, lab[1].Waiting); // what is under way
    }

    [Fact]
    public void Colours_are_taken_once_passed_on_always_and_never_set_back()
    {
        var lab = RingLab.Of(1, 2, 3);
        Assert.Null(lab.Receive(1, ColorOf(lab, 3, counter: 7, version: 2)));
        Assert.Equal(["Heard", "Coloured"], lab.Events.Select(one => one.Event.GetType().Name));
        lab.Do(1, (node, outbox) => node.Delivered(lab.Now, RingLab.Id(2), outbox));

        Assert.Null(lab.Receive(1, ColorOf(lab, 3, counter: 7, version: 2))); // 1 may not have been the one that lost it
        Assert.Equal(2, lab.Mail.Count);
        Assert.Equal(RingRefusal.Stale, lab.Receive(1, ColorOf(lab, 3, counter: 7, version: 1)));
        Assert.Equal(1, lab.Count<RingEvent.Coloured>());
        Assert.Null(lab.Receive(1, ColorOf(lab, 3, counter: 8, version: 1)));
        Assert.Equal(2, lab.Count<RingEvent.Coloured>());
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        var lab = RingLab.Of(1, 2, 3);
        var stranger = new RingId(9, RingLab.Id(9));
        var (self, left) = (lab[1].Id, lab[3].Id);
        Assert.Equal(RingRefusal.Stranger, lab.Receive(1, new RingMessage.Election(left, stranger, 0)));
        Assert.Equal(RingRefusal.Stranger, lab.Receive(1, new RingMessage.Election(stranger, left, 0)));
        Assert.Equal(RingRefusal.Stranger, lab.Receive(1, new RingMessage.Election(self, left, 0)));
        Assert.Equal(RingRefusal.EarlierLife, lab.Receive(1, new RingMessage.Election(left, self with { Drawn = ~self.Drawn }, 0)));
        Assert.Equal(RingRefusal.EarlierLife, lab.Receive(1, new RingMessage.Leader(left, self, 2, TermOf(1, 1))));
        Assert.Equal(RingRefusal.Impossible, lab.Receive(1, new RingMessage.Leader(left, left, 0, TermOf(2, 1))));
        Assert.Equal(RingRefusal.Impossible, lab.Receive(1, new RingMessage.Election(left, left, -1)));
        Assert.Equal(RingRefusal.Impossible, lab.Receive(1, new Unknown(left)));
        Assert.Equal(RingRefusal.TooFar, lab.Receive(1, new RingMessage.Collect(left, left, 0, TermOf(3, 1), [left, self])));
        Assert.Equal(9, lab[1].Refused);
        Assert.Empty(lab.Mail);
        Assert.Empty(lab.Events);
    }

    [Fact]
    public void Nothing_goes_more_than_2n_hops()
    {
        var lab = RingLab.Of(1, 2, 3);
        Assert.Null(lab.Receive(1, new RingMessage.Election(lab[3].Id, lab[3].Id, 5))); // here it has made 6
        Assert.Equal(RingRefusal.TooFar, lab.Receive(1, new RingMessage.Election(lab[3].Id, lab[3].Id, 6)));
        Assert.Equal(RingRefusal.TooFar, lab.Receive(1, new RingMessage.Election(lab[3].Id, lab[3].Id, int.MaxValue)));
    }

    [Fact]
    public void No_more_nodes_are_collected_than_a_message_may_have()
    {
        var lab = RingLab.Of(1, 2, 3);
        RingId[] ids = [.. Enumerable.Range(100, RingJson.IdsMax).Select(i => new RingId(0, RingLab.Id(i)))];
        var full = new RingMessage.Collect(lab[3].Id, lab[3].Id, 0, TermOf(3, 1), ids);

        Assert.Equal(RingRefusal.TooMany, lab.Receive(1, full));
        Assert.Null(lab.Receive(1, full with { Ids = ids[1..] }));
        Assert.Equal(RingJson.IdsMax, Assert.IsType<RingMessage.Collect>(lab.Mail.Single().Message).Ids.Count);
    }

    [Fact]
    public void What_strangers_are_said_to_be_there_is_not_collected()
    {
        var lab = RingLab.Of(1, 2);
        lab.Do(2, (node, outbox) => node.Lead(lab.Now, TermOf(2, 1), outbox));
        Assert.Null(lab.Receive(2, new RingMessage.Leader(lab[1].Id, lab[2].Id, 1, TermOf(2, 1))));
        lab.Events.Clear();
        RingId[] ids = [lab[2].Id, lab[1].Id, new(1, RingLab.Id(9)), lab[1].Id];
        var outbox = new RingOutbox();
        lab[2].Receive(lab.Now, new RingMessage.Collect(lab[1].Id, lab[2].Id, 1, TermOf(2, 1), ids), outbox);

        Assert.Equal([RingLab.Id(2), RingLab.Id(1)], Assert.IsType<RingEvent.Collected>(outbox[0].Event).Nodes);
    }

    [Fact]
    public void The_leader_sends_again_what_does_not_come_home()
    {
        foreach (var lost in new[] { "Leader", "Collect", "Color" })
        {
            var lab = RingLab.Of(1, 2, 3);
            lab.StandAll();
            while (lab.Mail[0].Message.GetType().Name != lost)
                lab.Deliver();
            lab.Mail.RemoveAt(0);
            var began = lab.Now;
            lab.Do(3, (node, outbox) => node.Delivered(lab.Now, RingLab.Id(1), outbox)); // and was never passed on
            lab.Run(settings.RoundPatience + TimeSpan.FromTicks(1));

            Assert.Equal(1, lab.Count<RingEvent.Settled>());
            Assert.Equal(1 + 3, lab.Sent[lost]);
            Assert.Equal(3, lab.Count<RingEvent.Coloured>());
        }
    }

    [Fact]
    public void Who_leads_no_more_says_so_no_more()
    {
        var lab = RingLab.Of(1, 2, 3);
        lab.Do(3, (node, outbox) => node.Lead(lab.Now, TermOf(3, 5), outbox));
        lab.Do(3, (node, _) => node.Yield(lab.Now, TermOf(2, 4))); // older: nothing
        Assert.NotNull(lab[3].Deadline);
        lab.Do(3, (node, _) => node.Yield(lab.Now, TermOf(3, 5)));

        Assert.Null(lab[3].Deadline);
        Assert.Equal(RingRefusal.EarlierLife, lab.Receive(3, new RingMessage.Leader(lab[2].Id, lab[3].Id, 2, TermOf(3, 5))));
        lab.Do(3, (node, outbox) => node.Lead(lab.Now, TermOf(3, 4), outbox)); // granted too late
        lab.Do(3, (node, outbox) => node.Paint(lab.Now, Colouring.None with { Term = TermOf(3, 5) }, outbox));
        lab.Do(3, (node, outbox) => node.Announce(lab.Now, outbox));
        Assert.Null(lab[3].Deadline);
        Assert.Equal(0, lab.Count<RingEvent.Coloured>());
    }

    [Fact]
    public void A_leader_that_hears_of_a_later_one_follows()
    {
        var lab = RingLab.Of(1, 2, 3);
        lab.Do(3, (node, outbox) => node.Lead(lab.Now, TermOf(3, 5), outbox));
        Assert.Null(lab.Receive(3, LeaderOf(lab, 2, counter: 6)));

        Assert.Equal(TermOf(2, 6), lab.TermOf(RingLab.Id(3)));
        Assert.Null(lab[3].Deadline);
        Assert.Equal(RingRefusal.Stale, lab.Receive(3, LeaderOf(lab, 2, counter: 5)));
    }

    private static Term TermOf(int leader, ulong counter) => new(counter, RingLab.Id(leader));

    private static RingMessage.Leader LeaderOf(RingLab lab, int leader, ulong counter = 1) =>
        new(lab[leader].Id, lab[leader].Id, 0, TermOf(leader, counter));

    private static RingMessage.Color ColorOf(RingLab lab, int leader, ulong counter, ulong version) => new(
        lab[leader].Id,
        lab[leader].Id,
        0,
        new Colouring(TermOf(leader, counter), version, ImmutableSortedDictionary<NodeId, Colour>.Empty.Add(RingLab.Id(1), Colour.Red)));

    private sealed record Unknown(RingId From) : RingMessage(From, From, 0);
}

using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;
using static Roj.Tests.Election.ElectionLab;

namespace Roj.Tests.Election;

/// <summary>Who leads, by each election, with a majority's lease and without.</summary>
public sealed class LeaderElectionTests
{
    /// <summary>Both elections, both modes.</summary>
    public static TheoryData<ElectionKind, bool> Ways => new()
    {
        { ElectionKind.Bully, false },
        { ElectionKind.Bully, true },
        { ElectionKind.Ring, false },
        { ElectionKind.Ring, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void All_heed_one_and_have_its_colours(ElectionKind kind, bool isQuorum)
    {
        foreach (var count in (int[])[1, 2, 3, 5, 13])
        {
            var lab = new ElectionLab(count, kind, isQuorum);
            var leader = Elected(lab, 20);
            Painted.IsRight(lab[leader].Colouring, count);
            Assert.Equal(1UL, lab[leader].Term!.Value.Counter);
            lab.Run(Seconds(60));
            Assert.True(lab.AllHeed(leader)); // and so it stays
            Assert.Equal(1UL, lab[leader].Term!.Value.Counter);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void When_the_leader_dies_another_leads_in_a_later_term(ElectionKind kind, bool isQuorum)
    {
        var lab = new ElectionLab(5, kind, isQuorum);
        var former = Elected(lab, 20);
        var term = lab[former].Term!.Value;
        lab.Kill(former);
        var leader = Elected(lab, 20);
        Assert.True(lab[leader].Term > term);
        Painted.IsRight(lab[leader].Colouring, 4);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Who_dies_or_comes_is_coloured_for_and_the_leader_stays(ElectionKind kind, bool isQuorum)
    {
        var lab = new ElectionLab(6, kind, isQuorum);
        var leader = Elected(lab, 20);
        var term = lab[leader].Term;
        lab.Run(Seconds(60));
        var before = lab[leader].Colouring;
        lab.Kill(lab.Up.First(number => number != leader));
        lab.RunUntil(() => lab.AllHeed(leader) && lab[leader].Colouring.Colours.Count == 5, Seconds(30));
        Painted.IsRight(lab[leader].Colouring, 5);
        Assert.InRange(Painted.Repaints(before, lab[leader].Colouring), 0, 2);
        before = lab[leader].Colouring;
        lab.Run(Seconds(60));
        lab.Start(7); // the highest address; it turns nobody out
        lab.RunUntil(() => lab.AllHeed(leader) && lab[leader].Colouring.Colours.Count == 6, Seconds(30));
        Painted.IsRight(lab[leader].Colouring, 6);
        Assert.InRange(Painted.Repaints(before, lab[leader].Colouring), 0, 2);
        lab.Run(Seconds(60));
        Assert.Equal(term, lab[leader].Term);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Who_leaves_in_good_order_hands_over(ElectionKind kind, bool isQuorum)
    {
        var lab = new ElectionLab(4, kind, isQuorum);
        var former = Elected(lab, 20);
        var successor = kind is ElectionKind.Ring ? (former % 4) + 1 : Enumerable.Range(1, 4).Last(number => number != former);
        lab.Asked.Clear();
        lab.Leave(former);
        Assert.Single(lab.AskedBy<ElectionEvent.LeadsNoMore>(former));
        Assert.Equal(isQuorum ? 1 : 0, lab.AskedBy<ElectionEffect.Release>(former).Count());
        var said = lab.AskedBy<ElectionMessage.Resigned>(former).ToArray();
        Assert.Equal(3, said.Length);
        Assert.All(said, one => Assert.Equal(Painted.Id(successor), one.Successor));
        var at = lab.Now;
        lab.RunUntil(() => lab.Leads(successor), Seconds(1));
        Assert.True(lab.Now - at <= TimeSpan.FromMilliseconds(100));
        lab.Kill(former);
        Assert.Equal(successor, Elected(lab, 20));
        lab.RunUntil(() => lab.AllHeed(successor) && lab[successor].Colouring.Colours.Count == 3, Seconds(15));
        Painted.IsRight(lab[successor].Colouring, 3);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Terms_are_kept_over_restarts_and_only_grow(ElectionKind kind, bool isQuorum)
    {
        var lab = new ElectionLab(3, kind, isQuorum);
        var last = Term.None;
        for (var time = 1; time <= 3; time++)
        {
            var leader = Elected(lab, 30);
            Assert.True(lab[leader].Term > last);
            last = lab[leader].Term!.Value;
            Assert.All(lab.Up, number => Assert.Equal(last, lab.Kept(number)));
            foreach (var number in lab.Up.ToArray())
                lab.Kill(number);
            lab.Run(Seconds(5)); // the lease of who led is over
            for (var number = 1; number <= 3; number++)
            {
                lab.Start(number);
                Assert.Equal(lab.Kept(number), lab[number].Greatest);
            }

            last = Enumerable.Range(1, 3).Max(lab.Kept); // who was killed last was alone for a moment
        }
    }

    [Theory]
    [InlineData(ElectionKind.Bully)]
    [InlineData(ElectionKind.Ring)]
    public void Two_halves_have_a_leader_each_and_of_those_the_greater_term_remains(ElectionKind kind)
    {
        var lab = new ElectionLab(6, kind);
        var first = Elected(lab, 20);
        lab.Split(1, 2);
        int[] few = [1, 2], most = [3, 4, 5, 6];
        lab.RunUntil(() => few.Any(one => lab.AllHeed(one, few)) && most.Any(one => lab.AllHeed(one, most)), Seconds(30));
        var terms = few.Concat(most).Where(lab.Leads).Select(one => lab[one].Term!.Value).ToArray();
        Assert.Equal(2, terms.Distinct().Count());
        Assert.Contains(lab[first].Term!.Value, terms); // it still leads those whom it reaches
        lab.Run(Seconds(30));
        lab.Heal();
        var leader = Elected(lab, 15);
        Assert.Equal(terms.Max(), lab[leader].Term);
        lab.RunUntil(() => lab.AllHeed(leader) && lab[leader].Colouring.Colours.Count == 6, Seconds(15));
        Painted.IsRight(lab[leader].Colouring, 6);
    }

    [Theory]
    [InlineData(ElectionKind.Bully)]
    [InlineData(ElectionKind.Ring)]
    public void Without_a_majority_nobody_leads_and_the_lease_of_who_did_ends_first(ElectionKind kind)
    {
        var lab = new ElectionLab(5, kind, isQuorum: true);
        var former = Elected(lab, 20);
        int[] few = former == 1 ? [1, 2] : [1, former];
        lab.Split(few);
        var most = lab.Up.Except(few).ToArray();
        lab.RunUntil(() => most.Any(one => lab.AllHeed(one, most)), Seconds(20)); // the lab sees to it that two never lead at a time
        lab.Run(Seconds(30));
        Assert.DoesNotContain(few, lab.Leads);
        lab.Heal();
        Assert.Contains(Elected(lab, 20), most);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_leader_that_stood_still_finds_out_before_it_says_anything(ElectionKind kind, bool isQuorum)
    {
        var lab = new ElectionLab(4, kind, isQuorum);
        var former = Elected(lab, 20);
        var term = lab[former].Term!.Value;
        lab.Run(Seconds(5));
        lab.Still.Add(former);
        foreach (var other in lab.Up.Except([former]).ToArray()) // membership takes it for dead
            lab.Sides[other] = 1;
        lab.TellWhoIsHere();
        var others = lab.Up.Except([former]).ToArray();
        lab.RunUntil(() => others.Any(one => lab.AllHeed(one, others)), Seconds(30));
        lab.Run(Seconds(5));
        lab.Sides.Clear();
        lab.Asked.Clear();
        lab.Wake(former);
        lab.TellWhoIsHere();
        lab.Run(Seconds(0.5));
        Assert.Empty(lab.AskedBy<ElectionMessage.Heartbeat>(former));
        Assert.DoesNotContain(lab.AskedBy<RingMessage.Leader>(former), said => said.Term == term);
        Assert.Equal(term, lab.AskedBy<ElectionEvent.LeadsNoMore>(former).Single().Term);
        Assert.NotEqual(former, Elected(lab, 20));
    }

    [Theory]
    [InlineData(ElectionKind.Bully)]
    [InlineData(ElectionKind.Ring)]
    public void A_leader_that_is_not_called_for_long_since_nothing_was_due_has_not_stood_still(ElectionKind kind)
    {
        var lab = new ElectionLab(3, kind);
        var leader = Elected(lab, 20);
        lab.Run(Seconds(60));
        lab.Asked.Clear();
        lab.Kill(lab.Up.First(number => number != leader));
        lab.Run(Seconds(20));
        Assert.Empty(lab.AskedBy<ElectionEvent.LeadsNoMore>(leader));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_change_of_mode_ends_what_was_and_begins_anew(ElectionKind kind, bool toQuorum)
    {
        var lab = new ElectionLab(3, kind, isQuorum: !toQuorum);
        Elected(lab, 20);
        lab.Asked.Clear();
        lab.Agree(toQuorum);
        Assert.Single(lab.Up, number => lab.AskedBy<ElectionEvent.LeadsNoMore>(number).Any());
        Painted.IsRight(lab[Elected(lab, 30)].Colouring, 3);
    }

    [Fact]
    public void Nobody_speaks_for_another_and_nobody_goes_back_to_an_earlier_term()
    {
        var lab = new ElectionLab(4);
        Assert.Equal(4, Elected(lab, 10));
        var term = lab[4].Term!.Value;
        lab.Asked.Clear();
        lab.Hear(1, 2, new ElectionMessage.Heartbeat(new Term(9, Painted.Id(3)), 0));
        lab.Hear(1, 1, new ElectionMessage.Heartbeat(new Term(9, Painted.Id(1)), 0)); // its own, come back
        lab.Hear(1, 2, new ElectionMessage.Heartbeat(new Term(0, Painted.Id(2)), 9));
        lab.Hear(1, 2, new ElectionMessage.Resigned(term, null));
        lab.Hear(1, 4, new ElectionMessage.Resigned(new Term(0, Painted.Id(4)), Painted.Id(1)));
        Assert.Empty(lab.Asked);
        Assert.Equal(term, lab[1].Term);
        lab.Hear(1, 2, new ElectionMessage.Heartbeat(new Term(9, Painted.Id(2)), 0));
        Assert.Equal(9UL, lab[1].Term!.Value.Counter);
    }

    [Fact]
    public void A_leader_that_hears_of_an_earlier_one_answers_it()
    {
        var lab = new ElectionLab(3);
        Assert.Equal(3, Elected(lab, 10));
        lab.Asked.Clear();
        lab.Hear(3, 1, new ElectionMessage.Heartbeat(new Term(0, Painted.Id(1)), 0));
        var (_, to, said) = Assert.Single(lab.Mail);
        Assert.Equal((1, lab[3].Term!.Value), (to, Assert.IsType<ElectionMessage.Heartbeat>(said).Term));
        Assert.True(lab.Leads(3));
    }

    [Fact]
    public void What_is_kept_stands_before_all_that_is_said_and_told_under_it()
    {
        var lab = new ElectionLab(3);
        Elected(lab, 10);
        foreach (var number in lab.Up)
        {
            var asked = lab.Asked.Where(one => one.Node == number).Select(one => one.What).ToList();
            var kept = asked.FindIndex(what => what is ElectionEffect.Keep);
            Assert.InRange(kept, 0, asked.FindIndex(what => what is ElectionEvent.LeaderChanged { Term: not null }) - 1);
            Assert.True(kept < asked.FindIndex(what => what is ElectionMessage or ElectionEvent.Leads));
        }
    }

    [Fact]
    public void A_silent_leader_is_given_up_after_five_heartbeats()
    {
        var lab = new ElectionLab(3);
        Assert.Equal(3, Elected(lab, 10));
        lab.Still.Add(3); // membership has not noticed
        var at = lab.Now;
        lab.RunUntil(() => lab[1].Term is null || lab.Leads(2), Seconds(7));
        Assert.InRange(lab.Now - at, Seconds(3.9), Seconds(5.1));
        lab.RunUntil(() => lab.AllHeed(2, 1, 2), Seconds(3));
        lab.Wake(3);
        Assert.Equal(2, Elected(lab, 5));
    }

    [Fact]
    public void A_follower_registers_when_the_colours_change_and_again_until_it_is_answered()
    {
        var lab = new ElectionLab(3);
        Assert.Equal(3, Elected(lab, 10));
        lab.Run(Seconds(10));
        lab.Asked.Clear();
        lab.Run(Seconds(10));
        Assert.Empty(lab.AskedBy<ElectionMessage.Register>(1)); // nothing is new
        var term = lab[3].Term!.Value;
        lab.Hear(1, 3, new ElectionMessage.Heartbeat(term, 7)); // of which the leader knows nothing: its answer is an old one
        lab.Hear(1, 3, new ElectionMessage.Heartbeat(term, 7));
        Assert.Single(lab.AskedBy<ElectionMessage.Register>(1)); // one is under way
        lab.Mail.Clear(); // and lost
        lab.Run(Seconds(1.5));
        Assert.Equal(2, lab.AskedBy<ElectionMessage.Register>(1).Count());
    }

    [Fact]
    public void Only_who_leads_answers_a_registration()
    {
        var lab = new ElectionLab(3);
        Assert.Equal(3, Elected(lab, 10));
        lab.Do(3, node => Assert.Equal(node.Colouring, node.Register(lab.Now, new ElectionOutbox())));
        lab.Do(2, node => Assert.Null(node.Register(lab.Now, new ElectionOutbox())));
    }

    private static int Elected(ElectionLab lab, double seconds)
    {
        lab.RunUntil(() => lab.Up.Any(number => lab.AllHeed(number)), Seconds(seconds));
        return lab.Up.Single(number => lab.AllHeed(number));
    }
}

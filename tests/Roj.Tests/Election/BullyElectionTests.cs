using Roj.Election;
using Xunit;
using static Roj.Tests.Election.ElectionLab;

namespace Roj.Tests.Election;

/// <summary>The bully election: the highest address of those who are here, and nobody who comes late.</summary>
public sealed class BullyElectionTests
{
    [Fact]
    public void The_highest_address_is_meant_as_numbers_and_not_as_text_nor_by_id()
    {
        var lab = new ElectionLab(0);
        (lab.Addresses[1], lab.Addresses[2], lab.Addresses[3]) = (0x0A000009, 0x0A00000A, 0x09FFFFFE); // 10.0.0.9, 10.0.0.10, 9.255.255.254
        foreach (var number in (int[])[1, 2, 3])
            lab.Start(number);
        lab.RunUntil(() => lab.AllHeed(2), Seconds(5));
    }

    [Fact]
    public void Nobody_stands_before_no_one_new_has_come_for_the_timeout()
    {
        var lab = new ElectionLab(1);
        for (var number = 2; number <= 5; number++)
        {
            lab.Run(Seconds(1.9));
            Assert.DoesNotContain(lab.Up, lab.Leads);
            lab.Start(number);
        }

        lab.Run(Seconds(1.9));
        Assert.DoesNotContain(lab.Up, lab.Leads);
        lab.RunUntil(() => lab.Leads(5), Seconds(0.2));
    }

    [Fact]
    public void Who_goes_does_not_lengthen_the_wait()
    {
        var lab = new ElectionLab(3);
        lab.Run(Seconds(1.9));
        lab.Kill(3);
        lab.RunUntil(() => lab.Leads(2), Seconds(0.2));
    }

    [Fact]
    public void A_node_that_is_late_follows_though_its_address_is_higher()
    {
        var lab = new ElectionLab(3);
        lab.RunUntil(() => lab.AllHeed(3), Seconds(5));
        lab.Run(Seconds(10));
        lab.Start(9);
        lab.Run(Seconds(0.1)); // it is told at once, and registers
        Assert.True(lab.AllHeed(3));
        lab.Run(Seconds(60));
        Assert.True(lab.AllHeed(3));
        Assert.Empty(lab.AskedBy<ElectionEvent.Leads>(9));
    }

    [Fact]
    public void When_the_highest_does_not_stand_the_next_does_after_its_time()
    {
        var lab = new ElectionLab(3);
        lab.Still.Add(3); // dead, and membership has not noticed yet
        var at = lab.Now;
        lab.RunUntil(() => lab.AllHeed(2, 1, 2), Seconds(5));
        Assert.InRange(lab.Now - at, Seconds(2.9), Seconds(3.2)); // the timeout, and the second that the nominee has
    }

    [Fact]
    public void When_all_have_had_their_time_it_begins_again_from_the_top()
    {
        var lab = new ElectionLab(3, isQuorum: true);
        lab.Split(1);
        lab.Sides[2] = 2;
        lab.TellWhoIsHere();
        lab.Run(Seconds(30)); // each claims in vain
        lab.Heal();
        lab.RunUntil(() => lab.Up.Any(number => lab.AllHeed(number)), Seconds(10));
    }

    [Fact]
    public void One_alone_leads_itself_and_is_green()
    {
        var lab = new ElectionLab(1);
        lab.RunUntil(() => lab.AllHeed(1), Seconds(2.1));
        Assert.Equal(Colour.Green, lab[1].Own);
        Assert.Empty(lab.AskedBy<Roj.Election.Wire.ElectionMessage>(1));
        lab.Leave(1);
        Assert.Empty(lab.AskedBy<Roj.Election.Wire.ElectionMessage.Resigned>(1)); // there is nobody to hand over to
        Assert.Null(lab[1].Term);
    }

    [Fact]
    public void Of_two_leaders_that_met_the_others_keep_their_colours_where_they_can()
    {
        var lab = new ElectionLab(6);
        lab.RunUntil(() => lab.AllHeed(6), Seconds(5));
        lab.Split(1, 2, 3);
        int[] few = [1, 2, 3], most = [4, 5, 6];
        lab.RunUntil(() => lab.AllHeed(3, few) && lab.AllHeed(6, most), Seconds(10));
        var before = lab[3].Colouring.Joined(lab[6].Colouring);
        lab.Heal();
        lab.RunUntil(() => lab.AllHeed(3) && lab[3].Colouring.Colours.Count == 6, Seconds(15));
        Assert.InRange(Painted.Repaints(before, lab[3].Colouring), 0, 2);
    }
}

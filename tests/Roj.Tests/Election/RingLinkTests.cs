using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>The way to the right: one message at a time, past who can't be reached. Node 1 of 1, 2, 3.</summary>
public sealed class RingLinkTests
{
    private static readonly RingSettings settings = new();
    private static readonly NodeId two = RingLab.Id(2);
    private static readonly NodeId three = RingLab.Id(3);
    private readonly RingOutbox outbox = new();
    private Instant now = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void One_message_is_under_way_and_the_others_keep_their_order()
    {
        var link = Link(1, 2, 3);
        for (var hops = 0; hops < 3; hops++)
            link.Add(now, Message(3, (uint)hops), outbox);
        Assert.Equal([(two, 0U)], Sent());
        link.Delivered(now, three, outbox); // nothing was sent there
        Assert.Empty(Sent());

        link.Delivered(now, two, outbox);
        Assert.Equal([(two, 1U)], Sent());
        link.Delivered(now, two, outbox);
        link.Delivered(now, two, outbox);
        link.Delivered(now, two, outbox); // once too often
        Assert.Equal([(two, 2U)], Sent());
        Assert.Equal(0, link.Count);
        Assert.Null(link.Deadline);
    }

    [Fact]
    public void Who_can_not_be_reached_is_tried_again_then_passed_over_then_tried_once_more()
    {
        var link = Link(1, 2, 3);
        link.Add(now, Message(3, 1), outbox);
        for (var i = 1; i < settings.HopTries; i++)
        {
            Assert.Equal([(two, 1U)], Sent());
            link.Undelivered(now, two, outbox);
            Assert.Equal(now + settings.HopPatience, link.Deadline);
            link.Pump(now, outbox);
            Assert.Empty(Sent());
            Pump(link);
        }

        Assert.Equal([(two, 1U)], Sent());
        link.Undelivered(now, two, outbox);
        Assert.Equal([(three, 1U)], Sent());
        link.Delivered(now, three, outbox);
        now += settings.SkipFor - TimeSpan.FromTicks(1);
        link.Add(now, Message(3, 2), outbox);
        link.Delivered(now, three, outbox);
        now += TimeSpan.FromTicks(1);
        link.Add(now, Message(3, 3), outbox);
        Assert.Equal([(three, 2U), (two, 3U)], Sent());
    }

    [Fact]
    public void When_nobody_can_be_reached_it_waits_until_the_first_is_tried_again()
    {
        var link = Link(1, 2);
        link.Add(now, Message(2, 1), outbox);
        for (var i = 0; i < settings.HopTries; i++)
        {
            link.Undelivered(now, two, outbox);
            if (i < settings.HopTries - 1)
                Pump(link);
        }

        Assert.Equal(now + settings.SkipFor, link.Deadline);
        Sent();
        Pump(link);
        Assert.Equal([(two, 1U)], Sent());
    }

    [Fact]
    public void Who_is_named_anew_is_no_longer_passed_over()
    {
        var link = Link(1, 2, 3);
        link.Add(now, Message(3, 1), outbox);
        for (var i = 0; i < settings.HopTries; i++)
        {
            link.Undelivered(now, two, outbox);
            if (i < settings.HopTries - 1)
                Pump(link);
        }

        link.Delivered(now, three, outbox);
        Sent();
        link.Reknit(now, View(1, 3), outbox);
        link.Reknit(now, View(1, 2, 3), outbox);
        link.Add(now, Message(3, 2), outbox);
        Assert.Equal([(two, 2U)], Sent());
    }

    [Fact]
    public void What_was_on_its_way_to_who_is_gone_goes_to_the_next_one()
    {
        var link = Link(1, 2, 3);
        link.Add(now, Message(3, 1), outbox);
        link.Add(now, Message(2, 2), outbox);
        link.Reknit(now, View(1, 3), outbox);
        Assert.Equal([(two, 1U), (three, 1U)], Sent());
        Assert.Equal(1, link.Count); // and what comes from him is over

        link.Undelivered(now, two, outbox); // late, and of no meaning
        Assert.Empty(Sent());
        link.Delivered(now, three, outbox);
        Assert.Equal(0, link.Count);
    }

    [Fact]
    public void Who_comes_back_before_his_last_answer_is_sent_one_message_at_a_time_all_the_same()
    {
        var link = Link(1, 2);
        link.Add(now, Message(2, 1), outbox);
        link.Reknit(now, View(1), outbox);
        link.Reknit(now, View(1, 2), outbox);
        link.Add(now, Message(2, 2), outbox);
        Assert.Equal([(two, 1U)], Sent());
        Assert.Null(link.Deadline);

        link.Undelivered(now, two, outbox);
        Assert.Equal([(two, 2U)], Sent());
    }

    [Fact]
    public void Alone_nothing_waits()
    {
        var link = Link(1, 2);
        link.Add(now, Message(1, 1), outbox);
        link.Reknit(now, View(1), outbox);

        Assert.Equal(0, link.Count);
        Assert.Null(link.Deadline);
    }

    [Fact]
    public void A_newcomer_in_between_waits_for_the_next_message()
    {
        var link = Link(1, 3);
        link.Add(now, Message(3, 1), outbox);
        link.Reknit(now, View(1, 2, 3), outbox);
        link.Delivered(now, three, outbox);
        link.Add(now, Message(3, 2), outbox);

        Assert.Equal([(three, 1U), (two, 2U)], Sent());
    }

    [Fact]
    public void Of_one_kind_and_origin_the_last_waits()
    {
        var link = Link(1, 2, 3);
        link.Add(now, Message(2, 0), outbox);
        for (var hops = 1; hops <= 3; hops++)
            link.Add(now, Message(3, 7) with { Hops = hops }, outbox);

        Assert.Equal(2, link.Count);
        Sent();
        link.Delivered(now, two, outbox);
        Assert.Equal(3, outbox[0].Message!.Hops);
    }

    [Fact]
    public void What_is_taken_back_on_its_way_goes_to_nobody_any_more()
    {
        var link = Link(1, 2, 3);
        link.Add(now, Message(3, 1), outbox);
        link.Withdraw(message => message.Origin.Drawn == 1);
        Assert.Equal(1, link.Count);
        link.Add(now, Message(2, 2), outbox);
        Assert.Equal([(two, 1U)], Sent());
        link.Undelivered(now, two, outbox);
        Assert.Equal(1, link.Count);
        Pump(link);
        Assert.Equal([(two, 2U)], Sent());
    }

    [Fact]
    public void Beyond_its_limit_the_oldest_candidacy_is_given_up()
    {
        var link = Link(1, 2, 3);
        var leader = new RingMessage.Leader(Message(3, 0).Sender, new RingId(0, three), 0, new Term(1, three));
        link.Add(now, leader, outbox);
        link.Add(now, leader with { Origin = new RingId(1, three) }, outbox);
        for (var drawn = 0U; drawn < (4 * 3) + 64 - 2; drawn++)
            link.Add(now, Message(3, drawn), outbox);
        Assert.Equal((link.Max, 0L), (link.Count, link.Forgotten));

        link.Add(now, Message(3, 1000), outbox);
        Assert.Equal(((4 * 3) + 64, 1L), (link.Count, link.Forgotten));
        outbox.Clear();
        link.Delivered(now, two, outbox);
        link.Delivered(now, two, outbox);
        Assert.Equal([typeof(RingMessage.Leader), typeof(RingMessage.Election)], [.. Types()]);
        Assert.Equal((two, 1U), Sent()[1]); // 0 was the oldest
    }

    private RingLink Link(params int[] ring) => new(settings, View(ring));

    private static RingView View(params int[] ring) => new(RingLab.Id(1), [.. ring.Select(RingLab.Id)]);

    private static RingMessage.Election Message(int origin, uint drawn) =>
        new(new RingId(0, RingLab.Id(1)), new RingId(drawn, RingLab.Id(origin)), 0);

    private void Pump(RingLink link)
    {
        now = link.Deadline!.Value;
        link.Pump(now, outbox);
    }

    private IEnumerable<Type> Types() => Enumerable.Range(0, outbox.Count).Select(i => outbox[i].Message!.GetType());

    private List<(NodeId To, uint Drawn)> Sent()
    {
        var sent = Enumerable.Range(0, outbox.Count).Select(i => (outbox[i].To, outbox[i].Message!.Origin.Drawn)).ToList();
        outbox.Clear();
        return sent;
    }
}

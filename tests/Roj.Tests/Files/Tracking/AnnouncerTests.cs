using Roj.Files.Tracking;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

public sealed class AnnouncerTests
{
    [Fact]
    public void It_starts_once_and_then_comes_back_at_the_interval()
    {
        var one = new Announcing(["http://a/a"]);
        Assert.Equal("Started a", one.Start());
        one.Announcer.Start(one.Now, one.Figures, one.Outbox);
        Assert.Empty(one.Asked());
        one.Answer("a");
        Assert.Equal(TimeSpan.FromSeconds(60), one.Wait);
        one.Elapse(TimeSpan.FromSeconds(59.9));
        Assert.Empty(one.Asked());
        one.Elapse(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["None a"], one.Asked());
    }

    [Theory]
    [InlineData("i0e", 5)]
    [InlineData("i-1e", 5)]
    [InlineData("i4e", 5)]
    [InlineData("i5e", 5)]
    [InlineData("i3600e", 3600)]
    [InlineData("i3601e", 3600)]
    [InlineData("i9223372036854775807e", 3600)]
    public void An_interval_is_obeyed_within_bounds(string interval, int seconds)
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Answer("a", $"d8:interval{interval}5:peers0:e");
        Assert.Equal(TimeSpan.FromSeconds(seconds), one.Wait);
    }

    [Fact]
    public void Who_is_alone_comes_back_at_the_least_interval_and_nobody_before_it()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Answer("a", "d8:intervali1800e12:min intervali30ee");
        Assert.Equal(TimeSpan.FromSeconds(1800), one.Wait);
        one.Figures = one.Figures with { IsAlone = true };
        Assert.Equal(TimeSpan.FromSeconds(30), one.Wait);
    }

    [Fact]
    public void Tiers_are_tried_in_order_and_who_answers_comes_first_in_its_tier()
    {
        var one = new Announcing(["http://a/a"], ["http://b/a", "http://c/a"]);
        Assert.Equal("Started a", one.Start());
        one.Fail("a");
        var first = Assert.Single(one.Asked());
        var (failing, answering) = first == "Started b" ? ("b", "c") : ("c", "b");
        one.Fail(failing);
        Assert.Equal([$"Started {answering}"], one.Asked());
        one.Answer(answering);
        one.Elapse(TimeSpan.FromSeconds(60));
        Assert.Equal(["Started a"], one.Asked()); // from the first tier again
        one.Fail("a");
        Assert.Equal([$"None {answering}"], one.Asked());
    }

    [Fact]
    public void While_none_answers_it_waits_longer_and_longer_for_ever()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        double[] most = [5, 10, 20, 40, 80, 160, 300, 300, 300];
        foreach (var seconds in most)
        {
            one.Fail("a");
            Assert.InRange(one.Wait!.Value.TotalSeconds, seconds / 2, seconds);
            one.Elapse(one.Wait.Value);
            Assert.Equal(["Started a"], one.Asked());
        }

        one.Answer("a");
        one.Elapse(TimeSpan.FromSeconds(60));
        one.Outbox.Clear();
        one.Fail("a");
        Assert.InRange(one.Wait!.Value.TotalSeconds, 2.5, 5); // an answer in between, and patience begins anew
    }

    [Theory]
    [InlineData("d14:failure reason4:no!!e")]
    [InlineData("junk")]
    [InlineData("")]
    public void A_refusal_and_junk_count_as_failures(string body)
    {
        var one = new Announcing(["http://a/a"], ["http://b/a"]);
        one.Start();
        one.Answer("a", body);
        Assert.Equal(["Started b"], one.Asked());
    }

    [Fact]
    public void What_is_wrong_is_told_once_until_it_is_something_else()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Fail("a");
        Assert.IsType<TrackingEvent.Warned>(one.Outbox[0].Event);
        one.Elapse(TimeSpan.FromSeconds(10));
        one.Asked();
        one.Fail("a");
        Assert.Equal(0, one.Outbox.Count);
    }

    [Fact]
    public void Completed_is_said_at_once_and_once()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Answer("a");
        one.Outbox.Clear();
        one.Announcer.Completed(one.Now, true, one.Figures with { Left = 0 }, one.Outbox);
        Assert.Equal(["Completed a"], one.Asked());
        one.Answer("a");
        one.Elapse(TimeSpan.FromSeconds(60));
        Assert.Equal(["None a"], one.Asked());
    }

    [Fact]
    public void Completed_while_an_answer_is_under_way_is_said_after_it()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Announcer.Completed(one.Now, true, one.Figures, one.Outbox);
        Assert.Empty(one.Asked());
        one.Answer("a");
        Assert.Equal(["Completed a"], one.Asked());
    }

    [Fact]
    public void Who_began_with_all_of_it_does_not_say_completed()
    {
        var one = new Announcing(["http://a/a"]);
        one.Announcer.Completed(one.Now, false, one.Figures, one.Outbox);
        Assert.Equal("Started a", one.Start());
        one.Answer("a");
        Assert.Empty(one.Asked());
        one.Elapse(TimeSpan.FromSeconds(60));
        Assert.Equal(["None a"], one.Asked());
    }

    [Fact]
    public void Farewell_is_said_to_those_who_know_us_alone()
    {
        var one = new Announcing(["http://a/a"], ["http://b/a"], ["http://c/a"]);
        one.Start();
        one.Fail("a");
        one.Answer("b");
        one.Outbox.Clear();
        one.Announcer.Stop(one.Figures, one.Outbox);
        Assert.Equal(["Stopped b"], one.Asked());
        Assert.False(one.Announcer.IsDone);
        Assert.Null(one.Wait);
        one.Answer("b");
        Assert.True(one.Announcer.IsDone);
        Assert.Equal(0, one.Outbox.Count);
    }

    [Fact]
    public void Stale_answers_change_nothing()
    {
        var one = new Announcing(["http://a/a"], ["http://b/a"]);
        one.Start();
        one.Fail("a");
        one.Asked();
        one.Answer("a");
        one.Fail("a");
        Assert.Equal(0, one.Outbox.Count);
        Assert.Null(one.Wait); // b's answer is awaited still
    }

    [Fact]
    public void What_is_not_http_is_passed_over_with_a_word()
    {
        var one = new Announcing(["udp://a/a", "https://b/a"], ["wss://c/a", "http://d/a", "http://d/a"]);
        one.Announcer.Start(one.Now, one.Figures, one.Outbox);
        Assert.Equal(3, Enumerable.Range(0, one.Outbox.Count).Count(i => one.Outbox[i].Event is TrackingEvent.Warned));
        Assert.Equal(["Started d"], one.Asked());
    }

    [Theory]
    [InlineData(Announcer.TrackersMax, 0)]
    [InlineData(Announcer.TrackersMax + 1, 1)]
    public void There_is_a_limit_of_trackers(int count, int refused)
    {
        var one = new Announcing([.. Enumerable.Range(0, count).Select(i => new[] { $"http://h{i}/a" })]);
        one.Announcer.Start(one.Now, one.Figures, one.Outbox);
        Assert.Equal(refused, one.Outbox.Count - 1);
    }

    [Fact]
    public void Without_a_tracker_nothing_happens()
    {
        var one = new Announcing();
        one.Announcer.Start(one.Now, one.Figures, one.Outbox);
        Assert.Equal(0, one.Outbox.Count);
        Assert.Null(one.Wait);
    }

    [Fact]
    public void Peers_and_the_trackers_id_are_taken()
    {
        var one = new Announcing(["http://a/a"]);
        one.Start();
        one.Answer("a", "d8:intervali60e5:peers6:\u0001\u0002\u0003\u0004\u001A\u00E110:tracker id1:xe");
        var found = Assert.IsType<TrackingEvent.PeersFound>(one.Outbox[1].Event);
        Assert.Equal([new Endpoint(0x01020304, 0x1AE1)], found.Peers);
        one.Outbox.Clear();
        one.Elapse(TimeSpan.FromSeconds(60));
        Assert.Equal("x", Assert.IsType<TrackingEffect.Ask>(one.Outbox[0].Effect).Request.TrackerId);
    }
}

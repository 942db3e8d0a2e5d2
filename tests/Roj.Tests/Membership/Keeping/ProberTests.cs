using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class ProberTests
{
    private static KeeperSettings Settings => Observer.Settings();

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(30)]
    public void Everybody_is_asked_once_in_each_round_in_changing_order(int last)
    {
        var observer = Observer.Among(last);
        var others = last - 2; // of ourselves, 1, and of 2, who comes after us and is asked all the time
        // The first round may be under way, with whoever came into it meanwhile. One is asked in four periods.
        var asked = Asked(observer.Answering(until: 3 + (0.6 * 4 * 8 * (others + 1)), except: 0)).FindAll(number => number != 2);
        var start = Enumerable.Range(0, others).First(from => asked.Skip(from).Take(others).Distinct().Count() == others
            && asked.Skip(from + others).Take(others).Distinct().Count() == others);

        var rounds = asked.Skip(start).Chunk(others).Where(round => round.Length == others).ToList();

        Assert.True(rounds.Count >= 5);
        Assert.All(rounds, round => Assert.Equal(others, round.Distinct().Count()));
        if (others > 2)
            Assert.True(rounds.Select(round => string.Join(" ", round)).Distinct().Count() > 1);
    }

    [Fact]
    public void Who_comes_after_us_in_the_ring_is_asked_in_each_period_give_or_take_a_twelfth()
    {
        var observer = Observer.Among(5);
        var times = new List<double>();
        for (var due = observer.Keeper.Deadline!.Value; times.Count < 50; due = observer.Keeper.Deadline!.Value)
        {
            var outputs = observer.Answering(due, except: 0);
            times.AddRange(Asked(outputs).Where(number => number == 2).Select(_ => observer.Now.SinceZero.TotalMilliseconds));
        }

        var gaps = times.Zip(times.Skip(1), (a, b) => b - a).ToList();
        Assert.All(gaps, gap => Assert.InRange(gap, 504, 596));
        Assert.True(gaps.Distinct().Count() > 5);
    }

    [Fact]
    public void When_the_next_in_the_ring_is_gone_the_one_behind_it_is_asked()
    {
        var observer = Observer.Among(5);
        observer.Tell(3, Observer.Rumour(2, 1, MemberState.Left));
        var asked = Asked(observer.Answering(until: 3 + (0.6 * 40), except: 0));
        Assert.InRange(asked.Count(number => number == 3), 30, 60);
    }

    [Fact]
    public void Who_is_silent_is_asked_through_three_others_and_suspect_at_the_end_of_the_period()
    {
        var observer = Observer.Among(6);
        var asked = UntilPinged(observer, 4);

        var later = asked + Settings.ProbePatience;
        observer.Answering(Seconds(later) - 0.001, except: 4);
        var requests = Requests(observer.Answering(later, except: 4));
        Assert.Equal(3, requests.Select(request => request.To).Distinct().Count());
        Assert.DoesNotContain(Finding.At(4), requests.Select(request => request.To));
        Assert.All(requests, request => Assert.Equal((Finding.Id(4), Finding.At(4)), (request.Message.Target, request.Message.At)));

        observer.Answering(Seconds(asked + Settings.Period) - 0.001, except: 4);
        Assert.Equal(MemberState.Alive, observer.StateOf(4));
        observer.Answering(asked + Settings.Period, except: 4);
        Assert.Equal(MemberState.Suspect, observer.StateOf(4));
    }

    [Fact]
    public void An_answer_through_another_is_an_answer()
    {
        var observer = Observer.Among(6);
        var asked = UntilPinged(observer, 4);
        var request = Requests(observer.Answering(asked + Settings.ProbePatience, except: 4))[0];

        observer.Receive(new SwimMessage.Ack(Finding.Id(3), 1, request.Message.Sequence, []));

        observer.Answering(asked + Settings.Period, except: 4);
        Assert.Equal(MemberState.Alive, observer.StateOf(4));
    }

    [Fact]
    public void Who_misses_the_nacks_doubts_itself_and_waits_longer()
    {
        Assert.InRange(PauseAfterAMiss(nacks: true), 504, 596);
        Assert.InRange(PauseAfterAMiss(nacks: false), 1008, 1788); // two were missed at that time, who comes after us and another
    }

    [Fact]
    public void A_request_is_passed_on_and_its_answer_brought_back()
    {
        var observer = Observer.Among(4);
        observer.Receive(Request(target: 3));

        var (to, message) = Assert.Single(observer.TakeSends());
        var ping = Assert.IsType<SwimMessage.Ping>(message);
        Assert.Equal((Finding.At(3), Finding.Id(3)), (to, ping.Target));

        observer.Receive(new SwimMessage.Ack(Finding.Id(3), 1, ping.Sequence, []));
        var (back, answer) = Assert.Single(observer.TakeSends());
        Assert.Equal((Finding.At(2), 77u), (back, Assert.IsType<SwimMessage.Ack>(answer).Sequence));
    }

    [Fact]
    public void A_request_that_comes_to_nothing_is_denied_before_the_asker_gives_up()
    {
        var observer = Observer.Among(4);
        observer.Receive(Request(target: 3));
        observer.Take();

        var end = observer.Now + (Settings.ProbePatience * 3 / 4);
        observer.RunUntil(Seconds(end) - 0.001);
        Assert.DoesNotContain(observer.TakeSends(), sent => sent.Message is SwimMessage.Nack);
        observer.RunUntil(Seconds(end));
        var (to, nack) = Assert.Single(observer.TakeSends(), sent => sent.Message is SwimMessage.Nack);
        Assert.Equal((Finding.At(2), 77u), (to, nack.Sequence));
    }

    [Fact]
    public void A_request_leads_only_to_where_its_target_is_known_to_be()
    {
        var observer = Observer.Among(4);

        observer.Receive(Request(target: 3) with { At = Finding.At(200) });
        observer.Receive(Request(target: 9));
        observer.Receive(Request(target: 1));
        observer.Receive(Request(target: 3) with { Sender = Finding.Id(9) }); // a stranger

        Assert.Empty(observer.TakeSends());
    }

    [Fact]
    public void The_dead_are_asked_every_two_seconds_and_told_what_is_believed_of_them()
    {
        var observer = Observer.Among(3);
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        var outputs = observer.Answering(until: 23.5, except: 3);

        var pings = outputs.Select(output => output.Message).OfType<SwimMessage.Ping>()
            .Where(ping => ping.Target == Finding.Id(3)).ToList();
        Assert.InRange(pings.Count, 10, 12);
        Assert.All(pings, ping => Assert.Equal(Observer.Rumour(3, 1, MemberState.Dead), ping.News[0]));
    }

    [Fact]
    public void Who_was_believed_dead_and_answers_is_exchanged_with()
    {
        var observer = Observer.Among(3);
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        observer.Answering(until: 5, except: 3);

        observer.Receive(new SwimMessage.Ack(Finding.Id(3), 1, 12345, []));

        Assert.Contains(observer.Take(), output => output.Effect == new KeepingEffect.Exchange(Finding.At(3)));
    }

    [Fact]
    public void Others_that_are_asked_late_have_their_time_still()
    {
        var observer = Observer.Among(6);
        var asked = UntilPinged(observer, 4);
        observer.Now = asked + TimeSpan.FromMilliseconds(650); // past the end of the period, and not yet an absence

        observer.Keeper.Tick(observer.Now, observer.Outbox);

        Assert.Equal(MemberState.Alive, observer.StateOf(4));
        Assert.Equal(3, Requests(observer.Take()).Count);
        observer.Answering(Seconds(asked) + 1, except: 4);
        Assert.Equal(MemberState.Suspect, observer.StateOf(4));
    }

    [Fact]
    public void Who_comes_and_goes_all_the_time_has_one_place_in_the_round()
    {
        var observer = Observer.Among(5);
        for (var incarnation = 2u; incarnation < 500; incarnation++)
            observer.Tell(2, Observer.Rumour(3, incarnation, MemberState.Dead), Observer.Rumour(3, incarnation + 1, MemberState.Alive));

        var asked = Asked(observer.Answering(until: 3 + (0.6 * 160), except: 0)); // 40 of the rounds

        Assert.InRange(asked.Count(number => number == 3), 5, 14);
    }

    private static double Seconds(Instant instant) => instant.SinceZero.TotalSeconds;

    private static SwimMessage.PingRequest Request(int target) =>
        new(Finding.Id(2), 1, 77, Finding.Id(target), Finding.At(target), []);

    private static List<int> Asked(List<KeepingOutput> outputs) =>
        [.. outputs.Select(output => output.Message).OfType<SwimMessage.Ping>().Select(ping => (int)ping.Target.Value)];

    private static List<(Endpoint To, SwimMessage.PingRequest Message)> Requests(List<KeepingOutput> outputs) =>
        [.. outputs.Where(o => o.Message is SwimMessage.PingRequest).Select(o => (o.To, (SwimMessage.PingRequest)o.Message!))];

    /// <summary>Runs, one silent, until that one is asked.</summary>
    private static Instant UntilPinged(Observer observer, int number)
    {
        while (!Asked(observer.Answering(observer.Keeper.Deadline!.Value, except: number)).Contains(number))
            Assert.True(Seconds(observer.Now) < 60);
        return observer.Now;
    }

    /// <summary>How long, in milliseconds, it is from the first probe after one that failed to the next.</summary>
    private static double PauseAfterAMiss(bool nacks)
    {
        var observer = Observer.Among(6);
        var failed = UntilPinged(observer, 4) + Settings.Period;
        if (nacks)
            observer.Answering(failed, except: 4);
        else
            observer.RunUntil(failed);
        observer.Take();
        var times = new List<Instant>();
        while (times.Count < 2)
        {
            var outputs = observer.Answering(observer.Keeper.Deadline!.Value, except: 4);
            times.AddRange(Asked(outputs).Where(number => number == 2).Select(_ => observer.Now)); // one in each period
        }

        return (times[1] - times[0]).TotalMilliseconds;
    }
}

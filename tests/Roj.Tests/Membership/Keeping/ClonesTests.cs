using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>Which of several processes with one id goes on (M6).</summary>
public sealed class ClonesTests
{
    private const ulong Own = 0xA1; // Finding.Settings' boot

    private readonly Roj.Membership.Neighbourhood place = new(
        Finding.Settings() with { Broadcast = false, Sweep = false }, Observer.Settings(), Observer.Profile(1), default, new Rng(1));

    private Instant now;

    public ClonesTests()
    {
        place.Start(now, [], []);
        now += TimeSpan.FromSeconds(10);
    }

    [Theory]
    [InlineData(0xC1, 9_999, false)] // we judge? no: the greater boot does; see below
    [InlineData(0xC1, 10_001, true)]
    public void The_other_judges_when_its_boot_is_greater(ulong boot, int uptime, bool ends)
    {
        var claim = Assert.IsType<ExchangeMessage.Claim>(Say(Claim(boot, uptime)));
        Assert.Equal((Own, boot, TimeSpan.FromSeconds(10)), (claim.Boot, claim.YourBoot, claim.Uptime));
        Assert.Empty(Events()); // it is not ours to say

        Assert.Null(Say(new ExchangeMessage.Verdict(boot, ends ? Own : boot, TimeSpan.FromMilliseconds(uptime))));
        Assert.Equal([ends ? Ended(uptime) : new MembershipEvent.CloneEnds(Finding.At(7))], Events());
    }

    [Theory]
    [InlineData(9_999, false)]
    [InlineData(10_000, true)] // a tie: the smaller boot goes on
    [InlineData(10_001, true)]
    public void We_judge_when_our_boot_is_greater(int uptime, bool ends)
    {
        var verdict = Assert.IsType<ExchangeMessage.Verdict>(Say(Claim(1, uptime)));
        Assert.Equal((Own, ends ? Own : 1, TimeSpan.FromSeconds(10)), (verdict.Judge, verdict.Ends, verdict.Uptime));
        Assert.Equal([ends ? Ended(uptime) : new MembershipEvent.CloneEnds(Finding.At(7))], Events());
    }

    [Fact]
    public void Who_has_another_id_or_means_an_earlier_process_is_not_answered()
    {
        Assert.Null(Say(Claim(1, 99_999) with { Id = Finding.Id(2) }));
        Assert.Null(Say(Claim(1, 99_999) with { YourBoot = Own + 1 }));
        Assert.Null(Say(Claim(Own, 99_999)));
        Assert.Empty(Events());
    }

    [Fact]
    public void A_verdict_that_nobody_asked_for_is_nothing()
    {
        Say(new ExchangeMessage.Verdict(0xC1, Own, TimeSpan.FromHours(1)));
        Assert.Empty(Events());

        Say(Claim(0xC1, 1)); // it may judge us now; others may not, nor may it end a third
        Say(new ExchangeMessage.Verdict(0xC2, Own, TimeSpan.FromHours(1)));
        Say(new ExchangeMessage.Verdict(0xC1, 0xC3, TimeSpan.FromHours(1)));
        Assert.Empty(Events());

        Tick(3); // and not for ever
        Say(new ExchangeMessage.Verdict(0xC1, Own, TimeSpan.FromHours(1)));
        Assert.Empty(Events());
    }

    [Fact]
    public void Who_is_in_one_dispute_takes_no_part_in_another()
    {
        Assert.NotNull(Say(Claim(0xC1, 1)));
        Assert.Null(Say(Claim(0xC2, 1)));
        Assert.Null(Say(Claim(1, 1)));
        Tick(3);
        Assert.NotNull(Say(Claim(1, 1)));
    }

    [Fact]
    public void Who_has_lost_judges_nobody()
    {
        Say(Claim(1, 99_999));
        Assert.Equal([Ended(99_999)], Events());
        Assert.Null(Say(Claim(2, 1)));
        Assert.Empty(Events());
    }

    [Fact]
    public void Of_two_that_call_each_other_the_call_of_the_greater_boot_goes_on()
    {
        Meet(0xC1);
        Assert.IsType<ExchangeMessage.Claim>(Say(Claim(0xC1, 1))); // we answer, and our own call is off
        Assert.Null(place.Claim(now));

        now += TimeSpan.FromSeconds(3);
        place.Tick(now);
        place.Clear();
        Meet(1);
        Assert.NotNull(place.Claim(now));
        Assert.IsType<ExchangeMessage.Verdict>(Say(Claim(1, 1))); // what we called answers
    }

    [Fact]
    public void Who_is_busy_is_called_again_and_who_is_gone_not_for_ever()
    {
        var calls = Meet(0xC1);
        for (var times = 0; times < 100; times++)
        {
            place.Confronted(now, Finding.At(7));
            calls += Calls();
            now += TimeSpan.FromSeconds(1);
            place.Tick(now);
            calls += Calls();
        }

        Assert.Equal(20, calls);
    }

    private static ExchangeMessage.Claim Claim(ulong boot, int uptime) =>
        new(Finding.Id(1), boot, Own, Finding.At(7), TimeSpan.FromMilliseconds(uptime));

    private static MembershipEvent.Superseded Ended(int uptime) => new(Finding.At(7), TimeSpan.FromMilliseconds(uptime));

    private ExchangeMessage? Say(ExchangeMessage message) => place.Reply(now, message);

    private int Meet(ulong boot)
    {
        place.Greeted(now, Finding.At(7), Finding.Hello(HelloKind.Answer, 1, boot: boot));
        return Calls();
    }

    private void Tick(double seconds)
    {
        now += TimeSpan.FromSeconds(seconds);
        place.Tick(now);
    }

    private MembershipEvent[] Events()
    {
        var events = Enumerable.Range(0, place.Keeping.Count).Select(i => place.Keeping[i].Event).OfType<MembershipEvent>().ToArray();
        place.Clear();
        return events;
    }

    private int Calls()
    {
        var calls = Enumerable.Range(0, place.Keeping.Count).Count(i => place.Keeping[i].Effect is KeepingEffect.Confront);
        place.Clear();
        return calls;
    }
}

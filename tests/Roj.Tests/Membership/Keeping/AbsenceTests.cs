using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>A process that stood still has heard nobody: neither those it asked nor those who refuted.</summary>
public sealed class AbsenceTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    [InlineData(3600)]
    public void Who_wakes_late_judges_nobody(double seconds)
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var observer = Observer.Among(6, seed: seed);
            observer.RunUntil(observer.Now.SinceZero.TotalSeconds + 0.4); // some are asked, and have not answered
            observer.Now += TimeSpan.FromSeconds(seconds);

            observer.Keeper.Tick(observer.Now, observer.Outbox);
            observer.Answering(observer.Now.SinceZero.TotalSeconds + 3, except: 0);

            Assert.All(observer.Keeper.Members, member => Assert.Equal(MemberState.Alive, member.State));
        }
    }

    [Fact]
    public void A_suspect_has_as_much_time_left_as_before()
    {
        var observer = Observer.Among(10);
        observer.Tell(3, Observer.Rumour(2, 1, MemberState.Suspect, accuser: 3));
        var begun = observer.Now;
        observer.Answering(begun.SinceZero.TotalSeconds + 2, except: 0);
        var slept = observer.Keeper.Deadline!.Value;
        observer.Now = slept + TimeSpan.FromSeconds(60);

        // All that came meanwhile is read first, and counts as one absence.
        for (var times = 0; times < 50; times++)
            observer.Tell(4, Observer.Rumour(5, (ulong)(2 + times), MemberState.Alive));
        observer.Answering(observer.Now.SinceZero.TotalSeconds + 10, except: 0);

        var dead = observer.Keeper.Find(Finding.Id(2))!;
        Assert.Equal(MemberState.Dead, dead.State);
        Assert.InRange((dead.Since - begun).TotalSeconds, 64.3, 64.5);
    }

    /// <summary>Once news that came after a quiet while were taken for a sleep as long as that while, and suspects given as much
    /// time.</summary>
    [Fact]
    public void News_after_a_quiet_while_are_no_absence()
    {
        var observer = Observer.Among(10);
        observer.Answering(until: 60, except: 0);
        observer.Tell(3, Observer.Rumour(2, 1, MemberState.Suspect, accuser: 3));
        observer.Answering(until: 70, except: 0);

        var dead = observer.Keeper.Find(Finding.Id(2))!;
        Assert.Equal(MemberState.Dead, dead.State);
        Assert.InRange(dead.Since.SinceZero.TotalSeconds, 64.3, 64.5);
    }

    [Fact]
    public void Nor_is_a_change_of_our_own_after_a_quiet_while()
    {
        var observer = Observer.Among(3);
        var asked = UntilPinged(observer);
        observer.Keeper.Present(asked, Observer.Profile(1) with { Color = 3 }, default);
        observer.Keeper.Tick(asked, observer.Outbox);
        observer.RunUntil(asked.SinceZero.TotalSeconds + 0.56);

        Assert.Contains(observer.Keeper.Members, member => member.State == MemberState.Suspect); // it was not let off
    }

    private static Instant UntilPinged(Observer observer)
    {
        observer.Answering(until: 30, except: 0);
        observer.RunUntil(observer.Keeper.Deadline!.Value);
        Assert.Contains(observer.TakeSends(), sent => sent.Message is SwimMessage.Ping);
        return observer.Now;
    }
}

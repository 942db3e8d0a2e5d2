using FsCheck;
using FsCheck.Fluent;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class BeliefsTests
{
    private static Gen<(int How, Rumour Rumour)[]> Hearsay => (
        from how in Gen.Choose(0, 9)
        from of in Gen.Choose(1, 5)
        from incarnation in Gen.Choose(0, 12)
        from state in Gen.Elements(Enum.GetValues<MemberState>())
        from accuser in Gen.Choose(1, 6)
        select (how, Observer.Rumour(of, (ulong)incarnation, state, accuser))).ArrayOf();

    /// <summary>M1 and M2: whatever is heard in whatever order, nothing believed goes backwards, and we raise our own number only to
    /// contradict.</summary>
    [Fact]
    public void Nothing_believed_goes_backwards() => Prop.ForAll(Hearsay.ToArbitrary(), hearsay =>
    {
        var observer = Observer.Among(2);
        foreach (var (how, rumour) in hearsay)
        {
            var before = observer.Keeper.Members;
            var own = observer.Keeper.Incarnation;
            Hear(observer, how, rumour);

            foreach (var member in before.Where(member => member.Id != Finding.Id(1)))
            {
                var after = observer.Keeper.Find(member.Id)!;
                var order = (after.Incarnation, after.State).CompareTo((member.Incarnation, member.State));
                Assert.True(order >= 0, $"{member} became {after}");
            }

            var isWrong = rumour.Id == Finding.Id(1) && how < 9
                && (rumour.Incarnation > own || (rumour.Incarnation == own && rumour.State != MemberState.Alive));
            Assert.Equal(isWrong ? rumour.Incarnation + 1 : own, observer.Keeper.Incarnation);
            Assert.Equal(MemberState.Alive, observer.Keeper.Self.State);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(100));

    [Theory]
    [InlineData(MemberState.Suspect)]
    [InlineData(MemberState.Dead)]
    [InlineData(MemberState.Left)]
    public void What_is_wrong_of_us_is_refuted_with_the_next_incarnation_and_told(MemberState state)
    {
        var observer = Observer.Among(3);
        var said = Observer.Rumour(1, Observer.OwnIncarnation, state);
        observer.Tell(2, said);

        Assert.Equal([new MembershipEvent.Refuted(said, Observer.OwnIncarnation + 1)], observer.TakeEvents());
        observer.RunUntil(observer.Now.SinceZero.TotalSeconds + 0.15);
        var refutation = Observer.Rumour(1, Observer.OwnIncarnation + 1, MemberState.Alive);
        Assert.Contains(observer.TakeSends(), sent => sent.Message.News.Contains(refutation));

        observer.Tell(2, said); // old by now
        Assert.Empty(observer.TakeEvents());
    }

    [Fact]
    public void What_was_said_of_an_earlier_life_needs_no_answer()
    {
        var observer = Observer.Among(3);
        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation - 1, MemberState.Dead));
        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation, MemberState.Alive));
        observer.Learn(Observer.Record(1, Observer.OwnIncarnation - 1, MemberState.Left));

        Assert.Empty(observer.TakeEvents());
        Assert.Equal(Observer.OwnIncarnation, observer.Keeper.Incarnation);
    }

    [Fact]
    public void What_was_said_of_a_future_life_is_overtaken_but_by_no_jump_that_nobody_lives()
    {
        var observer = Observer.Among(3);
        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation + Rumour.JumpMax + 1, MemberState.Dead));
        observer.Tell(2, Observer.Rumour(3, 1 + Rumour.JumpMax + 1, MemberState.Dead));
        Assert.Equal(Observer.OwnIncarnation, observer.Keeper.Incarnation);
        Assert.Equal((1UL, MemberState.Alive), (observer.IncarnationOf(3), observer.StateOf(3)));

        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation + Rumour.JumpMax, MemberState.Dead));
        observer.Tell(2, Observer.Rumour(3, 1 + Rumour.JumpMax, MemberState.Dead));
        Assert.Equal(Observer.OwnIncarnation + Rumour.JumpMax + 1, observer.Keeper.Incarnation);
        Assert.Equal((1 + Rumour.JumpMax, MemberState.Dead), (observer.IncarnationOf(3), observer.StateOf(3)));
    }

    [Fact]
    public void At_the_end_of_all_numbers_there_is_no_next_one()
    {
        var observer = Observer.Among(3, Observer.Settings() with { Incarnation = Rumour.IncarnationLimit - 2 });

        observer.Tell(2, Observer.Rumour(1, Rumour.IncarnationLimit - 2, MemberState.Suspect));
        Assert.Equal(Rumour.IncarnationLimit - 1, observer.Keeper.Incarnation);
        observer.Tell(2, Observer.Rumour(1, Rumour.IncarnationLimit - 1, MemberState.Suspect));
        observer.Keeper.Present(observer.Now, Observer.Profile(7), default);
        Assert.Equal(Rumour.IncarnationLimit - 1, observer.Keeper.Incarnation);
    }

    /// <summary>Six doublings are within the least; alone, one has four times that, but where nobody else could confirm it.</summary>
    [Theory]
    [InlineData(2, 1100)]
    [InlineData(3, 4400)]
    [InlineData(10, 4400)]
    [InlineData(63, 4400)]
    [InlineData(100, 4400)]
    [InlineData(127, 4400)]
    [InlineData(128, 5133)]
    public void A_suspect_of_one_has_so_long(int members, int milliseconds)
    {
        var observer = Observer.Among(members);
        var begun = Suspect(observer, accuser: members == 2 ? 1 : 3);

        Assert.InRange(UntilDead(observer, begun), milliseconds - 5, milliseconds + 5);
    }

    [Theory]
    [InlineData(1, 4400)]
    [InlineData(2, 2750)]
    [InlineData(3, 1787)]
    [InlineData(4, 1100)]
    [InlineData(5, 1100)]
    public void More_accusers_leave_it_less_time(int accusers, int milliseconds)
    {
        var observer = Observer.Among(10);
        var begun = Suspect(observer, [.. Enumerable.Range(3, accusers)]);

        Assert.InRange(UntilDead(observer, begun), milliseconds - 5, milliseconds + 5);
    }

    [Fact]
    public void The_second_accuser_is_passed_on_as_the_first_was()
    {
        var observer = Observer.Among(10);
        Suspect(observer, 3, 4);
        observer.RunUntil(observer.Now.SinceZero.TotalSeconds + 0.15);

        var told = observer.TakeSends().SelectMany(sent => sent.Message.News).Where(rumour => rumour.State == MemberState.Suspect);
        Assert.Equal([Finding.Id(3), Finding.Id(4)], told.Select(rumour => rumour.Accuser).Distinct().Order());
    }

    [Fact]
    public void A_suspect_that_says_otherwise_is_alive_and_stays_so()
    {
        var observer = Observer.Among(10);
        Suspect(observer, 3, 4, 5, 6);
        observer.Tell(3, Observer.Rumour(2, 2, MemberState.Alive));
        Assert.Equal((2UL, MemberState.Alive), (observer.IncarnationOf(2), observer.StateOf(2)));

        observer.Tell(3, Observer.Rumour(2, 1, MemberState.Suspect), Observer.Rumour(2, 1, MemberState.Dead));
        observer.Answering(observer.Now.SinceZero.TotalSeconds + 10, except: 0);
        Assert.Equal(MemberState.Alive, observer.StateOf(2));
    }

    [Fact]
    public void A_suspect_hears_of_it_at_once_from_whom_it_did_not_answer()
    {
        var observer = Observer.Among(4);
        var outputs = observer.Answering(observer.Now.SinceZero.TotalSeconds + 5, except: 3);

        var accused = outputs.FindIndex(output => output.Event is MembershipEvent.Changed({ State: MemberState.Suspect }, _));
        var (to, tell) = outputs.Skip(accused).Where(o => o.Message is not null).Select(o => (o.To, o.Message!)).First();
        Assert.Equal(Finding.At(3), to);
        Assert.Equal(Observer.Rumour(3, 1, MemberState.Suspect, accuser: 1), tell.News[0]);
    }

    [Fact]
    public void Of_whom_nothing_is_known_nothing_is_taken_back()
    {
        var observer = Observer.Among(3);
        foreach (var state in new[] { MemberState.Suspect, MemberState.Dead, MemberState.Left })
            observer.Tell(2, Observer.Rumour(9, 1, state));
        observer.Learn(Observer.Record(8, 1, MemberState.Dead), Observer.Record(7, 1, MemberState.Left));
        Assert.Equal(3, observer.Keeper.Members.Count);

        observer.Learn(Observer.Record(6, 1, MemberState.Suspect));
        Assert.Equal(MemberState.Suspect, observer.StateOf(6));
    }

    private static Instant Suspect(Observer observer, params int[] accuser)
    {
        observer.Take();
        foreach (var by in accuser)
            observer.Tell(observer.Keeper.Company == 1 ? 2 : 3, Observer.Rumour(2, 1, MemberState.Suspect, by));
        Assert.Equal(MemberState.Suspect, observer.StateOf(2));
        return observer.Now;
    }

    /// <summary>In milliseconds: everybody answers, it too, but does not refute, so that nobody else accuses it.</summary>
    private static double UntilDead(Observer observer, Instant begun)
    {
        observer.Answering(begun.SinceZero.TotalSeconds + 20, except: 0);
        var dead = observer.Keeper.Find(Finding.Id(2))!;
        Assert.Equal(MemberState.Dead, dead.State);
        return (dead.Since - begun).TotalMilliseconds;
    }

    private static void Hear(Observer observer, int how, Rumour rumour)
    {
        if (how < 6)
            observer.Tell(2, rumour);
        else if (how < 9)
            observer.Learn(Observer.Record((int)rumour.Id.Value, rumour.Incarnation, rumour.State) with { Accuser = rumour.Accuser });
        else
            observer.Answering(observer.Now.SinceZero.TotalSeconds + rumour.Incarnation, except: 0);
        observer.Take();
    }
}

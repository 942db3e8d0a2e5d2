using System.Text;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class KeeperTests
{
    [Fact]
    public void Alone_it_waits_for_nothing_and_is_its_own_only_member()
    {
        var observer = new Observer();
        observer.Keeper.Tick(observer.Now, observer.Outbox);

        Assert.Null(observer.Keeper.Deadline);
        Assert.Empty(observer.Take());
        Assert.Equal([Finding.Id(1)], observer.Keeper.Members.Select(member => member.Id));
    }

    [Fact]
    public void When_each_was_heard_itself_is_known()
    {
        var observer = new Observer();
        observer.Learn(Observer.Record(2), Observer.Record(3));
        Assert.Empty(observer.Keeper.Heard);
        observer.Now = Instant.Zero + TimeSpan.FromSeconds(3);
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Alive)); // of 3, not by it
        var elsewhere = new SwimMessage.Tell(Finding.Id(3), 1, 0, []);
        observer.Keeper.Receive(observer.Now, Finding.At(2), elsewhere, observer.Outbox); // in its name, from another place
        Assert.Equal([(Finding.Id(2), observer.Now)], observer.Keeper.Heard);
    }

    [Fact]
    public void Whom_it_meets_it_exchanges_with_unless_it_is_known_to_be_there()
    {
        var observer = Observer.Among(3);
        var again = observer.Now;
        observer.Keeper.Meet(again, Finding.At(3), Finding.Id(3), observer.Outbox);
        observer.Keeper.Meet(again, Finding.At(1), Finding.Id(9), observer.Outbox); // our own address
        observer.Keeper.Meet(again, Finding.At(9), Finding.Id(1), observer.Outbox); // a clone, or an echo: not ours to tell
        Assert.Empty(observer.Take());

        observer.Keeper.Meet(again, Finding.At(7), Finding.Id(3), observer.Outbox); // elsewhere
        Assert.Equal([new KeepingEffect.Exchange(Finding.At(7))], observer.Take().Select(output => output.Effect));
    }

    [Fact]
    public void Who_agrees_says_so_and_who_differs_says_everything()
    {
        var (left, right) = (new Observer(), new Observer(Observer.Settings(2)));
        Assert.NotNull(Exchange(left, right));
        Assert.Equal(1, left.Keeper.Company);
        Assert.Equal(1, right.Keeper.Company);

        Assert.IsType<ExchangeMessage.Same>(right.Keeper.Reply(right.Now, left.Keeper.Opening(), right.Outbox));
        Assert.Null(left.Keeper.Reply(left.Now, new ExchangeMessage.Same(), left.Outbox));

        right.Keeper.Present(right.Now, Observer.Profile(2), "a"u8.ToArray());
        Exchange(left, right);
        Assert.Equal("a"u8.ToArray(), left.Keeper.Find(Finding.Id(2))!.Tags.ToArray());
        Assert.IsType<ExchangeMessage.Same>(right.Keeper.Reply(right.Now, left.Keeper.Opening(), right.Outbox));
    }

    [Fact]
    public void Tags_that_come_are_told_and_those_that_are_known_are_not()
    {
        var observer = Observer.Among(2);
        var profile = Observer.Profile(2) with { TagsVersion = 1 };
        var tagged = Observer.Record(2) with { TagsOf = 1, Tags = "rack=7\n"u8.ToArray(), Profile = profile };
        observer.Learn(tagged with { Incarnation = 2 });
        observer.Learn(tagged with { Incarnation = 2 });

        var told = Assert.Single(observer.TakeEvents().OfType<MembershipEvent.Described>());
        Assert.Equal((Finding.Id(2), "rack=7\n"), (told.Member.Id, Encoding.UTF8.GetString(told.Member.Tags.Span)));
    }

    [Fact]
    public void Tags_of_a_new_life_replace_those_of_the_old_one_though_it_counts_anew()
    {
        var observer = Observer.Among(2);
        var old = Tagged(5, 7, "old"u8);
        observer.Learn(old);
        observer.Learn(Tagged(6, 1, "new"u8));
        observer.Learn(old);

        Assert.Equal("new"u8.ToArray(), observer.Keeper.Find(Finding.Id(2))!.Tags.ToArray());

        static MemberRecord Tagged(ulong incarnation, uint version, ReadOnlySpan<byte> tags) => Observer.Record(2, incarnation) with
        {
            TagsOf = version,
            Tags = tags.ToArray(),
            Profile = Observer.Profile(2) with { TagsVersion = version },
        };
    }

    [Fact]
    public void A_change_of_what_we_say_is_a_new_incarnation_and_no_change_is_none()
    {
        var observer = Observer.Among(3);
        observer.Keeper.Present(observer.Now, Observer.Profile(1), default);
        Assert.Equal(Observer.OwnIncarnation, observer.Keeper.Incarnation);
        Assert.False(observer.Keeper.HasNews);

        observer.Keeper.Present(observer.Now, Observer.Profile(1) with { Color = 2 }, default);
        observer.Keeper.Present(observer.Now, Observer.Profile(1) with { Color = 2 }, "t"u8.ToArray());

        Assert.Equal((Observer.OwnIncarnation + 2, 1u), (observer.Keeper.Incarnation, observer.Keeper.Self.Profile.TagsVersion));
        observer.Keeper.Tick(observer.Now, observer.Outbox);
        var told = Assert.Single(observer.TakeSends().SelectMany(sent => sent.Message.News).Distinct());
        Assert.Equal((Observer.OwnIncarnation + 2, (byte)2), (told.Incarnation, told.Profile!.Color));
    }

    [Fact]
    public void A_farewell_is_told_at_once_and_until_it_was_told_often_enough()
    {
        var observer = Observer.Among(4);
        observer.Keeper.Leave(observer.Now, observer.Outbox);

        var farewell = Observer.Rumour(1, Observer.OwnIncarnation, MemberState.Left, accuser: 1);
        var sends = observer.TakeSends();
        Assert.NotEmpty(sends);
        Assert.All(sends, sent => Assert.Equal([farewell], sent.Message.News));
        observer.Answering(observer.Now.SinceZero.TotalSeconds + 1, except: 0);
        Assert.False(observer.Keeper.HasNews);

        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation, MemberState.Suspect)); // who left does not argue
        Assert.Equal(MemberState.Left, observer.Keeper.Self.State);
        Assert.Equal(Observer.OwnIncarnation, observer.Keeper.Incarnation);
    }

    [Fact]
    public void Who_left_is_no_failure_and_who_restarts_is_the_same_member()
    {
        var observer = Observer.Among(4);
        observer.Tell(3, Observer.Rumour(3, 1, MemberState.Left, accuser: 3));
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        Assert.Equal(MemberState.Left, observer.StateOf(3));
        Assert.Equal(2, observer.Keeper.Company);

        observer.Take();
        observer.Keeper.Tick(observer.Now, observer.Outbox); // it is not asked at once what it said a moment ago
        Assert.DoesNotContain(observer.TakeSends(), sent => sent.To == Finding.At(3));
        observer.Learn(Observer.Record(3, 0x1_0000_0001) with { Node = Finding.At(33) });

        var changed = Assert.IsType<MembershipEvent.Changed>(Assert.Single(observer.TakeEvents()));
        Assert.Equal((MemberState.Left, MemberState.Alive, Finding.At(33)), (changed.Before, changed.Member.State, changed.Member.Node));
        Assert.Equal(4, observer.Keeper.Members.Count);
    }

    [Fact]
    public void Who_was_gone_for_a_day_is_forgotten_and_nobody_else()
    {
        var observer = Observer.Among(3, Observer.Settings() with { RememberFor = TimeSpan.FromMinutes(5) });
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));

        Assert.DoesNotContain(observer.Answering(until: 302, except: 3), output => output.Event is MembershipEvent.Forgotten);
        Assert.Contains(observer.Answering(until: 370, except: 3), output => output.Event == new MembershipEvent.Forgotten(Finding.Id(3)));
        Assert.Equal([Finding.Id(1), Finding.Id(2)], observer.Keeper.Members.Select(member => member.Id));
    }

    [Fact]
    public void The_table_has_its_limit()
    {
        var observer = new Observer(Observer.Settings() with { MembersMax = 5 });
        observer.Learn([.. Enumerable.Range(2, 6).Select(number => Observer.Record(number))]);
        Assert.Equal([1, 2, 3, 4, 5], observer.Keeper.Members.Select(member => (int)member.Id.Value));

        observer.Tell(2, Observer.Rumour(9, 1, MemberState.Alive));
        Assert.Equal(5, observer.Keeper.Members.Count);
        observer.Tell(2, Observer.Rumour(5, 2, MemberState.Alive)); // who is in it is still believed
        Assert.Equal(2UL, observer.IncarnationOf(5));
    }

    [Fact]
    public void Nodes_that_cannot_be_are_the_callers_mistake()
    {
        var settings = Observer.Settings();
        Assert.Throws<ArgumentException>(() => new Observer(settings with { Incarnation = 0 }));
        Assert.Throws<ArgumentException>(() => new Observer(settings with { Incarnation = Rumour.IncarnationLimit }));
        Assert.Throws<ArgumentException>(() => new Observer(settings with { Own = default }));
        foreach (var name in new[] { "", new string('n', 64), new string('é', 32) })
            Assert.Throws<ArgumentException>(() => New(name, 0));
        Assert.Throws<ArgumentException>(() => New("n", Member.TagsBytesMax + 1));

        var keeper = New(new string('n', 63), Member.TagsBytesMax);
        Assert.Throws<ArgumentException>(() => keeper.Present(default, Observer.Profile(1) with { Name = "" }, default));
        Assert.Throws<ArgumentException>(() => keeper.Present(default, Observer.Profile(1), new byte[Member.TagsBytesMax + 1]));

        Keeper New(string name, int tags) => new(settings, Observer.Profile(1) with { Name = name }, new byte[tags], new Rng(1));
    }

    /// <summary>One exchange that <paramref name="left"/> began; what ended it.</summary>
    private static ExchangeMessage? Exchange(Observer left, Observer right)
    {
        var everything = right.Keeper.Reply(right.Now, left.Keeper.Opening(), right.Outbox);
        var last = left.Keeper.Reply(left.Now, everything!, left.Outbox);
        Assert.Null(right.Keeper.Reply(right.Now, last!, right.Outbox));
        return last;
    }
}

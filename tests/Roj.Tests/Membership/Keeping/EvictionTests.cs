using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

/// <summary>An operator has a member forgotten.</summary>
public sealed class EvictionTests
{
    private readonly Observer observer = Observer.Among(5);

    [Fact]
    public void Whom_nobody_waits_for_or_who_answers_is_not_evicted()
    {
        observer.Tell(2, Observer.Rumour(4, 1, MemberState.Left, accuser: 4));
        observer.Take();
        Assert.Equal(Eviction.Self, Evict(1));
        Assert.Equal(Eviction.Answers, Evict(3));
        Assert.Equal(Eviction.HasLeft, Evict(4));
        Assert.Equal(Eviction.Unknown, Evict(9));
        Assert.Empty(observer.TakeEvents());
        Assert.Equal(MemberState.Alive, observer.StateOf(3));
    }

    [Theory]
    [InlineData(MemberState.Suspect)]
    [InlineData(MemberState.Dead)]
    public void Who_is_suspect_or_dead_is_gone_from_the_table_and_all_are_told(MemberState state)
    {
        observer.Tell(2, Observer.Rumour(3, 1, state));
        observer.Take();
        Assert.Equal(Eviction.Done, Evict(3));
        var changed = Assert.IsType<MembershipEvent.Changed>(Assert.Single(observer.TakeEvents()));
        Assert.Equal((true, 1UL, state), (changed.Member.IsEvicted, changed.Member.Incarnation, changed.Before));
        Assert.DoesNotContain(observer.Keeper.Members, member => member.Id == Finding.Id(3));
        Assert.Equal(Eviction.Unknown, Evict(3));

        var said = observer.Answering(until: 6, except: 0).SelectMany(output => output.Message?.News ?? []);
        Assert.Contains(
            new Rumour(Finding.Id(3), 1, MemberState.Left, Finding.At(3), Finding.Id(1), null), said);
    }

    [Fact]
    public void It_stays_gone_whatever_old_news_say_and_comes_back_with_a_new_life()
    {
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        Evict(3);
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead), Observer.Rumour(3, 1, MemberState.Alive));
        observer.Learn(Observer.Record(3, 1, MemberState.Suspect));
        Assert.DoesNotContain(observer.Keeper.Members, member => member.Id == Finding.Id(3));

        observer.Tell(2, Observer.Rumour(3, 2, MemberState.Alive));
        Assert.Contains(observer.Keeper.Members, member => member.Id == Finding.Id(3) && member.State == MemberState.Alive);
    }

    [Fact]
    public void It_is_not_asked_for_any_more()
    {
        observer.Tell(2, Observer.Rumour(3, 1, MemberState.Dead));
        Evict(3);
        observer.Take();
        var asked = observer.Answering(until: 60, except: 0).Select(output => output.To);
        Assert.DoesNotContain(Finding.At(3), asked);
    }

    [Fact]
    public void Who_was_evicted_and_lives_says_so()
    {
        observer.Tell(2, Observer.Rumour(1, Observer.OwnIncarnation, MemberState.Left, accuser: 2));
        Assert.Equal(Observer.OwnIncarnation + 1, observer.Keeper.Incarnation);
    }

    [Fact]
    public void What_is_told_of_it_by_a_stream_evicts_it_elsewhere()
    {
        observer.Learn(Observer.Record(3, 1, MemberState.Left) with { Accuser = Finding.Id(2) });
        Assert.DoesNotContain(observer.Keeper.Members, member => member.Id == Finding.Id(3));
    }

    private Eviction Evict(int number) => observer.Keeper.Evict(observer.Now, Finding.Id(number), observer.Outbox);
}

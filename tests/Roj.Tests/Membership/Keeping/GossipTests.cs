using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class GossipTests
{
    private static readonly Rumour alive = Observer.Rumour(3, 5, MemberState.Alive);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 6)]
    [InlineData(1000, 20)]
    [InlineData(16384, 30)]
    public void Each_is_told_twice_for_every_doubling_of_the_cluster(int members, int times)
    {
        var gossip = new Gossip();
        gossip.Add(alive);

        for (var told = 0; told < times; told++)
            Assert.Equal([alive], Take(gossip, members: members));

        Assert.Empty(Take(gossip, members: members));
        Assert.False(gossip.HasNews);
    }

    [Fact]
    public void The_last_word_on_a_member_replaces_what_was_said_before()
    {
        var gossip = new Gossip();
        gossip.Add(Observer.Rumour(3, 5, MemberState.Suspect, accuser: 2));
        gossip.Add(Observer.Rumour(3, 5, MemberState.Suspect, accuser: 4));
        gossip.Add(Observer.Rumour(4, 1, MemberState.Dead));
        gossip.Add(Observer.Rumour(3, 6, MemberState.Alive));

        Assert.Equal([Observer.Rumour(4, 1, MemberState.Dead), Observer.Rumour(3, 6, MemberState.Alive)], Take(gossip));
    }

    [Fact]
    public void Two_accusers_of_one_suspicion_are_both_news_and_each_only_once()
    {
        Rumour[] both = [Observer.Rumour(3, 5, MemberState.Suspect, accuser: 2), Observer.Rumour(3, 5, MemberState.Suspect, accuser: 4)];
        var gossip = new Gossip();
        foreach (var rumour in both.Concat(both))
            gossip.Add(rumour);
        Assert.Equal(both, Take(gossip));

        var later = Observer.Rumour(3, 6, MemberState.Suspect, accuser: 7);
        gossip.Add(later);
        Assert.Equal([later], Take(gossip));
    }

    [Fact]
    public void What_was_told_least_is_told_first_and_the_oldest_of_those()
    {
        var gossip = new Gossip();
        gossip.Add(Observer.Rumour(3, 1, MemberState.Dead));
        gossip.Add(Observer.Rumour(4, 1, MemberState.Dead));
        Assert.Equal([Observer.Rumour(3, 1, MemberState.Dead)], Take(gossip, count: 1));
        gossip.Add(Observer.Rumour(5, 1, MemberState.Dead));

        Assert.Equal([4, 5, 3], Take(gossip).Select(rumour => (int)rumour.Id.Value));
    }

    [Fact]
    public void No_more_is_taken_than_fits_and_what_is_smaller_may_fit_still()
    {
        var gossip = new Gossip();
        gossip.Add(Observer.Rumour(3, 1, MemberState.Dead));
        gossip.Add(alive with { Id = Finding.Id(4), Profile = alive.Profile! with { Name = new string('n', 20) } });
        gossip.Add(Observer.Rumour(5, 1, MemberState.Dead));
        const int Dead = 47, Named = 65;

        Assert.Empty(gossip.Take(Dead - 1, 32, 8, default));
        Assert.Equal([3, 5], gossip.Take(2 * Dead, 32, 8, default).Select(rumour => (int)rumour.Id.Value));
        Assert.Empty(gossip.Take(Dead - 1, 32, 8, default));
        Assert.Equal([4], gossip.Take(Named, 32, 8, default).Select(rumour => (int)rumour.Id.Value));
        Assert.Equal(2, gossip.Take(1000, 2, 8, default).Count);
    }

    [Fact]
    public void Nobody_is_told_what_it_said_of_itself_but_everybody_what_is_said_of_it()
    {
        var gossip = new Gossip();
        gossip.Add(alive);
        Assert.Empty(Take(gossip, to: 3));

        gossip.Add(Observer.Rumour(3, 5, MemberState.Suspect));
        Assert.Single(Take(gossip, to: 3));
    }

    private static List<Rumour> Take(Gossip gossip, int count = 32, int members = 8, int to = 0) =>
        gossip.Take(1000, count, members, Finding.Id(to));
}

using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class NeighbourhoodTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 10).Select(seed => (ulong)seed)];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void They_come_to_know_each_other(int count)
    {
        for (var seed = 1UL; seed <= 10; seed++)
            Assert.InRange(Of(count, seed, out _).TotalSeconds, 0, 1);
    }

    [Fact]
    public void A_chain_of_which_each_knows_one_comes_to_know_itself()
    {
        var network = new NeighbourhoodNetwork(1);
        for (var number = 1; number <= 5; number++)
            network.Start(number, knows: number % 5 + 1);

        network.RunUntil(() => network.AllKnowAll, seconds: 3);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_of_three_that_stops_is_dead_within_three_seconds(ulong seed)
    {
        Of(3, seed, out var network);
        network.Run(10);
        network.Kill(3);

        network.RunUntil(() => network.StateOf(1, 3) == MemberState.Dead && network.StateOf(2, 3) == MemberState.Dead, seconds: 3);
        network.Run(30);
        Assert.True(network.AllKnowAll);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_of_two_that_stops_is_dead_within_three_seconds_and_back_when_it_is(ulong seed)
    {
        Of(2, seed, out var network);
        network.Run(10);
        network.Kill(2);
        network.RunUntil(() => network.StateOf(1, 2) == MemberState.Dead, seconds: 3);

        network.Run(20);
        network.Start(2, incarnation: 0x1_0000_0001);
        network.RunUntil(() => network.AllKnowAll, seconds: 3);
        Assert.Equal(2, network[1].Members.Members.Count);
    }

    [Fact]
    public void Who_leaves_has_left_within_a_second()
    {
        Of(10, 1, out var network);
        network.Run(10);
        network.Leave(3);

        network.RunUntil(() => Enumerable.Range(1, 10).All(by => network.StateOf(by, 3) == MemberState.Left), seconds: 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void At_rest_each_sends_less_than_a_kibibyte_a_second_and_the_finder_asks_nobody_that_is_watched(int count)
    {
        Of(count, 1, out var network);
        network.Run(60);
        network.Sent.Clear();
        network.Asked.Clear();

        network.Run(300);

        Assert.Equal(count, network.Sent.Count);
        Assert.All(network.Sent.Values, bytes => Assert.InRange(bytes / 300, 1, 1023));
        Assert.Empty(network.Asked);
        Assert.True(network.AllKnowAll);
    }

    /// <summary>Once the old machine's death made the finder ask, for ever, the new one at its address.</summary>
    [Fact]
    public void A_new_machine_at_an_old_address_is_a_new_member_and_watched()
    {
        Of(3, 1, out var network);
        network.Run(10);
        network.Kill(3);
        network.Start(4, at: 3);

        network.RunUntil(() => network.AllKnowAll && network.StateOf(1, 3) == MemberState.Dead, seconds: 10);
        network.Run(10);
        network.Asked.Clear();
        network.Run(60);
        Assert.DoesNotContain(Finding.At(3), network.Asked.Select(asked => asked.Whom));
    }

    /// <summary>Once the old address counted as company for ever.</summary>
    [Fact]
    public void Who_comes_back_elsewhere_is_the_same_member_and_its_old_place_is_watched_no_more()
    {
        Of(3, 1, out var network);
        network.Run(10);
        network.Kill(3);
        network.Start(3, at: 30, incarnation: 0x1_0000_0001);

        network.RunUntil(() => network.AllKnowAll, seconds: 3);
        network.Asked.Clear();
        network.Run(30);
        Assert.Equal(3, network[1].Members.Members.Count);
        Assert.Contains((Finding.At(1), Finding.At(3)), network.Asked); // for it was there: somebody may be again
    }

    [Fact]
    public void Members_are_remembered_before_those_that_were_only_found()
    {
        Of(3, 1, out var network);
        network.Run(10);

        Assert.Equal([Finding.At(2), Finding.At(3)], network[1].Remembered.Order());
        network[1].Learn(network.Now, Finding.At(9));
        Assert.Equal([Finding.At(2), Finding.At(3)], network[1].Remembered.Order());
    }

    [Fact]
    public void One_node_is_not_two()
    {
        var (finding, keeping) = (Finding.Settings(), Observer.Settings());
        _ = New(finding, keeping);
        Assert.Throws<ArgumentException>(() => New(finding, keeping with { Id = Finding.Id(2) }));
        Assert.Throws<ArgumentException>(() => New(finding, keeping with { Own = Finding.At(2) }));

        static Neighbourhood New(FinderSettings finding, KeeperSettings keeping) =>
            new(finding, keeping, Observer.Profile(1), default, new Rng(1));
    }

    /// <summary>So many that were started together; how long it took until all knew all.</summary>
    private static TimeSpan Of(int count, ulong seed, out NeighbourhoodNetwork network)
    {
        var all = network = new NeighbourhoodNetwork(seed);
        for (var number = 1; number <= count; number++)
            all.Start(number);
        return all.RunUntil(() => all.AllKnowAll, seconds: 5);
    }
}

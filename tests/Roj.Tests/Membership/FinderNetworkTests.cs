using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Membership;

/// <summary>Whole networks of finders: each way of finding, alone, is enough for all to find all.</summary>
public sealed class FinderNetworkTests
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(14, 0)]
    [InlineData(30, 0)]
    [InlineData(14, 30)]
    public void By_broadcast_alone(int nodes, int lossPercent)
    {
        var network = new FinderNetwork((ulong)nodes, lossPercent: lossPercent);
        for (var i = 1; i <= nodes; i++)
            network.Start(i);

        var took = network.RunUntil(() => network.AllKnowAll, Seconds(10));

        Assert.InRange(took, TimeSpan.Zero, lossPercent == 0 ? Seconds(0.2) : Seconds(5));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(14)]
    [InlineData(30)]
    public void By_sweep_alone(int nodes)
    {
        var network = new FinderNetwork((ulong)nodes, hasBroadcast: false);
        for (var i = 1; i <= nodes; i++)
            network.Start(i, sweep: true);

        // After one second two that are alone sweep 253 addresses at 50 a second. Of more the first meet at once; then each group sweeps
        // no faster than one node, but there is more to find.
        network.RunUntil(() => network.AllKnowAll, Seconds(7));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(14, 0)]
    [InlineData(30, 0)]
    [InlineData(14, 30)]
    public void By_a_chain_of_which_each_knows_one_earlier_peer(int nodes, int lossPercent)
    {
        var network = new FinderNetwork((ulong)nodes, hasBroadcast: false, lossPercent: lossPercent);
        network.Start(1);
        for (var i = 2; i <= nodes; i++)
            network.Start(i, knows: i - 1);

        var took = network.RunUntil(() => network.AllKnowAll, Seconds(20));

        Assert.InRange(took, TimeSpan.Zero, lossPercent == 0 ? Seconds(2) : Seconds(10));
    }

    [Fact]
    public void Through_nodes_that_are_restarted_all_the_time()
    {
        const int Nodes = 14;
        var network = new FinderNetwork(200, hasBroadcast: false);
        var rng = new Rng(200);
        for (var i = 1; i <= Nodes; i++)
            network.Start(i, knows: i == 1 ? [] : [i - 1]);
        for (var round = 0; round < 50; round++) // one of them every 200 ms, with nothing remembered
        {
            network.Run(Seconds(0.2));
            var unlucky = rng.Next(1, Nodes + 1);
            network.Kill(unlucky);
            network.Start(unlucky, knows: unlucky == 1 ? [] : [unlucky - 1]);
        }

        network.RunUntil(() => network.AllKnowAll, Seconds(5));
    }

    [Fact]
    public void Two_halves_that_are_joined_become_one()
    {
        var network = new FinderNetwork(2, hasBroadcast: false);
        for (var i = 1; i <= 8; i++)
            network.Start(i, knows: i is 1 or 5 ? [] : [i - 1]);
        network.Run(Seconds(30));
        Assert.Equal(3, network[1].Company);
        Assert.Equal(3, network[5].Company);

        network.Start(9, knows: [2, 6]);

        network.RunUntil(() => network.AllKnowAll, Seconds(3));
    }

    [Fact]
    public void A_catalogue_reaches_all_in_one_flight()
    {
        var network = new FinderNetwork(3);
        for (var i = 1; i <= 14; i++)
            network.Start(i);
        network.Run(Seconds(10));

        network.Offer(7, Finding.File(1));

        Assert.InRange(
            network.RunUntil(() => Enumerable.Range(1, 14).All(i => i == 7 || network.Found(i, 7)?.Catalogue.Count == 1), Seconds(1)),
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void A_node_that_dies_is_company_no_more_within_eight_seconds()
    {
        var network = new FinderNetwork(4);
        for (var i = 1; i <= 5; i++)
        {
            network.Start(i);
            network.Offer(i, Finding.File(1));
        }

        network.Run(Seconds(60));
        network.Kill(3);

        network.RunUntil(() => network[1].Company == 3, Seconds(8));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(40)]
    public void A_settled_node_sends_no_more_the_larger_the_network(int nodes)
    {
        var network = new FinderNetwork(5);
        for (var i = 1; i <= nodes; i++)
        {
            network.Start(i);
            network.Offer(i, Finding.File(1));
        }

        network.Run(Seconds(60));
        Assert.True(network.AllKnowAll);
        var before = network.Sent;
        network.Run(Seconds(20));

        // Asks: 16 peers in 5 s at most; as many answers; and as many again to broadcasts.
        Assert.InRange((network.Sent - before) / nodes / 20, 0, 3 * 16 / 5);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(Run(6), Run(6));
        Assert.NotEqual(Run(6), Run(7));

        static (TimeSpan Took, int Sent) Run(ulong seed)
        {
            var network = new FinderNetwork(seed, hasBroadcast: false, lossPercent: 10);
            for (var i = 1; i <= 10; i++)
                network.Start(i, sweep: true);
            return (network.RunUntil(() => network.AllKnowAll, Seconds(20)), network.Sent);
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}

using Roj.Kernel;
using Roj.Simulation.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Swarms;

/// <summary>Links so slow that a block takes seconds: slowness is not silence.</summary>
public sealed class SlowLinkTests
{
    private const int BytesPerSecond = 60_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Seed 7 once never ended: its last node had 15 complete peers, snubbed each of them in turn because a block took four
    /// seconds, and threw away what they sent.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    public void Sixteen_nodes_with_slow_links_all_end(ulong seed)
    {
        var world = new World(seed, sink: null);
        world.Network.AddSubnet(new Subnet(0x0A000001, 24));
        var truth = new SwarmTruth(world.RngFor("swarm"), length: 1_000_000, pieceLength: 65_536);
        var invariants = new SwarmInvariants(truth);
        uint[] addresses = [.. Enumerable.Range(1, 16).Select(number => 0x0A000000u + (uint)number)];
        var settings = new SimNodeSettings { Described = truth.Info, Peers = addresses };
        SimNode[] nodes = [.. addresses.Select(address => new SimNode(world, $"n{address & 255}", address, settings, invariants))];
        Fill(nodes[0], truth);
        foreach (var node in nodes)
        {
            world.Network.SetRate(node, BytesPerSecond, BytesPerSecond);
            node.Boot();
        }

        var isDone = world.Run(Instant.Zero + Limit, () => nodes.All(node => node.IsComplete));
        Assert.True(isDone, string.Join('\n', nodes.Select(node => node.Standing)));
        Assert.All(nodes, node => Assert.True(invariants.IsRight(node)));
    }

    private static void Fill(SimNode node, SwarmTruth truth)
    {
        node.Disk.Create(SimNode.DataName);
        node.Disk.Write(SimNode.DataName, 0, truth.Bytes.Span, out _);
        node.Disk.Sync(SimNode.DataName);
        node.Disk.SyncDirectory();
    }
}

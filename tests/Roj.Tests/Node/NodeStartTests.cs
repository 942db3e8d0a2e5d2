using Roj.Files;
using Roj.Files.Metadata;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Node;

/// <summary>What a node takes for its file, of all that it is told at its start.</summary>
public sealed class NodeStartTests
{
    private static readonly InfoDictionary one = Swarming.File("ab");
    private static readonly InfoDictionary other = Swarming.File("cd");

    [Fact]
    public void What_is_sought_is_remembered_from_the_last_life() =>
        Assert.Equal(one, Start(Settings(one.InfoHash), null, new NodeMemory(one, [])).Swarm.Info);

    [Fact]
    public void What_is_remembered_of_another_file_is_no_help()
    {
        var node = Start(Settings(one.InfoHash), null, new NodeMemory(other, []));
        Assert.Null(node.Swarm.Info);
        Assert.Equal(one.InfoHash, node.Swarm.InfoHash);
    }

    [Fact]
    public void Without_anything_sought_memory_decides() =>
        Assert.Equal(other, Start(Settings(null), null, new NodeMemory(other, [])).Swarm.Info);

    [Fact]
    public void A_peer_that_was_named_with_its_port_is_dialled_there()
    {
        var node = Start(Settings(one.InfoHash) with { SwarmPeers = [Swarming.Place(7, 51413)] }, null, NodeMemory.Empty);
        var dialled = Enumerable.Range(0, node.Files.Count).Select(i => node.Files[i].Effect).OfType<SwarmEffect.Connect>();
        Assert.Equal(Swarming.Place(7, 51413), Assert.Single(dialled).Peer);
    }

    private static NodeSettings Settings(Sha1Digest? sought) => new()
    {
        Finding = new FinderSettings
        {
            Cluster = "tests",
            Id = new NodeId(1),
            Boot = 1,
            Own = Swarming.Place(100, 7071),
            Broadcast = false,
            Sweep = false,
        },
        Swarm = Swarming.Settings,
        Sought = sought,
    };

    private static Roj.Node.Node Start(NodeSettings settings, InfoDictionary? described, NodeMemory memory)
    {
        var node = new Roj.Node.Node(settings, new Rng(1));
        node.Start(Instant.Zero, described, memory);
        return node;
    }
}

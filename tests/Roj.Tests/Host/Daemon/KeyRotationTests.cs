using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>How a new key comes to all, whoever is away, hangs, or makes one too.</summary>
public sealed class KeyRotationTests
{
    private const int Nodes = 5;

    private readonly ClusterKey key = ClusterKey.Create();
    private readonly List<Node> nodes = [];

    public KeyRotationTests()
    {
        for (var i = 0u; i < Nodes; i++)
            nodes.Add(new Node(this, new Endpoint(0x0A000001 + i, 7071)));
    }

    [Fact]
    public void All_have_the_new_key_in_front_and_the_old_one_behind() => new EventLoop().Run(async () =>
    {
        Assert.Empty(await RotateAsync(nodes[0]));
        Assert.All(nodes, node => Assert.Equal(nodes[0].Ring.Keys, node.Ring.Keys, (one, other) => one.Id == other.Id));
        Assert.All(nodes, node => Assert.Equal([nodes[0].Ring.First.Id, key.Id], node.Ring.Keys.Select(one => one.Id)));
        Assert.All(nodes, node => Assert.Same(node.Ring, node.Kept[^1]));
        Assert.Equal(nodes.Skip(1).Select(node => node.Home), nodes[0].CaughtUp);
    });

    [Fact]
    public void At_once_the_old_one_is_gone_everywhere() => new EventLoop().Run(async () =>
    {
        Assert.Empty(await RotateAsync(nodes[0], atOnce: true));
        Assert.All(nodes, node => Assert.Equal(nodes[0].Ring.First.Id, Assert.Single(node.Ring.Keys).Id));
        Assert.All(nodes, node => Assert.Equal([key.Id], node.Ring.Retired));
        Assert.Equal(2ul, nodes[3].Ring.Version);
    });

    [Fact]
    public void Who_is_away_is_named_and_told_when_it_speaks_again() => new EventLoop().Run(async () =>
    {
        nodes[2].IsAway = true;
        Assert.Equal([nodes[2].Home], await RotateAsync(nodes[0]));
        Assert.Equal(3, nodes[2].Calls);
        nodes[2].IsAway = false;
        var now = Instant.Zero;
        await nodes[1].Rotation.CatchUpAsync(now, nodes[2].Home, key);
        Assert.Equal(nodes[0].Ring.First.Id, nodes[2].Ring.First.Id);
        Assert.Equal(4, nodes[2].Calls);
        await nodes[1].Rotation.CatchUpAsync(now + TimeSpan.FromSeconds(9), nodes[2].Home, key);
        Assert.Equal(4, nodes[2].Calls); // what it said in the old key was on its way
        await nodes[1].Rotation.CatchUpAsync(now + TimeSpan.FromSeconds(11), nodes[2].Home, key);
        Assert.Equal(5, nodes[2].Calls);
    });

    [Fact]
    public void Who_was_away_when_the_old_key_went_stays_out() => new EventLoop().Run(async () =>
    {
        nodes[2].IsAway = true;
        await RotateAsync(nodes[0], atOnce: true);
        nodes[2].IsAway = false;
        await nodes[1].Rotation.CatchUpAsync(Instant.Zero, nodes[2].Home, key); // a call that can't be: nobody has the key any more
        Assert.Equal(key.Id, nodes[2].Ring.First.Id);
    });

    [Fact]
    public void Of_two_rotations_at_once_one_wins_everywhere() => new EventLoop().Run(async () =>
    {
        await Task.WhenAll(RotateAsync(nodes[0]), RotateAsync(nodes[4]));
        var winner = nodes.Select(node => node.Ring).Aggregate((one, other) => one.IsNewerThan(other) ? one : other);
        foreach (var node in nodes.Where(node => node.Ring.First.Id != winner.First.Id))
            await nodes.First(one => one.Ring.First.Id == winner.First.Id).Rotation.CatchUpAsync(Instant.Zero, node.Home, key);
        Assert.All(nodes, node => Assert.Equal(winner.First.Id, node.Ring.First.Id));
        Assert.All(nodes, node => Assert.NotNull(node.Ring.Find(key.Id))); // which all had all the while
    });

    [Fact]
    public void Another_clusters_ring_is_not_taken()
    {
        var foreign = Keyring.Of([ClusterKey.Create()]).Rotate(ClusterKey.Create());
        Assert.Equal(key.Id, nodes[0].Rotation.Heard(foreign).First.Id);
        Assert.Empty(nodes[0].Kept);
    }

    [Fact]
    public void What_can_not_be_kept_is_not_begun() => new EventLoop().Run(async () =>
    {
        nodes[0].HasFullDisk = true;
        await Assert.ThrowsAsync<IOException>(() => RotateAsync(nodes[0]));
        Assert.All(nodes, node => Assert.Equal((key.Id, 0), (node.Ring.First.Id, node.Calls)));
    });

    [Fact]
    public void Old_keys_go_after_a_day_and_those_that_the_operator_wrote_stay() => new EventLoop().Run(async () =>
    {
        var written = new KeyRotation(
            new ClusterKeys(Keyring.Of([key, ClusterKey.Create()])), _ => { }, (_, _, _) => Task.FromResult<Keyring?>(null));
        Assert.False(written.RetireIfDue(TimeSpan.FromDays(400)));
        await RotateAsync(nodes[0]);
        Assert.False(nodes[1].Rotation.RetireIfDue(KeyRotation.Grace - TimeSpan.FromTicks(1)));
        Assert.True(nodes[1].Rotation.RetireIfDue(KeyRotation.Grace));
        Assert.Equal(nodes[0].Ring.First.Id, Assert.Single(nodes[1].Ring.Keys).Id);
        Assert.False(nodes[1].Rotation.RetireIfDue(TimeSpan.FromDays(2)));
        // Another who did not yet has nothing to learn from it; and whose rotation comes just then is not beaten by it.
        Assert.Equal(2, nodes[2].Rotation.Heard(nodes[1].Ring).Keys.Count);
        for (var i = 0; i < 8; i++) // ids are drawn: the greater one must not decide
        {
            nodes[1].Rotation.RetireIfDue(KeyRotation.Grace);
            Assert.Empty(await RotateAsync(nodes[2]));
            Assert.All(nodes, node => Assert.Equal(nodes[2].Ring.First.Id, node.Ring.First.Id));
        }
    });

    [Fact]
    public void Of_one_node_a_second_rotation_waits_for_the_first() => new EventLoop().Run(async () =>
    {
        var missed = await Task.WhenAll(RotateAsync(nodes[0]), RotateAsync(nodes[0]));
        Assert.All(missed, Assert.Empty);
        Assert.All(nodes, node => Assert.Equal((2ul, nodes[0].Ring.First.Id), (node.Ring.Version, node.Ring.First.Id)));
        Assert.Equal(2, nodes[1].Calls); // told each once
    });

    private Task<IReadOnlyList<Endpoint>> RotateAsync(Node node, bool atOnce = false) =>
        node.Rotation.RotateAsync([.. nodes.Where(other => other != node).Select(other => other.Home)], atOnce);

    /// <summary>A node, called as TLS would let it be called: under a key that both have.</summary>
    private sealed class Node
    {
        private readonly ClusterKeys keys;

        public Node(KeyRotationTests tests, Endpoint home)
        {
            Home = home;
            keys = new ClusterKeys(Keyring.Of([tests.key]));
            Rotation = new KeyRotation(keys, Keep, async (to, under, ring) =>
            {
                await Task.Yield();
                var called = tests.nodes.First(node => node.Home == to);
                called.Calls++;
                var isHeard = !called.IsAway && called.Ring.Find(under.Id) is not null && Ring.Find(under.Id) is not null;
                return isHeard ? called.Rotation.Heard(ring) : null;
            })
            {
                RetryPause = TimeSpan.FromMilliseconds(1),
                CaughtUp = caught => CaughtUp.Add(caught),
            };
        }

        public Endpoint Home { get; }

        public KeyRotation Rotation { get; }

        public Keyring Ring => keys.Current;

        public List<Keyring> Kept { get; } = [];

        public List<Endpoint> CaughtUp { get; } = [];

        public bool IsAway { get; set; }

        public bool HasFullDisk { get; set; }

        public int Calls { get; set; }

        private void Keep(Keyring ring)
        {
            if (HasFullDisk)
                throw new IOException("No space left on device");
            Kept.Add(ring);
        }
    }
}

using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>What is told of nodes that the key keeps out, and how often.</summary>
public sealed class OutsidersTests
{
    private static readonly Endpoint There = new(0x0A000007, 7071);

    private readonly ClusterKey key = ClusterKey.Create();
    private readonly List<string> told = [];
    private Instant now = Instant.Zero + TimeSpan.FromHours(1);

    [Fact]
    public void One_line_a_minute_says_why_a_node_is_not_here()
    {
        var outsiders = Of(key);
        outsiders.Heard(There, Sealed(ClusterKey.Create()));
        outsiders.Heard(There, Hello());
        Assert.Equal(["a node at 10.0.0.7:7071 has another key: it is not heard"], told);
        now += TimeSpan.FromMinutes(1);
        outsiders.Heard(There, Hello());
        Assert.Equal("a node at 10.0.0.7:7071 has no key: it is not heard", told[^1]);
        now += TimeSpan.FromMinutes(1);
        outsiders.Heard(There, "garbage"u8);
        Assert.Equal(2, told.Count);
    }

    [Fact]
    public void A_node_without_a_key_tells_of_those_that_have_one()
    {
        var outsiders = Of(null);
        outsiders.Heard(There, Hello());
        outsiders.Heard(There, Sealed(key));
        Assert.Equal(["a node at 10.0.0.7:7071 has a key, and this one has none: give it the same by --key-file"], told);
    }

    [Fact]
    public void After_a_rotation_it_waits_until_all_have_been_told()
    {
        var keys = new ClusterKeys(Keyring.Of([key]));
        var outsiders = new Outsiders(keys, () => now, told.Add);
        keys.Take(keys.Current.Rotate(ClusterKey.Create()).Retire(), _ => { });
        outsiders.Heard(There, Sealed(key));
        now += TimeSpan.FromSeconds(9.9);
        outsiders.Heard(There, Sealed(key));
        Assert.Empty(told);
        now += TimeSpan.FromSeconds(0.1);
        outsiders.Heard(There, Sealed(key));
        Assert.Equal([$"a node at 10.0.0.7:7071 has a key that was retired ({key.Id:x8}): give it the new one, 'roj key show'"], told);
    }

    private static byte[] Sealed(ClusterKey key)
    {
        using var seal = new Seal(new ClusterKeys(Keyring.Of([key])), 7);
        var datagram = new byte[Seal.Overhead];
        seal.Write(There, default, datagram);
        return datagram;
    }

    private static byte[] Hello()
    {
        var datagram = new byte[HelloCodec.Length];
        HelloCodec.Write(new Hello(HelloKind.Ask, "roj", new NodeId(7), 9, 0, 7071, 0, [], []), datagram);
        return datagram;
    }

    private Outsiders Of(ClusterKey? own) => new(own is null ? null : new ClusterKeys(Keyring.Of([own])), () => now, told.Add);
}

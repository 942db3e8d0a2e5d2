using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Election;

/// <summary>Where seed 001's ring is, and what contradicts that.</summary>
public sealed class RingPlacesTests
{
    private static readonly Subnet Own = Net("10.0.1.102");

    [Fact]
    public void The_others_are_at_the_addresses_beside()
    {
        Assert.Equal(
            ["10.0.1.101:7071", "10.0.1.103:7071"],
            RingPlaces.Of(new NodeOptions { NumNodes = 3, Port = 7071 }, Own).Select(place => place.ToString()));
        Assert.Equal(["10.0.1.1:7071"], RingPlaces.Of(
            new NodeOptions { NumNodes = 2, IpOffset = 0, Port = 7071 }, Net("10.0.1.2")).Select(place => place.ToString()));
        Assert.Empty(RingPlaces.Of(new NodeOptions { NumNodes = 1 }, Net("10.0.1.101")));
        Assert.Empty(RingPlaces.Of(new NodeOptions(), Net("10.0.1.9"))); // nobody says how many there are
    }

    [Theory]
    [InlineData(3, 100, "10.0.1.100")]
    [InlineData(3, 100, "10.0.1.104")]
    [InlineData(1, 0, "10.0.1.2")]
    [InlineData(250, 4, "10.0.1.4")]
    public void An_address_beside_the_ring_is_refused_and_the_ring_named(int count, int offset, string own)
    {
        var refused = Assert.Throws<NodeException>(() => RingPlaces.Of(new NodeOptions { NumNodes = count, IpOffset = offset }, Net(own)));
        Assert.True(refused.IsWrongUse);
        Assert.Equal(
            $"NUM_NODES {count} says that the ring is 10.0.1.{offset + 1} to 10.0.1.{offset + count}, and this node is {own}: "
            + "set NUM_NODES, IP_ADDRESS and IP_OFFSET so that it is one of them", refused.Message);
    }

    [Fact]
    public void A_ring_ends_where_the_addresses_do()
    {
        var fits = new NodeOptions { NumNodes = 154, IpOffset = 100 };
        Assert.Equal("10.0.1.254", Endpoint.AddressText(RingPlaces.Of(fits, Own)[^1].Address));
        var refused = Assert.Throws<NodeException>(() => RingPlaces.Of(fits with { NumNodes = 155 }, Own));
        Assert.Equal(("NUM_NODES 155 behind IP_OFFSET 100 are more addresses than a /24 has", true), (refused.Message, refused.IsWrongUse));
    }

    [Fact]
    public void Another_networks_broadcast_address_is_refused()
    {
        Assert.Empty(RingPlaces.Of(new NodeOptions { BroadcastIp = 0x0A0001FF }, Own));
        var refused = Assert.Throws<NodeException>(() => RingPlaces.Of(new NodeOptions { BroadcastIp = 0x0A0002FF }, Own));
        Assert.True(refused.IsWrongUse);
        Assert.StartsWith("BROADCAST_IP is 10.0.2.255, and the broadcast address of 10.0.1.102/24 is 10.0.1.255: ", refused.Message,
            StringComparison.Ordinal);
    }

    private static Subnet Net(string address) => new(Endpoint.TryParseAddress(address, out var number) ? number : 0, 24);
}

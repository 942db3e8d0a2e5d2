using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>Where the nodes of seed 001's ring are: at so many addresses one after another, known before the start.</summary>
internal static class RingPlaces
{
    /// <summary>The places of the others; none where the user does not say how many there are.</summary>
    /// <param name="options">What the node was told.</param>
    /// <param name="subnet">Its own address, and its network.</param>
    /// <exception cref="NodeException">What was said contradicts the address.</exception>
    public static IReadOnlyList<Endpoint> Of(NodeOptions options, Subnet subnet)
    {
        if (options.BroadcastIp is { } said && said != subnet.Broadcast)
        {
            throw new NodeException(
                $"BROADCAST_IP is {Endpoint.AddressText(said)}, and the broadcast address of {subnet} is "
                + $"{Endpoint.AddressText(subnet.Broadcast)}: name the right one, another --interface, or none",
                isWrongUse: true);
        }

        if (options.NumNodes == 0)
            return [];
        var first = (subnet.Address & 0xFFFFFF00) + (uint)options.IpOffset + 1;
        var last = first + (uint)options.NumNodes - 1;
        if (options.IpOffset + options.NumNodes > 254)
        {
            throw new NodeException(
                $"NUM_NODES {options.NumNodes} behind IP_OFFSET {options.IpOffset} are more addresses than a /24 has", isWrongUse: true);
        }

        if (subnet.Address < first || subnet.Address > last)
        {
            throw new NodeException(
                $"NUM_NODES {options.NumNodes} says that the ring is {Endpoint.AddressText(first)} to {Endpoint.AddressText(last)}, and "
                + $"this node is {Endpoint.AddressText(subnet.Address)}: set NUM_NODES, IP_ADDRESS and IP_OFFSET so that it is one of them",
                isWrongUse: true);
        }

        return
        [
            .. Enumerable.Range(0, options.NumNodes).Select(i => new Endpoint(first + (uint)i, options.Port))
                .Where(place => place.Address != subnet.Address),
        ];
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>The address that a node takes, the network it stands in, and why this one.</summary>
/// <param name="Subnet">The own address, and how many bits of it are the network's.</param>
/// <param name="Name">The interface's name.</param>
/// <param name="Reason">Why it was chosen, for the log.</param>
public sealed record LocalInterface(Subnet Subnet, string Name, string Reason)
{
    /// <summary>The interface that has <paramref name="address"/>; null if no interface has it.</summary>
    public static LocalInterface? With(uint address)
    {
        // All of 127/8 is the loopback's, though only 127.0.0.1 is written on it.
        if (address >> 24 == 127)
            return new LocalInterface(new Subnet(address, 8), "lo", "the address was given");
        // Up or not: one that is named may be just coming up, and takes a socket all the same.
        return Candidates(NetworkInterface.GetAllNetworkInterfaces()).Where(candidate => candidate.Subnet.Address == address)
            .Select(candidate => candidate with { Reason = "the address was given" }).FirstOrDefault();
    }

    /// <summary>The interface that a node on a LAN wants: the one with the default route, else the first that can broadcast, else the
    /// loopback.</summary>
    public static LocalInterface Choose()
    {
        var up = NetworkInterface.GetAllNetworkInterfaces()
            .Where(adapter => adapter.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown);
        var candidates = Candidates(up).ToArray();
        return candidates.FirstOrDefault(candidate => candidate.Reason.Length > 0)
            ?? (candidates is [var only] ? only with { Reason = "it is the only one" } : null)
            ?? (candidates is [var first, ..] ? first with { Reason = "it comes first, and none has a default route" } : null)
            ?? new LocalInterface(new Subnet(0x7F000001, 8), "lo", "there is no other");
    }

    /// <summary>The interface called <paramref name="name"/>, with <paramref name="address"/> if one is given; null if there is none, or it
    /// has no IPv4 address, or not that one.</summary>
    public static LocalInterface? Named(string name, uint? address)
    {
        var adapters = NetworkInterface.GetAllNetworkInterfaces().Where(adapter => adapter.Name == name).ToArray();
        if (adapters is [{ NetworkInterfaceType: NetworkInterfaceType.Loopback }])
        {
            var own = address ?? 0x7F000001;
            return own >> 24 == 127 ? new LocalInterface(new Subnet(own, 8), name, "it was given") : null;
        }

        return Candidates(adapters).Where(candidate => address is null || candidate.Subnet.Address == address)
            .Select(candidate => candidate with { Reason = "it was given" }).FirstOrDefault();
    }

    private static IEnumerable<LocalInterface> Candidates(IEnumerable<NetworkInterface> adapters) =>
        from adapter in adapters
        where adapter.NetworkInterfaceType != NetworkInterfaceType.Loopback
        let properties = adapter.GetIPProperties()
        let isDefault = properties.GatewayAddresses.Any(gateway => gateway.Address.AddressFamily == AddressFamily.InterNetwork)
        from unicast in properties.UnicastAddresses
        where unicast.Address.AddressFamily == AddressFamily.InterNetwork
        let subnet = new Subnet(ToNumber(unicast.Address), unicast.PrefixLength)
        select new LocalInterface(subnet, adapter.Name, isDefault ? "it has the default route" : "");

    private static uint ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}

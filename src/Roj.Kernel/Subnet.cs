namespace Roj.Kernel;

/// <summary>The IPv4 network that an interface stands in.</summary>
/// <param name="Address">The interface's own address.</param>
/// <param name="PrefixLength">Leading bits that all addresses of the network share, 0–32.</param>
public readonly record struct Subnet(uint Address, int PrefixLength)
{
    /// <summary>The address that reaches every node of the network.</summary>
    public uint Broadcast => Address | ~Mask;

    /// <summary>Whether the network has a broadcast address at all: those of two addresses or one don't (RFC 3021).</summary>
    public bool HasBroadcast => PrefixLength <= 30;

    /// <summary>Whether <paramref name="address"/> is the network's first or last: no node can have it.</summary>
    public bool IsReserved(uint address) => HasBroadcast && (address == First || address == Broadcast);

    private uint Mask => PrefixLength <= 0 ? 0 : uint.MaxValue << (32 - Math.Min(PrefixLength, 32));

    /// <summary>Whether <paramref name="address"/> lies in this network.</summary>
    public bool Contains(uint address) => ((address ^ Address) & Mask) == 0;

    /// <summary>The part of this network, at most a /24 (256 addresses), that the own address lies in.</summary>
    public Subnet Nearest24 => PrefixLength >= 24 ? this : this with { PrefixLength = 24 };

    /// <summary>How many addresses the network has.</summary>
    public long Count => 1L << (32 - Math.Clamp(PrefixLength, 0, 32));

    /// <summary>The first address of the network: the one that names it.</summary>
    public uint First => Address & Mask;

    /// <summary>Such as <c>172.20.7.1/24</c>.</summary>
    public override string ToString() => $"{Endpoint.AddressText(Address)}/{PrefixLength}";
}

using Roj.Kernel;

namespace Roj.Membership;

/// <summary>Which addresses a node talks to.</summary>
public static class Addresses
{
    private static readonly Subnet[] Local =
    [
        new(0x0A000000, 8), // 10/8, RFC 1918
        new(0x7F000000, 8), // 127/8, loopback: RFC 1122, 3.2.1.3
        new(0xAC100000, 12), // 172.16/12, RFC 1918
        new(0xC0A80000, 16), // 192.168/16, RFC 1918
        new(0xA9FE0000, 16), // 169.254/16, link-local: RFC 3927
        new(0x64400000, 10), // 100.64/10, behind a carrier's translator: RFC 6598
    ];

    /// <summary>Whether there may be a node at <paramref name="endpoint"/> to talk to: without a key only on local addresses.</summary>
    internal static bool Admits(FinderSettings settings, Endpoint endpoint) =>
        endpoint.IsUsable
        && (settings.AnyAddress || IsLocal(endpoint.Address))
        && !IsReserved(settings.Subnets, endpoint.Address);

    /// <summary>Whether <paramref name="address"/> is loopback, link-local or private: whom a node without a key has to do with.</summary>
    public static bool IsLocal(uint address)
    {
        foreach (var range in Local)
        {
            if (range.Contains(address))
                return true;
        }

        return false;
    }

    /// <summary>Whether <paramref name="address"/> is of this host alone.</summary>
    public static bool IsLoopback(uint address) => address >> 24 == 127;

    // A loop, as above: asked for each datagram of a flood, where a lambda would be made each time.
    private static bool IsReserved(IReadOnlyList<Subnet> subnets, uint address)
    {
        for (var i = 0; i < subnets.Count; i++)
        {
            if (subnets[i].IsReserved(address))
                return true;
        }

        return false;
    }
}

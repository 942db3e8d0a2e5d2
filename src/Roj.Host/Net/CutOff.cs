using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Addresses that a node neither speaks to nor hears on the port between nodes, as if the network between were cut: for whoever
/// wants to see what becomes of it.</summary>
/// <remarks>From any thread. Connections that stand are not ended by it: they are when their other end counts as dead.</remarks>
internal sealed class CutOff
{
    private volatile IReadOnlyList<uint> addresses = [];

    /// <summary>Has it be these, and no others.</summary>
    public void Set(IReadOnlyList<uint> others) => addresses = others;

    /// <summary>Whether somebody there is cut off.</summary>
    public bool Has(Endpoint there) => addresses.Contains(there.Address);
}

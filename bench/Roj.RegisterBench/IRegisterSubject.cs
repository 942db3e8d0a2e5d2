using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>Something that keeps values on several machines and agrees about them.</summary>
internal interface IRegisterSubject
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>What it needs on this machine; null for nothing.</summary>
    Requirement? Needs { get; }

    /// <summary>How many connections are best for this many clients: measured, and to the subject's advantage.</summary>
    int ConnectionsFor(int clients);

    /// <summary>Starts a node on each host, with its data in the directory beside it, which is there and empty.</summary>
    /// <returns>The nodes, in the order of the hosts.</returns>
    IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places);

    /// <summary>Waits until the nodes take changes, and says where clients best bring them.</summary>
    /// <exception cref="LabException">They don't within the time that they are given.</exception>
    Task<IPEndPoint> ReadyAsync(IReadOnlyList<LabHost> hosts);

    /// <summary>How often all nodes together waited for their disks (fsync, fdatasync) since they started, by their own count.</summary>
    Task<long> SyncsAsync(IReadOnlyList<LabHost> hosts);

    /// <summary>Connects to the node at <paramref name="address"/>.</summary>
    IRegisterConnection Connect(IPEndPoint address);
}

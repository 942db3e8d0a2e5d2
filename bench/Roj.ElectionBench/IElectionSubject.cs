using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.ElectionBench;

/// <summary>Something whose nodes elect one of them.</summary>
internal interface IElectionSubject
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>Why it can't be measured here, as a sentence that says what to do; null if it can.</summary>
    string? Missing();

    /// <summary>Starts a node, or starts it again over the data that it left.</summary>
    LabProcess Start(LabHost host, string data, IReadOnlyList<LabHost> all, Situation situation);

    /// <summary>The leader, once the cluster is whole: all nodes run, and name the same one; null before.</summary>
    Task<LabHost?> LeaderAsync(IReadOnlyList<LabHost> hosts);

    /// <summary>Connects to the node on a host, for changes.</summary>
    IRegisterConnection Connect(LabHost host);

    /// <summary>When the first of these nodes after <paramref name="since"/> began to lead, by the clock of this machine.</summary>
    /// <returns>Null of a subject that tells nobody.</returns>
    /// <exception cref="LabException">None did in the time that it is given.</exception>
    Task<DateTime?> LedAsync(IReadOnlyList<LabHost> hosts, DateTime since);
}

using System.Globalization;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.ElectionBench;

/// <summary>etcd, which tells nobody that it leads: one sees it take changes.</summary>
internal sealed class EtcdElection : IElectionSubject
{
    private const int HeartbeatsPerElection = 10; // as its own settings have it: 100 ms and 1,000 ms

    /// <inheritdoc/>
    public string Name => Subjects.Etcd;

    // Not installed by the bench itself: Debian's package starts etcd on this machine, which is not for a bench to do.
    /// <inheritdoc/>
    public string? Missing() => EtcdNode.Needs is { IsThere: false } need
        ? $"{need.What} is not here: apt-get install {need.Package}, or leave it out with --only {Subjects.Roj}"
        : null;

    /// <inheritdoc/>
    public LabProcess Start(LabHost host, string data, IReadOnlyList<LabHost> all, Situation situation)
    {
        var heartbeat = (situation.Lease / HeartbeatsPerElection).TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        return EtcdNode.Start(
            host, data, all, "--heartbeat-interval", heartbeat, "--election-timeout", situation.LeaseMilliseconds);
    }

    /// <inheritdoc/>
    public Task<LabHost?> LeaderAsync(IReadOnlyList<LabHost> hosts) => EtcdNode.LeaderAsync(hosts);

    /// <inheritdoc/>
    public IRegisterConnection Connect(LabHost host) => new EtcdConnection(EtcdNode.Door(host));

    /// <inheritdoc/>
    public Task<DateTime?> LedAsync(IReadOnlyList<LabHost> hosts, DateTime since) => Task.FromResult<DateTime?>(null);
}

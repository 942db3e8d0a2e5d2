using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>etcd with the settings that it comes with.</summary>
internal sealed class EtcdSubject : IRegisterSubject
{
    // bbolt writes pages and waits, then the page that points to them and waits: two for each commit.
    private const int SyncsPerCommit = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => Subjects.Etcd;

    /// <inheritdoc/>
    public Requirement? Needs => EtcdNode.Needs;

    /// <inheritdoc/>
    public int ConnectionsFor(int clients) => 1;

    /// <inheritdoc/>
    public IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places) =>
        [.. places.Select(place => EtcdNode.Start(place.Host, place.Data, places.Select(each => each.Host)))];

    /// <summary>Waits for a leader that all know of: a change that comes to another node goes to it first.</summary>
    public async Task<IPEndPoint> ReadyAsync(IReadOnlyList<LabHost> hosts)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            if (await EtcdNode.LeaderAsync(hosts).ConfigureAwait(false) is { } leader)
                return EtcdNode.Door(leader);
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }

        throw new LabException($"etcd has no leader after {Patience.TotalSeconds} s");
    }

    /// <inheritdoc/>
    public async Task<long> SyncsAsync(IReadOnlyList<LabHost> hosts)
    {
        var metrics = await Task.WhenAll(hosts.Select(EtcdNode.MetricsAsync)).ConfigureAwait(false);
        return (long)metrics.Sum(of =>
            (NodePage.Value(of, "etcd_disk_wal_fsync_duration_seconds_count")
                + (SyncsPerCommit * NodePage.Value(of, "etcd_disk_backend_commit_duration_seconds_count")))
            ?? throw new LabException("etcd does not say how often it waited for its disk"));
    }

    /// <inheritdoc/>
    public IRegisterConnection Connect(IPEndPoint address) => new EtcdConnection(address);
}

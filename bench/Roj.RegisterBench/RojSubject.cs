using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>Roj as it comes.</summary>
internal sealed class RojSubject : IRegisterSubject
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => Subjects.Roj;

    /// <inheritdoc/>
    public Requirement? Needs => null;

    /// <inheritdoc/>
    public int ConnectionsFor(int clients) => 1;

    /// <inheritdoc/>
    public IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places) =>
        [.. places.Select(place => RojNode.Start(place.Host, place.Data, places.Count))];

    /// <summary>Waits until all vote, and names the one that proposes: a change that comes to another goes to it first.</summary>
    public async Task<IPEndPoint> ReadyAsync(IReadOnlyList<LabHost> hosts)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            if (await RojNode.RostersAsync(hosts).ConfigureAwait(false) is { } rosters)
                return RojNode.Door(hosts.MinBy(host => rosters[0].IndexOf($"\"{host.Address}", StringComparison.Ordinal))!);
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }

        throw new LabException($"roj has no roster after {Patience.TotalSeconds} s");
    }

    /// <inheritdoc/>
    public async Task<long> SyncsAsync(IReadOnlyList<LabHost> hosts)
    {
        var metrics = await Task.WhenAll(hosts.Select(host => RojNode.PageAsync(host, "/metrics"))).ConfigureAwait(false);
        return (long)metrics.Sum(of =>
            NodePage.Value(of, "roj_log_syncs_total") ?? throw new LabException("roj does not say how often it waited for its disk"));
    }

    /// <inheritdoc/>
    public IRegisterConnection Connect(IPEndPoint address) => new RojConnection(address);
}

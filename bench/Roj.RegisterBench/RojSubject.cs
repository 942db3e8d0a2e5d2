using System.Globalization;
using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>Roj as it comes.</summary>
internal sealed class RojSubject : IRegisterSubject
{
    private const int NodePort = 7071;
    private const int HttpPort = 7070;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <inheritdoc/>
    public string Name => Subjects.Roj;

    /// <inheritdoc/>
    public Requirement? Needs => null;

    /// <inheritdoc/>
    public int ConnectionsFor(int clients) => 1;

    /// <inheritdoc/>
    public IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places) =>
    [
        .. places.Select(place => place.Host.Start(
            Repository.Program(),
            ["node", "--data-dir", place.Data, "--expect", places.Count.ToString(CultureInfo.InvariantCulture)])),
    ];

    /// <summary>Waits until all vote, and names the one that proposes: a change that comes to another goes to it first.</summary>
    public async Task<IPEndPoint> ReadyAsync(IReadOnlyList<LabHost> hosts)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            var rosters = await Task.WhenAll(hosts.Select(host => TextAsync(host, "/api/v1/roster"))).ConfigureAwait(false);
            if (rosters.All(roster => roster.Contains("\"voting\":true", StringComparison.Ordinal)))
            {
                var first = hosts.MinBy(host => rosters[0].IndexOf($"\"{host.Address}", StringComparison.Ordinal))!;
                return new IPEndPoint(IPAddress.Parse(first.Address), NodePort);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }

        throw new LabException($"roj has no roster after {Patience.TotalSeconds} s");
    }

    /// <inheritdoc/>
    public async Task<long> SyncsAsync(IReadOnlyList<LabHost> hosts)
    {
        var metrics = await Task.WhenAll(hosts.Select(host => TextAsync(host, "/metrics"))).ConfigureAwait(false);
        return metrics.Sum(of => Value(of, "roj_log_syncs_total"));
    }

    /// <inheritdoc/>
    public IRegisterConnection Connect(IPEndPoint address) => new RojConnection(address);

    private static async Task<string> TextAsync(LabHost host, string path)
    {
        try
        {
            return await http.GetStringAsync(new Uri($"http://{host.Address}:{HttpPort}{path}")).ConfigureAwait(false);
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return ""; // it does not listen yet
        }
    }

    private static long Value(string metrics, string name) =>
        metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            ? (long)double.Parse(line[name.Length..], CultureInfo.InvariantCulture)
            : throw new LabException($"roj does not say {name}");
}

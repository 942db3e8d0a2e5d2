using System.Globalization;
using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>etcd with the settings that it comes with.</summary>
internal sealed class EtcdSubject : IRegisterSubject
{
    private const int ClientPort = 2379;
    private const int PeerPort = 2380;

    // bbolt writes pages and waits, then the page that points to them and waits: two for each commit.
    private const int SyncsPerCommit = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <inheritdoc/>
    public string Name => Subjects.Etcd;

    /// <inheritdoc/>
    public Requirement? Needs { get; } = new("etcd", "etcd-server", "/usr/bin/etcd");

    /// <inheritdoc/>
    public int ConnectionsFor(int clients) => 1;

    /// <inheritdoc/>
    public IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places)
    {
        var cluster = string.Join(',', places.Select(place => $"{place.Host.Address}={Url(place.Host, PeerPort)}"));
        return [.. places.Select(place => place.Host.Start(
            Needs!.Path,
            [
                "--name", place.Host.Address, "--data-dir", place.Data,
                "--listen-peer-urls", Url(place.Host, PeerPort), "--initial-advertise-peer-urls", Url(place.Host, PeerPort),
                "--listen-client-urls", Url(place.Host, ClientPort), "--advertise-client-urls", Url(place.Host, ClientPort),
                "--initial-cluster", cluster, "--initial-cluster-state", "new",
            ]))];
    }

    /// <summary>Waits for a leader that all know of: a change that comes to another node goes to it first.</summary>
    public async Task<IPEndPoint> ReadyAsync(IReadOnlyList<LabHost> hosts)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            var metrics = await Task.WhenAll(hosts.Select(MetricsOrNothingAsync)).ConfigureAwait(false);
            var leader = Array.FindIndex(metrics, of => Value(of, "etcd_server_is_leader") == 1);
            if (leader >= 0 && metrics.All(of => Value(of, "etcd_server_has_leader") == 1))
                return new IPEndPoint(IPAddress.Parse(hosts[leader].Address), ClientPort);
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }

        throw new LabException($"etcd has no leader after {Patience.TotalSeconds} s");
    }

    /// <inheritdoc/>
    public async Task<long> SyncsAsync(IReadOnlyList<LabHost> hosts)
    {
        var metrics = await Task.WhenAll(hosts.Select(MetricsOrNothingAsync)).ConfigureAwait(false);
        return (long)metrics.Sum(of =>
            (Value(of, "etcd_disk_wal_fsync_duration_seconds_count")
                + (SyncsPerCommit * Value(of, "etcd_disk_backend_commit_duration_seconds_count")))
            ?? throw new LabException("etcd does not say how often it waited for its disk"));
    }

    /// <inheritdoc/>
    public IRegisterConnection Connect(IPEndPoint address) => new EtcdConnection(address);

    private static string Url(LabHost host, int port) => string.Create(CultureInfo.InvariantCulture, $"http://{host.Address}:{port}");

    private static async Task<string> MetricsOrNothingAsync(LabHost host)
    {
        try
        {
            return await http.GetStringAsync(new Uri(Url(host, ClientPort) + "/metrics")).ConfigureAwait(false);
        }
        catch (Exception none) when (none is HttpRequestException or OperationCanceledException)
        {
            return ""; // it does not listen yet, or has too much to do
        }
    }

    private static double? Value(string metrics, string name) =>
        metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[name.Length..], CultureInfo.InvariantCulture)
            : null;
}

using System.Globalization;
using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>How a node of etcd is started on a host of the lab, and looked at.</summary>
internal static class EtcdNode
{
    private const int ClientPort = 2379;
    private const int PeerPort = 2380;

    /// <summary>What it takes.</summary>
    public static Requirement Needs { get; } = new("etcd", "etcd-server", "/usr/bin/etcd");

    /// <summary>Starts a node, or starts it again over the data that it left.</summary>
    /// <param name="host">Where.</param>
    /// <param name="data">The directory for its data.</param>
    /// <param name="all">The hosts of the cluster, this one among them.</param>
    /// <param name="settings">What else it is told.</param>
    public static LabProcess Start(LabHost host, string data, IEnumerable<LabHost> all, params IEnumerable<string> settings) => host.Start(
        Needs.Path,
        [
            "--name", host.Address, "--data-dir", data,
            "--listen-peer-urls", Url(host, PeerPort), "--initial-advertise-peer-urls", Url(host, PeerPort),
            "--listen-client-urls", Url(host, ClientPort), "--advertise-client-urls", Url(host, ClientPort),
            "--initial-cluster", string.Join(',', all.Select(each => $"{each.Address}={Url(each, PeerPort)}")),
            "--initial-cluster-state", "new",
            .. settings,
        ]);

    /// <summary>Where clients bring their changes.</summary>
    public static IPEndPoint Door(LabHost host) => new(IPAddress.Parse(host.Address), ClientPort);

    /// <summary>The metrics of a node; empty while it does not listen.</summary>
    public static Task<string> MetricsAsync(LabHost host) => NodePage.TextAsync(host, ClientPort, "/metrics");

    /// <summary>The leader, once each node knows of one; null before.</summary>
    public static async Task<LabHost?> LeaderAsync(IReadOnlyList<LabHost> hosts)
    {
        var metrics = await Task.WhenAll(hosts.Select(MetricsAsync)).ConfigureAwait(false);
        var leader = Array.FindIndex(metrics, of => NodePage.Value(of, "etcd_server_is_leader") == 1);
        return leader >= 0 && metrics.All(of => NodePage.Value(of, "etcd_server_has_leader") == 1) ? hosts[leader] : null;
    }

    private static string Url(LabHost host, int port) => string.Create(CultureInfo.InvariantCulture, $"http://{host.Address}:{port}");
}

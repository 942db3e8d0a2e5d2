using System.Globalization;
using System.Net;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>How a node of Roj is started on a host of the lab, and looked at.</summary>
internal static class RojNode
{
    private const int NodePort = 7071;
    private const int HttpPort = 7070;

    /// <summary>Starts a node, or starts it again over the data that it left.</summary>
    /// <param name="host">Where.</param>
    /// <param name="data">The directory for its data.</param>
    /// <param name="expected">How many nodes agree.</param>
    /// <param name="settings">What else it is told.</param>
    public static LabProcess Start(LabHost host, string data, int expected, params IEnumerable<string> settings) => host.Start(
        Repository.Program(),
        ["node", "--data-dir", data, "--expect", expected.ToString(CultureInfo.InvariantCulture), .. settings]);

    /// <summary>Where other nodes, and clients, bring their changes.</summary>
    public static IPEndPoint Door(LabHost host) => new(IPAddress.Parse(host.Address), NodePort);

    /// <summary>A page of a node's; empty while it does not listen.</summary>
    public static Task<string> PageAsync(LabHost host, string path) => NodePage.TextAsync(host, HttpPort, path);

    /// <summary>What each node says of the roster, once all vote; null before.</summary>
    public static async Task<string[]?> RostersAsync(IReadOnlyList<LabHost> hosts)
    {
        var rosters = await Task.WhenAll(hosts.Select(host => PageAsync(host, "/api/v1/roster"))).ConfigureAwait(false);
        return rosters.All(roster => roster.Contains("\"voting\":true", StringComparison.Ordinal)) ? rosters : null;
    }
}

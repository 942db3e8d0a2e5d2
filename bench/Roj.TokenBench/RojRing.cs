using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.TokenBench;

/// <summary>Nodes of Roj with one token, each on a host of its own.</summary>
internal sealed class RojRing
{
    private const int HttpPort = 7070;
    private const string Token = "bench";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private readonly string[] settings;
    private readonly IReadOnlyList<LabHost> hosts;
    private readonly string data;
    private readonly Dictionary<LabHost, LabProcess> nodes = [];

    /// <summary>Starts the nodes.</summary>
    /// <param name="hosts">Where.</param>
    /// <param name="data">A directory for all data.</param>
    /// <param name="rest">How long the token stays at each, such as <c>0ms</c>.</param>
    /// <param name="settings">What else they are told.</param>
    public RojRing(IReadOnlyList<LabHost> hosts, string data, string rest, params string[] settings)
    {
        (this.hosts, this.data, this.settings) = (hosts, data, [.. settings, "--tokens", $"{Token}=none:{rest}"]);
        foreach (var host in hosts)
            Start(host);
    }

    /// <summary>Where they are.</summary>
    public IReadOnlyList<LabHost> Hosts => hosts;

    /// <summary>Hops a second.</summary>
    public static async Task<double> MeasureAsync(int count, int seconds, string where, params string[] settings)
    {
        var rate = 0.0;
        await InLabAsync(count, where, async (hosts, data) =>
        {
            var ring = new RojRing(hosts, data, "0ms", settings);
            await ring.WholeAsync().ConfigureAwait(false);
            await Task.Delay(WarmUp).ConfigureAwait(false);
            var (begin, before) = (Stopwatch.GetTimestamp(), await ring.SequenceAsync().ConfigureAwait(false));
            await Task.Delay(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false);
            var after = await ring.SequenceAsync().ConfigureAwait(false);
            if (after.Epoch != before.Epoch)
                throw new LabException($"the token was made anew meanwhile: epoch {before.Epoch}, then {after.Epoch}");
            rate = (after.Sequence - before.Sequence) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }).ConfigureAwait(false);
        return rate;
    }

    /// <summary>Does something on new hosts, with a directory that is theirs.</summary>
    public static async Task InLabAsync(int count, string where, Func<IReadOnlyList<LabHost>, string, Task> use)
    {
        var data = Directory.CreateDirectory(Path.Combine(where, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await Lab.RunAsync(count, "token-bench", lab => use(lab.Hosts, data)).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Starts a node, or starts it again over what it left.</summary>
    public void Start(LabHost host) => nodes[host] = host.Start(
        Repository.Program(),
        ["node", "--data-dir", Path.Combine(data, host.Number.ToString(CultureInfo.InvariantCulture)), .. settings]);

    /// <summary>Kills a node.</summary>
    public Task KillAsync(LabHost host) => nodes[host].KillAsync();

    /// <summary>Waits until all know of the same token.</summary>
    public async Task WholeAsync()
    {
        Sight?[] sights = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience;)
        {
            if (nodes.Values.Any(node => node.HasExited))
                throw new LabException("a node ended by itself");
            sights = await Task.WhenAll(hosts.Select(SightAsync)).ConfigureAwait(false);
            if (sights.All(sight => sight is { Epoch: > 0, IsSettled: true })
                && sights.Select(sight => sight!.Epoch).Distinct().Count() == 1)
                return;
            await Task.Delay(50).ConfigureAwait(false);
        }

        var seen = string.Join(", ", sights.AsEnumerable());
        throw new LabException($"not all know of the same token after {Patience.TotalSeconds} s: {seen}");
    }

    /// <summary>What a node says of the token; null while it does not listen.</summary>
    public static async Task<Sight?> SightAsync(LabHost host)
    {
        var page = await NodePage.TextAsync(host, HttpPort, "/api/v1/tokens").ConfigureAwait(false);
        if (page.Length == 0)
            return null;
        using var json = JsonDocument.Parse(page);
        var token = json.RootElement.GetProperty("tokens")[0]; // there is no other
        return new Sight(
            token.GetProperty("state").GetString()!, token.GetProperty("epoch").GetInt64(), token.GetProperty("sequence").GetInt64());
    }

    private async Task<Sight> SequenceAsync()
    {
        var sights = await Task.WhenAll(hosts.Select(SightAsync)).ConfigureAwait(false);
        return sights.OfType<Sight>().MaxBy(sight => (sight.Epoch, sight.Sequence)) ?? throw new LabException("no node answers");
    }

    /// <summary>A token as a node sees it.</summary>
    /// <param name="State">How the node stands to it.</param>
    /// <param name="Epoch">Which token.</param>
    /// <param name="Sequence">Which turn.</param>
    internal sealed record Sight(string State, long Epoch, long Sequence)
    {
        /// <summary>Whether it has it, or knows who has.</summary>
        public bool IsSettled => State is "owner" or "waiter" or "passing";
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.ElectionBench;

/// <summary>Roj with the bully election, whose leader says by a hook that it leads.</summary>
internal sealed class RojElection : IElectionSubject
{
    private const string LedName = "led";

    // date(1) is the clock that DateTime.UtcNow reads too. One write, so that no reader finds half of it.
    private const string Hook = """
        #!/bin/sh
        echo "$(date +%s%N) $ROJ_TERM" >>"${0%/*}/led"
        """;

    private static readonly string[] Options = ["--election", "--lease", "--on-leader"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => Subjects.Roj;

    /// <inheritdoc/>
    public string? Missing()
    {
        var program = Repository.Program();
        var start = new ProcessStartInfo(program, ["node", "--help"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var help = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] unknown = [.. Options.Where(option => !help.Contains(option + " ", StringComparison.Ordinal))];
        return unknown.Length > 0 ? $"{program} does not know {string.Join(", ", unknown)}: its nodes elect nobody yet" : null;
    }

    /// <inheritdoc/>
    public LabProcess Start(LabHost host, string data, IReadOnlyList<LabHost> all, Situation situation)
    {
        var hook = Path.Combine(host.Directory, "on-leader");
        if (!File.Exists(hook))
        {
            File.WriteAllText(hook, Hook + "\n");
            Tool.Run("chmod", ["+x", hook]);
        }

        return RojNode.Start(
            host, data, all.Count, "--election", "bully", "--lease", situation.LeaseMilliseconds + "ms", "--on-leader", hook);
    }

    /// <inheritdoc/>
    public async Task<LabHost?> LeaderAsync(IReadOnlyList<LabHost> hosts)
    {
        if (await RojNode.RostersAsync(hosts).ConfigureAwait(false) is null)
            return null;
        var pages = await Task.WhenAll(hosts.Select(host => RojNode.PageAsync(host, "/api/v1/leader"))).ConfigureAwait(false);
        return pages.Select(LeaderOn).Distinct().ToArray() is [{ } address]
            ? hosts.FirstOrDefault(host => address == host.Address || address.StartsWith(host.Address + ":", StringComparison.Ordinal))
            : null;
    }

    /// <inheritdoc/>
    public IRegisterConnection Connect(LabHost host) => new RojConnection(RojNode.Door(host));

    /// <inheritdoc/>
    public async Task<DateTime?> LedAsync(IReadOnlyList<LabHost> hosts, DateTime since)
    {
        DateTime? first = null;
        await Poll.UntilAsync(
            () => (first = hosts.SelectMany(Led).Where(at => at > since).Select(at => (DateTime?)at).Min()) is not null,
            Patience,
            "the next leader's hook was started").ConfigureAwait(false);
        return first;
    }

    // The address of whom this page calls the leader; null if it is empty, or there is no leader.
    private static string? LeaderOn(string page)
    {
        if (page.Length == 0)
            return null;
        using var json = JsonDocument.Parse(page);
        return json.RootElement.TryGetProperty("leader", out var leader) && leader.ValueKind is JsonValueKind.Object
            ? leader.GetProperty("address").GetString()
            : null;
    }

    private static IEnumerable<DateTime> Led(LabHost host)
    {
        var path = Path.Combine(host.Directory, LedName);
        var lines = File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : []; // what counts ends with a line feed
        return lines.Select(line => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))
            .Select(nanoseconds => DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick));
    }
}

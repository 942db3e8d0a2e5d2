using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.KvBench;

/// <summary>One of three nodes that keep keys loses its disk while clients write and read, and comes back empty: how long it takes until it
/// has all again, and what the clients notice of it.</summary>
internal static class WipeBench
{
    private const int Nodes = 3;
    private const int Slots = 256;
    private const int Clients = 10;

    private static readonly TimeSpan before = TimeSpan.FromSeconds(10);

    /// <summary>Measures it, and prints what came of it.</summary>
    /// <exception cref="LabException">A client was refused, or the node did not come to its share.</exception>
    public static async Task<bool> RunAsync(Options options)
    {
        var data = Directory.CreateDirectory(Path.Combine(options.Data, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await Lab.RunAsync(Nodes + 1, "kv-wipe", lab => RunAsync(lab, data, options.GrownKeys)).ConfigureAwait(false);
            return true;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task RunAsync(Lab lab, string data, int keys)
    {
        var patience = GrowBench.PatienceFor(keys);
        LabHost[] hosts = [.. lab.Hosts.Take(Nodes)];
        string DataOf(LabHost host) => Path.Combine(data, host.Address);
        LabProcess Start(LabHost host) => RojNode.Start(
            host, Directory.CreateDirectory(DataOf(host)).FullName, Nodes, "--resp-address", host.Address);
        LabProcess[] nodes = [.. hosts.Select(Start)];
        await GrowBench.UntilAsync(async () => await RojNode.RostersAsync(hosts).ConfigureAwait(false) is not null, patience)
            .ConfigureAwait(false);

        // Clients speak to those that stay.
        IPEndPoint[] doors = [.. hosts[1..].Select(host => new IPEndPoint(IPAddress.Parse(host.Address), ClusterSubject.RojDoor))];
        var load = new ClusterLoad(ClusterLoad.Resp, doors, ClusterLoad.Fill, Clients, 16, keys, TimeSpan.Zero, TimeSpan.Zero);
        await ClusterBench.LoadAsync(lab.Hosts[Nodes], load, "fill.log").ConfigureAwait(false);
        var generator = lab.Hosts[Nodes].Start(
            Confinement.SelfPath,
            (load with { Does = ClusterLoad.Mixed, Pipeline = 1, WarmUp = TimeSpan.FromSeconds(2), Measured = patience }).ToArguments(),
            log: "wipe.log");
        await generator.SaysAsync(LoadRun.Measuring, patience).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        await Task.Delay(before).ConfigureAwait(false);

        var gone = File.ReadAllText(Path.Combine(DataOf(hosts[0]), "id")).Trim();
        await nodes[0].KillAsync().ConfigureAwait(false);
        Directory.Delete(DataOf(hosts[0]), recursive: true);
        var wiped = clock.Elapsed;
        nodes[0] = Start(hosts[0]);
        await GrowBench.UntilAsync(() => IsDeadAsync(hosts[1], gone), patience).ConfigureAwait(false);
        var evicting = hosts[1].Start(
            Repository.Program(), ["evict", gone], new Dictionary<string, string?> { ["ROJ_DATA_DIR"] = DataOf(hosts[1]) }, "evict.log");
        if (await evicting.ExitAsync(patience).ConfigureAwait(false) != 0)
            throw new LabException($"roj evict failed: {File.ReadAllText(evicting.Log)}");
        var evicted = clock.Elapsed;
        await GrowBench.UntilAsync(() => HasAllAsync(hosts[1], gone), patience).ConfigureAwait(false);
        var ended = clock.Elapsed;

        await Task.Delay(before).ConfigureAwait(false);
        if (generator.HasExited || nodes.Any(node => node.HasExited))
            throw new LabException($"a node ended, or a client was refused: {File.ReadLines(generator.Log).LastOrDefault()}");
        await generator.TerminateAsync().ConfigureAwait(false);
        LoadTable.Print(
            generator, Clients, ("before", TimeSpan.Zero, before), ("while it is missed", before, evicted),
            ("while it is filled", evicted, ended), ("afterwards", ended + TimeSpan.FromSeconds(1), TimeSpan.MaxValue));
        var bytes = Directory.EnumerateFiles(DataOf(hosts[0]), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        var filling = ended - evicted;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{keys:N0} keys of {ClusterLoad.ValueBytes} bytes; the seat of the node that was wiped was given up after "
            + $"{(evicted - wiped).TotalSeconds:F1} s; {filling.TotalSeconds:F1} s later it had all again: {bytes / 1e6:N0} MB on its disk"
            + $", {filling.TotalSeconds / (bytes / 1e9):F0} s a GB, {filling.TotalMicroseconds / keys:F0} µs a key"));
    }

    private static async Task<bool> IsDeadAsync(LabHost witness, string id) =>
        (await RojNode.PageAsync(witness, $"/api/v1/members/{id}").ConfigureAwait(false)).Contains("\"dead\"", StringComparison.Ordinal);

    // Whether all slots are kept by three again, none of them the one that is gone, and none is on its way.
    private static async Task<bool> HasAllAsync(LabHost witness, string gone)
    {
        var page = await RojNode.PageAsync(witness, "/api/v1/store").ConfigureAwait(false);
        if (page.Length == 0)
            return false;
        using var json = JsonDocument.Parse(page);
        var nodes = json.RootElement.GetProperty("nodes").EnumerateArray().ToArray();
        return json.RootElement.GetProperty("slotsMoving").GetInt32() == 0 && nodes.Length == Nodes
            && nodes.All(node => node.GetProperty("id").GetString() != gone && node.GetProperty("slots").GetInt32() == Slots);
    }
}

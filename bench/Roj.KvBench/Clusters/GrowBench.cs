using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.KvBench;

/// <summary>Three nodes that keep keys become six, while clients write and read: how long it takes until each has its share, and what the
/// clients notice of it.</summary>
internal static class GrowBench
{
    private const int First = 3;
    private const int Last = 6;
    private const int Slots = 256;
    private const int Copies = 3;
    private const int Clients = 10;

    private static readonly TimeSpan before = TimeSpan.FromSeconds(10);

    /// <summary>How long what is done with so many keys may take.</summary>
    public static TimeSpan PatienceFor(int keys) => TimeSpan.FromMinutes(4) + TimeSpan.FromMilliseconds(2 * keys);

    /// <summary>Measures it, and prints what came of it; false if a client was refused, or the share never was what it should be.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        var data = Directory.CreateDirectory(Path.Combine(options.Data, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await Lab.RunAsync(Last + 1, "kv-grow", lab => RunAsync(lab, data, options.GrownKeys)).ConfigureAwait(false);
            return true;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task RunAsync(Lab lab, string data, int keys)
    {
        var patience = PatienceFor(keys);
        Task UntilAsync(Func<Task<bool>> what) => GrowBench.UntilAsync(what, patience);
        LabHost[] hosts = [.. lab.Hosts.Take(Last)];
        LabProcess Start(LabHost host) => RojNode.Start(
            host, Directory.CreateDirectory(Path.Combine(data, host.Address)).FullName, First, "--resp-address", host.Address);
        List<LabProcess> nodes = [.. hosts.Take(First).Select(Start)];
        await UntilAsync(async () => await RojNode.RostersAsync(hosts[..First]).ConfigureAwait(false) is not null).ConfigureAwait(false);
        IPEndPoint[] doors = [.. hosts.Take(First).Select(host => new IPEndPoint(IPAddress.Parse(host.Address), ClusterSubject.RojDoor))];
        var load = new ClusterLoad(ClusterLoad.Resp, doors, ClusterLoad.Fill, Clients, 16, keys, TimeSpan.Zero, TimeSpan.Zero);
        await ClusterBench.LoadAsync(lab.Hosts[Last], load, "fill.log").ConfigureAwait(false);
        var generator = lab.Hosts[Last].Start(
            Confinement.SelfPath,
            (load with { Does = ClusterLoad.Mixed, Pipeline = 1, WarmUp = TimeSpan.FromSeconds(2), Measured = patience }).ToArguments(),
            log: "grow.log");
        await generator.SaysAsync(LoadRun.Measuring, patience).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        await Task.Delay(before).ConfigureAwait(false);
        nodes.AddRange(hosts.Skip(First).Select(Start));
        await UntilAsync(async () => await MovedAsync(hosts[0]).ConfigureAwait(false) is { New: > 0 }).ConfigureAwait(false);
        var begun = clock.Elapsed;
        await UntilAsync(async () => await MovedAsync(hosts[0]).ConfigureAwait(false) is { IsOver: true }).ConfigureAwait(false);
        var ended = clock.Elapsed;
        var moved = (await MovedAsync(hosts[0]).ConfigureAwait(false)).New;
        await Task.Delay(before).ConfigureAwait(false);
        if (generator.HasExited || nodes.Any(node => node.HasExited))
            throw new LabException($"a node ended, or a client was refused: {File.ReadLines(generator.Log).LastOrDefault()}");
        await generator.TerminateAsync().ConfigureAwait(false);
        LoadTable.Print(
            generator, Clients, ("before", TimeSpan.Zero, before), ("while the new ones wait", before, begun),
            ("while slots move", begun, ended), ("afterwards", ended + TimeSpan.FromSeconds(1), TimeSpan.MaxValue));
        Console.WriteLine($"{keys:N0} keys of {ClusterLoad.ValueBytes} bytes; the new nodes were there after {before.TotalSeconds} s, had "
            + $"their first slot {(begun - before).TotalSeconds:F1} s later (of them 10 s until they may vote), and their last after "
            + $"{(ended - begun).TotalSeconds:F1} s more: {moved} of {Slots * Copies} copies of slots, about "
            + $"{(double)moved / Slots * keys:N0} copies of keys");
    }

    // How many copies of slots the new nodes have, as one of the first says; and whether that is half of all, and none is on its way.
    private static async Task<(int New, bool IsOver)> MovedAsync(LabHost host)
    {
        var page = await RojNode.PageAsync(host, "/api/v1/store").ConfigureAwait(false);
        if (page.Length == 0)
            return (0, false);
        using var json = JsonDocument.Parse(page);
        var shares = json.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("slots").GetInt32())
            .OrderDescending().ToArray();
        var moved = (Slots * Copies) - shares.Take(First).Sum();
        var isEven = shares.Length == Last && shares[0] - shares[^1] <= Last;
        return (shares.Sum() == Slots * Copies ? moved : 0, isEven && json.RootElement.GetProperty("slotsMoving").GetInt32() == 0);
    }

    /// <summary>Waits until something is.</summary>
    /// <exception cref="LabException">It does not come to that in time.</exception>
    public static async Task UntilAsync(Func<Task<bool>> what, TimeSpan patience)
    {
        for (var clock = Stopwatch.StartNew(); !await what().ConfigureAwait(false); await Task.Delay(100).ConfigureAwait(false))
        {
            if (clock.Elapsed > patience)
                throw new LabException($"the nodes have not come to that after {patience.TotalSeconds} s");
        }
    }
}

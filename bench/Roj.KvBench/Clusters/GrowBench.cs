using System.Diagnostics;
using System.Globalization;
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
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(4);

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
        Tell(LoadFigures.Seconds(File.ReadLines(generator.Log)), begun, ended);
        Console.WriteLine($"{keys:N0} keys of {ClusterLoad.ValueBytes} bytes; the new nodes were there after {before.TotalSeconds} s, had "
            + $"their first slot {(begun - before).TotalSeconds:F1} s later (of them 10 s until they may vote), and their last after "
            + $"{(ended - begun).TotalSeconds:F1} s more: {moved} of {Slots * Copies} copies of slots, about "
            + $"{(double)moved / Slots * keys:N0} copies of keys");
    }

    private static void Tell(IReadOnlyList<(int Second, LoadFigures Figures)> seconds, TimeSpan begun, TimeSpan ended)
    {
        Console.WriteLine($"{Clients} clients, a writing and a reading in turns{"a second",12}{"p50, ms",10}{"p99, ms",10}{"most, ms",10}");
        Row("before", second => second < before.TotalSeconds);
        Row("while the new ones wait", second => second >= before.TotalSeconds && second < (int)begun.TotalSeconds);
        Row("while slots move", second => second >= (int)begun.TotalSeconds && second <= ended.TotalSeconds);
        Row("afterwards", second => second > ended.TotalSeconds + 1);

        void Row(string when, Func<int, bool> isWithin)
        {
            LoadFigures[] some = [.. seconds.Where(one => isWithin(one.Second)).Select(one => one.Figures)];
            if (some.Length == 0)
                return;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{when,-45}{some.Average(one => one.Requests),12:N0}{some.Average(one => one.P50.TotalMilliseconds),10:F2}"
                    + $"{some.Max(one => one.P99.TotalMilliseconds),10:F2}{some.Max(one => one.Most.TotalMilliseconds),10:F2}"));
        }
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

    private static async Task UntilAsync(Func<Task<bool>> what)
    {
        for (var clock = Stopwatch.StartNew(); !await what().ConfigureAwait(false); await Task.Delay(100).ConfigureAwait(false))
        {
            if (clock.Elapsed > patience)
                throw new LabException($"the nodes have not come to that after {patience.TotalSeconds} s");
        }
    }
}

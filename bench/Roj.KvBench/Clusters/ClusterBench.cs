using System.Net;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.KvBench;

/// <summary>Three nodes that decide by majority beside etcd's and Redis with a replica, in turns.</summary>
internal static class ClusterBench
{
    private const int Nodes = 3;
    private const int Keys = 10_000;

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    /// <summary>Measures all, and says whether what is claimed holds.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        List<ClusterOutcome> all = [];
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var subject in ClusterSubject.All.Where(subject => options.Only is null || options.Only == subject.Name))
                await SubjectAsync(subject, options, all).ConfigureAwait(false);
        }

        return ClusterTable.Print(all, options);
    }

    /// <summary>Runs a load generator to its end, on a host of its own.</summary>
    public static async Task<(LabProcess Process, LoadFigures Figures)> LoadAsync(LabHost host, ClusterLoad load, string log)
    {
        var process = host.Start(Confinement.SelfPath, load.ToArguments(), log: log);
        var done = process.SaysAsync(LoadFigures.Mark, load.WarmUp + load.Measured + patience);
        if (await process.ExitAsync(load.WarmUp + load.Measured + patience).ConfigureAwait(false) != 0)
            throw new LabException($"the load generator failed: {File.ReadLines(process.Log).LastOrDefault()}");
        return (process, LoadFigures.Of(await done.ConfigureAwait(false)));
    }

    private static async Task SubjectAsync(ClusterSubject subject, Options options, List<ClusterOutcome> all)
    {
        var data = Directory.CreateDirectory(Path.Combine(options.Data, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await Lab.RunAsync(Nodes + 1, $"kv-{subject.Name}", async lab =>
            {
                LabHost[] hosts = [.. lab.Hosts.Take(Nodes)];
                var nodes = subject.Start(
                    [.. hosts.Select(host => (host, Directory.CreateDirectory(Path.Combine(data, host.Address)).FullName))]);
                var doors = await subject.ReadyAsync(hosts).ConfigureAwait(false);
                await SubjectAsync(subject, options, doors, nodes, lab.Hosts[Nodes], all).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task SubjectAsync(
        ClusterSubject subject, Options options, IReadOnlyList<IPEndPoint> doors, IReadOnlyList<LabProcess> nodes, LabHost from,
        List<ClusterOutcome> all)
    {
        var fill = new ClusterLoad(subject.Protocol, doors, ClusterLoad.Fill, 10, 10, Keys, TimeSpan.Zero, TimeSpan.Zero);
        await LoadAsync(from, fill, "fill.log").ConfigureAwait(false);
        foreach (var (clients, pipeline) in ((int, int)[])[(1, 1), (1, 16), (50, 1), (50, 16)])
        {
            foreach (var does in (string[])[ClusterLoad.Put, ClusterLoad.Get])
            {
                var load = new ClusterLoad(
                    subject.Protocol, doors, does, clients, pipeline, Keys, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(options.Seconds));
                var (cpu, busy) = (Cpu(nodes), Machine.Busy());
                var (_, figures) = await LoadAsync(from, load, $"{does}-{clients}-{pipeline}.log").ConfigureAwait(false);
                (cpu, busy) = (Cpu(nodes) - cpu, Machine.Busy() - busy);
                var whole = load.WarmUp + load.Measured;
                // The nodes' time is taken over the warm-up too, in which they do about as much each second.
                var requests = figures.Requests * (whole / load.Measured);
                all.Add(new ClusterOutcome(
                    subject.Name, does, clients, pipeline, figures.Requests / load.Measured.TotalSeconds, figures.P50.TotalMilliseconds,
                    figures.P99.TotalMilliseconds, cpu.TotalMicroseconds / requests, figures.Cpu.TotalMicroseconds / figures.Requests,
                    Math.Max(0, (busy - cpu - (figures.Cpu * (whole / load.Measured))) / (whole * Environment.ProcessorCount))));
                ClusterTable.Tell(all[^1]);
            }
        }

        if (nodes.Any(node => node.HasExited))
            throw new LabException($"a node of {subject.Name} ended while it was loaded");
    }

    private static TimeSpan Cpu(IReadOnlyList<LabProcess> nodes)
    {
        foreach (var node in nodes)
            node.Sample();
        return nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.Usage.Cpu);
    }
}

using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.RegisterBench;

/// <summary>One run: three nodes on hosts and directories of their own, and a fourth host that loads them.</summary>
internal static class Run
{
    private const int Nodes = 3;
    private const double MiB = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts, loads, and takes down; what fails is in the outcome.</summary>
    public static async Task<Outcome> OfAsync(IRegisterSubject subject, int clients, Options options)
    {
        Outcome? outcome = null;
        var data = Directory.CreateDirectory(Path.Combine(options.Data, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await Lab.RunAsync(Nodes + 1, $"register-{subject.Name}-{clients}", async lab =>
                outcome = await OfAsync(subject, clients, options, lab, data).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (LabException broken)
        {
            outcome = new Outcome(subject.Name, clients) { Failure = broken.Message };
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        return outcome!;
    }

    private static async Task<Outcome> OfAsync(IRegisterSubject subject, int clients, Options options, Lab lab, string data)
    {
        LabHost[] hosts = [.. lab.Hosts.Take(Nodes)];
        var nodes = subject.Start([.. hosts.Select(host => (host, Directory.CreateDirectory(Path.Combine(data, host.Address)).FullName))]);
        var address = await subject.ReadyAsync(hosts).ConfigureAwait(false);
        var order = new LoadOrder(
            subject, address, clients, options.Connections ?? subject.ConnectionsFor(clients), options.WarmUp, options.Measured);

        var load = lab.Hosts[Nodes].Start(Confinement.SelfPath, order.ToArguments(), log: "load.log");
        await load.SaysAsync(Load.Measuring, options.WarmUp + Patience).ConfigureAwait(false);
        var syncs = await subject.SyncsAsync(hosts).ConfigureAwait(false);
        var (cpu, busy) = (Cpu(nodes), Machine.Busy());
        await Task.Delay(options.Measured).ConfigureAwait(false); // nobody looks meanwhile
        (cpu, busy) = (Cpu(nodes) - cpu, Machine.Busy() - busy);
        syncs = await subject.SyncsAsync(hosts).ConfigureAwait(false) - syncs;
        var result = LoadResult.Of(await load.SaysAsync(LoadResult.Mark, Patience).ConfigureAwait(false));
        if (nodes.Any(node => node.HasExited))
            throw new LabException("a node ended while it was loaded");
        return new Outcome(subject.Name, clients)
        {
            PerSecond = result.Changes / result.Took.TotalSeconds,
            P50 = result.P50.TotalMilliseconds,
            P99 = result.P99.TotalMilliseconds,
            Syncs = (double)syncs / result.Changes,
            Cpu = cpu.TotalMicroseconds / result.Changes,
            ClientCpu = result.Cpu.TotalMicroseconds / result.Changes,
            Others = (busy - cpu - result.Cpu) / (options.Measured * Environment.ProcessorCount),
            PeakMiB = nodes.Max(node => node.Usage.PeakRssBytes) / MiB,
        };
    }

    private static TimeSpan Cpu(IReadOnlyList<LabProcess> nodes)
    {
        foreach (var node in nodes)
            node.Sample();
        return nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.Usage.Cpu);
    }
}

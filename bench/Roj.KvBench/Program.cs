using System.Globalization;
using System.Net.Sockets;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.KvBench;

/// <summary>Measures how fast the store serves those who speak RESP, beside redis-server; several nodes, beside etcd; or what many keys
/// take. See bench/README.md.</summary>
/// <remarks>Several nodes are in namespaces of their own, as in the end-to-end tests: for that it starts itself again in one, and once more
/// on a host of its own as the load generator.</remarks>
internal static class Program
{
    private const string InsideMark = "--inside";
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (args is [ClusterLoad.Mark, ..])
            return await GenerateAsync(ClusterLoad.Of(args)).ConfigureAwait(false);
        var isInside = args is [InsideMark, ..];
        if (!Options.TryParse(isInside ? args[1..] : args, out var options, out var complaint))
            return Refuse($"{complaint}\n{Options.Usage}");
        if (options.WantsHelp)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        try
        {
            if ((options.IsCluster || options.IsGrowth) && !isInside)
                return Missing(options) is { } why ? Refuse(why) : Confinement.Reenter([InsideMark, .. args]);
            if (isInside)
                Confinement.Enter();
            else if (Tool.Find(RedisLoad.Program) is null || Tool.Find(Server.RedisProgram) is null)
                return Refuse("redis-benchmark and redis-check-rdb are not here: apt-get install redis-tools");
            return await MeasureAsync(options).ConfigureAwait(false) ? 0 : 1;
        }
        catch (Exception broken) when (broken is LabException or IOException or UnauthorizedAccessException)
        {
            return Refuse(broken.Message);
        }
    }

    private static async Task<bool> MeasureAsync(Options options)
    {
        Directory.CreateDirectory(options.Data);
        Console.WriteLine($"{Machine.Describe()}; data on {RegisterBench.Disk.Of(options.Data)}");
        if (options.IsCluster)
            return await ClusterBench.RunAsync(options).ConfigureAwait(false);
        if (options.IsGrowth)
            return await (options.IsWiping ? WipeBench.RunAsync(options) : GrowBench.RunAsync(options)).ConfigureAwait(false);
        if (!options.HasKeys)
            return await Bench.RunAsync(options).ConfigureAwait(false);
        await KeysPart.RunAsync(options).ConfigureAwait(false);
        return true;
    }

    private static async Task<int> GenerateAsync(ClusterLoad load)
    {
        try
        {
            if (load.Protocol == ClusterLoad.Grpc)
                await GrpcLoad.RunAsync(load).ConfigureAwait(false);
            else
                new RespLoad(load).Run();
            return 0;
        }
        catch (Exception broken) when (broken is LabException or SocketException)
        {
            return Refuse(broken.Message);
        }
    }

    // Not installed by the bench itself: Debian's package starts etcd on this machine, which is not for a bench to do.
    private static string? Missing(Options options) => Confinement.Missing() ?? ClusterSubject.All
        .Where(subject => options.IsCluster && (options.Only ?? subject.Name) == subject.Name && subject.Needs is { IsThere: false })
        .Select(subject => $"{subject.Needs!.What} is not here: apt-get install {subject.Needs.Package}, or --only roj").FirstOrDefault();

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/kv: {why}");
        return WrongUse;
    }
}

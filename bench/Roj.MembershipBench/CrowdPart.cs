namespace Roj.MembershipBench;

/// <summary>Clusters of several sizes: how soon they are one, what they cost idle, and how soon they know of a death.</summary>
internal static class CrowdPart
{
    private static readonly int[] smaller = [3, 10, 30];

    private static readonly TimeSpan ShortIdle = TimeSpan.FromSeconds(20);

    /// <summary>Measures Roj, and serf after it, size by size.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options, bool withSerf)
    {
        List<Figure> figures = [];
        int[] sizes = [.. smaller.Where(size => size < options.Nodes), options.Nodes];
        foreach (var size in sizes)
        {
            var isLargest = size == options.Nodes;
            var (idle, kills) = isLargest || options.IsQuick ? (options.Idle, isLargest ? options.Kills : 0) : (ShortIdle, 0);
            var roj = await CrowdRun.OfAsync(Subject.Roj, size, options.Starts, idle, kills).ConfigureAwait(false);
            var serf = withSerf
                ? await Table.OrNothingAsync(() => CrowdRun.OfAsync(Subject.Serf, size, options.Starts, idle, kills)).ConfigureAwait(false)
                : null;
            Figure Of(string what, string unit, Func<CrowdRun, double> value, double? limit = null) =>
                new($"{size} hosts: {what}", unit, value(roj), limit) { Serf = serf is null ? null : value(serf) };
            figures.Add(Of("all see all after the last start, median", "s", run => Rank.Of(run.Met, 50), Limits.Met));
            if (options.Starts > 1)
                figures.Add(Of("the longest", "s", run => Rank.Of(run.Met, 100)));
            figures.Add(Of("idle, sent per node, median", "bytes/s", run => Rank.Of(run.Sent, 50), Limits.Sent));
            if (!isLargest)
                continue;
            figures.Add(Of("the most of any node", "bytes/s", run => Rank.Of(run.Sent, 100), Limits.Sent));
            figures.Add(Of("received per node, median", "bytes/s", run => Rank.Of(run.Received, 50)));
            figures.Add(Of("memory of the largest", "MiB", run => Rank.Of(run.RssMiB, 100), Limits.Rss));
            figures.Add(Of("processor per node, mean", "% of a core", run => run.CpuPercent.Average(), Limits.Cpu));
            figures.Add(Of(
                $"{options.Kills} deaths, the first knows, median", "s", run => Rank.Of(run.Deaths.Select(death => death.First), 50)));
            figures.Add(Of("the last knows, median", "s", run => Rank.Of(run.Deaths.Select(death => death.Last), 50)));
            figures.Add(Of("the last knows, p99", "s", run => Rank.Of(run.Deaths.Select(death => death.Last), 99), Limits.Known));
        }

        return figures;
    }
}

using Roj.MembershipBench;

namespace Roj.SecurityBench;

/// <summary>Clusters of two sizes: how soon they are one, what they cost idle, and how soon they know of a death.</summary>
internal static class CrowdPart
{
    /// <summary>How many hosts there are, in turn.</summary>
    public static int[] Sizes(Options options) => options.IsQuick ? [10] : [10, 30];

    /// <summary>Measures one size, with and without a key in turns.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(int size, Options options)
    {
        var (plain, keyed) = (new List<CrowdRun>(), new List<CrowdRun>());
        for (var turn = 0; turn < options.Repeat; turn++)
        {
            plain.Add(await OfAsync(Subject.Roj, size, options).ConfigureAwait(false));
            keyed.Add(await OfAsync(Subject.RojWithKey, size, options).ConfigureAwait(false));
        }

        Figure Of(string what, Func<List<CrowdRun>, double> value) => new($"{size} hosts: {what}", value(plain), value(keyed));
        return
        [
            Of("all see all after the last start, s", runs => Rank.Of(runs.SelectMany(run => run.Met), 50)),
            Of("a death: the first knows, s", runs => Rank.Of(Deaths(runs).Select(death => death.First), 50)),
            Of("a death: the last knows, s", runs => Rank.Of(Deaths(runs).Select(death => death.Last), 50)),
            Of("idle, sent per node, bytes/s", runs => Rank.Of(runs.SelectMany(run => run.Sent), 50)),
            Of("idle, received per node, bytes/s", runs => Rank.Of(runs.SelectMany(run => run.Received), 50)),
            Of("idle, memory of the largest, MiB", runs => Rank.Of(runs.Select(run => run.RssMiB.Max()), 50)),
            Of("idle, processor per node, % of a core", runs => Rank.Of(runs.Select(run => run.CpuPercent.Average()), 50)),
        ];
    }

    private static Task<CrowdRun> OfAsync(Subject subject, int size, Options options) =>
        CrowdRun.OfAsync(subject, size, 1, TimeSpan.FromSeconds(options.IsQuick ? 10 : 20), options.IsQuick ? 2 : 4);

    private static IEnumerable<EndToEnd.Members.Death> Deaths(List<CrowdRun> runs) => runs.SelectMany(run => run.Deaths);
}

using Roj.EndToEnd;
using Roj.EndToEnd.Members;

namespace Roj.MembershipBench;

/// <summary>Each way of finding others, with all others switched off.</summary>
internal static class WaysPart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Measures Roj at the largest size.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options)
    {
        List<Figure> figures = [];
        foreach (var way in (string[])[Way.Broadcast, Way.Join, Way.Memory, Way.Sweep])
        {
            List<TimeSpan> met = [];
            for (var start = 0; start < options.Starts; start++)
            {
                await Lab.RunAsync(options.Nodes, $"membership-{way}", async lab =>
                {
                    MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
                    met.Add(await Meeting.StartByAsync(way, nodes, Limit).ConfigureAwait(false));
                    await Meeting.AgreeAsync(nodes).ConfigureAwait(false);
                    Table.Tell($"roj  {nodes.Length,4} hosts met by {way} in {met[^1].TotalSeconds:F2} s");
                }).ConfigureAwait(false);
            }

            var limit = way == Way.Sweep ? Limits.MetBySweep : Limits.Met;
            figures.Add(new Figure($"{options.Nodes} hosts, {way} alone: all see all, median", "s", Rank.Of(met, 50), limit));
        }

        return figures;
    }
}

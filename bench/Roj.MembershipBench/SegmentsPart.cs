using Roj.EndToEnd;
using Roj.EndToEnd.Members;

namespace Roj.MembershipBench;

/// <summary>Two networks that are joined, and one that breaks in two.</summary>
internal static class SegmentsPart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Measures Roj at the largest size.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options)
    {
        List<Figure> figures = [];
        await Lab.RunAsync(options.Nodes, "membership-segments", async lab =>
        {
            MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
            var half = nodes.Length / 2;
            var (left, right) = (nodes[..half], nodes[half..]);
            LabHost[] here = [.. left.Select(node => node.Host)], there = [.. right.Select(node => node.Host)];
            lab.Partition(here, there);
            foreach (var node in nodes)
                node.Start();
            await Watch.UntilAsync(left, left, "alive", Limit).ConfigureAwait(false);
            await Watch.UntilAsync(right, right, "alive", Limit).ConfigureAwait(false);
            var joined = await HealAsync(lab, nodes).ConfigureAwait(false);
            figures.Add(new Figure($"{half} + {nodes.Length - half} hosts: joined, all see all after", "s", joined, Limits.Joined));

            var split = Watch.Now;
            lab.Partition(here, there);
            await Watch.UntilAsync(left, right, "dead", Limit).ConfigureAwait(false);
            var dead = await Watch.UntilAsync(right, left, "dead", Limit).ConfigureAwait(false);
            figures.Add(new Figure("split, all of the other half dead to each after", "s", (dead - split).TotalSeconds));
            await Watch.ForAsync(nodes, split + options.Split - Watch.Now).ConfigureAwait(false);
            var healed = await HealAsync(lab, nodes).ConfigureAwait(false);
            figures.Add(new Figure($"healed after {options.Split.TotalSeconds:F0} s, all see all after", "s", healed));
        }).ConfigureAwait(false);
        return figures;
    }

    private static async Task<double> HealAsync(Lab lab, MemberNode[] nodes)
    {
        lab.Heal();
        var healed = Watch.Now;
        var took = await Watch.UntilAsync(nodes, nodes, "alive", Limit).ConfigureAwait(false) - healed;
        await Meeting.AgreeAsync(nodes).ConfigureAwait(false);
        Table.Tell($"roj  {nodes.Length,4} hosts were one again after {took.TotalSeconds:F2} s");
        return took.TotalSeconds;
    }
}

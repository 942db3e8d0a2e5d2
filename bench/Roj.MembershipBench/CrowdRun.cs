using Roj.EndToEnd;
using Roj.EndToEnd.Members;

namespace Roj.MembershipBench;

/// <summary>What one program did as a cluster of one size.</summary>
/// <param name="Met">From the last start until all saw all, once for each cluster that was started.</param>
/// <param name="Sent">Bytes that each node sent per second, idle.</param>
/// <param name="Received">Bytes that each node was sent per second, idle.</param>
/// <param name="RssMiB">Memory of each node, idle.</param>
/// <param name="CpuPercent">Processor time of each node, idle, in percent of a core.</param>
/// <param name="Deaths">The deaths.</param>
internal sealed record CrowdRun(
    IReadOnlyList<TimeSpan> Met,
    IReadOnlyList<double> Sent,
    IReadOnlyList<double> Received,
    IReadOnlyList<double> RssMiB,
    IReadOnlyList<double> CpuPercent,
    IReadOnlyList<Death> Deaths)
{
    private const double MiB = 1024 * 1024;

    // Among sixty, serf exchanges everything once a minute, and only then learns what it missed.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15); // nodes go on greeting each other for ten

    /// <summary>Starts clusters, and has the last one idle and be killed node by node.</summary>
    public static async Task<CrowdRun> OfAsync(Subject subject, int nodes, int starts, TimeSpan idle, int kills)
    {
        List<TimeSpan> met = [];
        CrowdRun? run = null;
        for (var start = 1; start <= starts; start++)
        {
            var isLast = start == starts;
            await Lab.RunAsync(nodes, $"membership-{subject.Name}-{nodes}", async lab =>
            {
                Agent[] agents = [.. lab.Hosts.Select(subject.On)];
                met.Add(await Meeting.StartAsync(agents, Limit).ConfigureAwait(false));
                Table.Tell($"{subject.Name,-8}{nodes,4} hosts met in {met[^1].TotalSeconds:F2} s");
                if (!isLast)
                    return;
                run = await IdleAsync(agents, met, idle).ConfigureAwait(false);
                run = run with { Deaths = await KillAsync(subject, agents, kills).ConfigureAwait(false) };
            }).ConfigureAwait(false);
        }

        return run!;
    }

    private static async Task<CrowdRun> IdleAsync(Agent[] agents, IReadOnlyList<TimeSpan> met, TimeSpan idle)
    {
        await Task.Delay(Rest).ConfigureAwait(false);
        var (began, traffic, cpu) = (Watch.Now, Traffics(agents), Usages(agents));
        await Task.Delay(idle).ConfigureAwait(false); // nobody looks: nothing but the nodes is at work
        var seconds = (Watch.Now - began).TotalSeconds;
        var (later, usage) = (Traffics(agents), Usages(agents));
        return new CrowdRun(
            met,
            [.. later.Zip(traffic, (after, before) => (after - before).SentBytes / seconds)],
            [.. later.Zip(traffic, (after, before) => (after - before).ReceivedBytes / seconds)],
            [.. usage.Select(now => now.RssBytes / MiB)],
            [.. usage.Zip(cpu, (after, before) => 100 * (after.Cpu - before.Cpu).TotalSeconds / seconds)],
            []);
    }

    private static async Task<IReadOnlyList<Death>> KillAsync(Subject subject, Agent[] agents, int kills)
    {
        List<Death> deaths = [];
        for (var kill = 0; kill < kills; kill++)
        {
            // Not the first: serf's others were told its address.
            var victim = agents[1 + (kill % (agents.Length - 1))];
            deaths.Add(await Death.OfAsync(victim, agents, Limit).ConfigureAwait(false));
            Table.Tell($"{subject.Name,-8}{agents.Length,4} hosts knew of death {kill + 1} after {deaths[^1].First.TotalSeconds:F2} s "
                + $"to {deaths[^1].Last.TotalSeconds:F2} s");
            victim.Start();
            await Watch.UntilAsync(agents, [victim], "alive", Limit).ConfigureAwait(false);
            await Watch.UntilAsync([victim], agents, "alive", Limit).ConfigureAwait(false);
        }

        return deaths;
    }

    private static Traffic[] Traffics(Agent[] agents) => [.. agents.Select(agent => agent.Host.Traffic())];

    private static ProcessUsage[] Usages(Agent[] agents) => [.. agents.Select(agent =>
    {
        agent.Process.Sample();
        return agent.Process.Usage;
    })];
}

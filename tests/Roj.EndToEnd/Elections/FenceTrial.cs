using System.Globalization;
using Roj.EndToEnd.Fences;
using Roj.EndToEnd.Members;
using Roj.Kernel;

namespace Roj.EndToEnd.Elections;

/// <summary>The leader of five who decide by majority is killed, or its host stands still, again and again: never do two lead at one time,
/// and nothing that one of them has written for the cluster comes after what its successor wrote.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="election">Which election nominates.</param>
/// <param name="rounds">How often.</param>
internal sealed class FenceTrial(string name, string election, int rounds) : ClusterTrial(name, 5)
{
    private static readonly TimeSpan NextLimit = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(5);

    private readonly List<TimeSpan> nexts = [];
    private readonly List<(ElectionNode Node, DateTimeOffset From, DateTimeOffset To)> stillnesses = [];

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        FencedWork[] works = [.. own.Select(host => new FencedWork(host.Directory))];
        string[] common = ["--cluster", Name, "--election", election, "--election-wait", "1s", "--expect", "5", "--lease", "1s"];
        var cluster = new Electorate(
            Name, [.. own.Zip(works, (host, work) => new ElectionNode(host) { Words = [.. common, "--on-leader", work.Command] })]);
        foreach (var work in works)
            work.Prepare();
        foreach (var node in cluster.Nodes)
            node.Start();
        using var stop = new CancellationTokenSource();
        FencedWriter[] writers =
        [
            .. cluster.Nodes.Zip(works, (node, work) =>
                new FencedWriter(Name, node, work, (term, sequence) => new Fence("leader", term, sequence))),
        ];
        Task[] writing = [.. writers.Select(writer => Task.Run(() => writer.RunAsync(stop.Token)))];
        try
        {
            for (var round = 0; round < rounds; round++)
                await HarmAsync(cluster, works, writers, round % 2 == 0);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        JudgeTimes(cluster, works);
        JudgeWrites(writers);
        Took($"{rounds} rounds, the next leads after at most", nexts.Max(), NextLimit);
    }

    private async Task HarmAsync(Electorate cluster, FencedWork[] works, FencedWriter[] writers, bool isKilled)
    {
        var (leader, term) = await WorkingAsync(cluster, works, cluster.Nodes);
        ElectionNode[] others = [.. cluster.Nodes.Where(node => node != leader)];
        var space = ProcFs.NetworkNamespace(leader.Process.Id);
        var harmed = DateTimeOffset.UtcNow;
        if (isKilled)
        {
            await leader.Process.KillAsync();
            await Poll.UntilAsync(() => !Inside(space).Any(), Gone,
                $"{Name}: nothing that {leader.Name} started lives after it was killed");
        }
        else
        {
            Signal(space, Native.SigStop);
        }

        var next = await cluster.LaterAsync(others, term);
        nexts.Add(next.Leader.Leader!.At - harmed);
        var (_, later) = await WorkingAsync(cluster, works, others);
        await Poll.UntilAsync(
            () => writers.Any(writer => writer.LastTerm >= later), Electorate.Patience, $"{Name}: something is written in term {later}");
        if (isKilled)
        {
            leader.Start();
            return;
        }

        var woken = DateTimeOffset.UtcNow;
        Signal(space, Native.SigCont);
        await Poll.UntilAsync(
            () => !Inside(space, but: leader.Process.Id).Any(), Gone, $"{Name}: the command of {leader.Name}, who woke up, is over");
        stillnesses.Add((leader, woken, DateTimeOffset.UtcNow));
    }

    // Where a machine has much else to do, somebody may lead and lose that again before his command has begun.
    private async Task<(ElectionNode Leader, ulong Term)> WorkingAsync(
        Electorate cluster, FencedWork[] works, IReadOnlyList<ElectionNode> nodes)
    {
        for (var end = Watch.Now + Electorate.Patience; ;)
        {
            var (leader, term, _) = await cluster.SettledAsync(nodes);
            var work = works[Array.IndexOf(cluster.Nodes, leader)];
            for (var i = 0; i < 100 && work.Term != term; i++)
                await Task.Delay(20);
            if (work.Term == term)
                return (leader, term);
            Must(Watch.Now < end, $"the command of {leader.Name} does not work in {term}");
        }
    }

    // What a command says between its host's waking and its end is late by its nature: it can't know how long it stood still. That is what
    // the fence is for.
    private void JudgeTimes(Electorate cluster, FencedWork[] works)
    {
        SortedDictionary<ulong, (DateTimeOffset Begin, DateTimeOffset End, string Who)> terms = [];
        for (var i = 0; i < works.Length; i++)
        {
            var node = cluster.Nodes[i];
            bool IsLate(DateTimeOffset at) => stillnesses.Any(one => one.Node == node && at >= one.From && at <= one.To);
            foreach (var term in works[i].Lines().Where(line => !IsLate(line.At)).GroupBy(line => line.Term))
                Must(terms.TryAdd(term.Key, (term.Min(line => line.At), term.Max(line => line.At), node.Name)),
                    $"two worked in term {term.Key}");
        }

        foreach (var (earlier, later) in terms.Zip(terms.Skip(1)))
        {
            Must(
                earlier.Value.End < later.Value.Begin,
                $"{earlier.Value.Who} worked in term {earlier.Key} until {earlier.Value.End:O}, "
                    + $"{later.Value.Who} in {later.Key} from {later.Value.Begin:O}");
        }

        Must(terms.Count > rounds, $"{terms.Count} terms in {rounds} rounds");
        var late = stillnesses.Select(one => one.To - one.From).DefaultIfEmpty().Max();
        Count(string.Create(CultureInfo.InvariantCulture,
            $"{terms.Count} terms, a command that woke up over after at most {late.TotalMilliseconds:F0} ms"));
    }

    private void JudgeWrites(FencedWriter[] writers)
    {
        var all = writers.SelectMany(writer => writer.Written).OrderBy(one => one.Version).ToArray();
        foreach (var (before, after) in all.Zip(all.Skip(1)))
            Must(before.Term <= after.Term,
                $"version {after.Version} was written under term {after.Term}, {before.Version} under {before.Term}");
        var terms = all.Select(one => one.Term).Distinct().Count();
        Must(terms > rounds, $"only in {terms} terms something was written");
        Count(string.Create(CultureInfo.InvariantCulture,
            $"{all.Length} writes in {terms} terms, {writers.Sum(writer => writer.Fenced)} refused"));
    }

    private static IEnumerable<int> Inside(string? space, int but = 0) => ProcFs.Processes()
        .Where(pid => pid != but && ProcFs.State(pid) is not (null or 'Z') && ProcFs.NetworkNamespace(pid) == space);

    private static void Signal(string? space, int signal)
    {
        for (var again = 0; again < 2; again++) // whatever was started meanwhile
        {
            foreach (var pid in Inside(space).ToArray())
                Native.Signal(pid, signal);
        }
    }
}

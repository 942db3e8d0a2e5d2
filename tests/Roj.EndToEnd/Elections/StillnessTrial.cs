using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Elections;

/// <summary>Of five the leader stands still and wakes up; two are cut off from three and meet them again; all are restarted at
/// once.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="words">What nodes are told.</param>
/// <param name="isQuorum">Whether a majority decides who leads.</param>
internal sealed class StillnessTrial(string name, IReadOnlyList<string> words, bool isQuorum) : ClusterTrial(name, 5)
{
    private static readonly TimeSpan DeathAndElection = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(15);

    // Past the lease, and past what a program may stand still without noticing it.
    private static readonly TimeSpan Stillness = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var cluster = new Electorate(Name, own, words);
        foreach (var node in cluster.Nodes)
            node.Start();
        var first = await cluster.SettledAsync(cluster.Nodes);
        var second = await PauseAsync(cluster, first.Leader, first.Term);
        var third = await SplitAsync(lab, cluster, second.Leader, second.Term);

        var killed = Watch.Now;
        foreach (var node in cluster.Nodes)
            await node.Process.KillAsync();
        foreach (var node in cluster.Nodes)
            node.Start();
        await cluster.LaterAsync(cluster.Nodes, third.Term);
        Took("all restarted, settled", Watch.Now - killed, DeathAndElection);
    }

    private async Task<(ElectionNode Leader, ulong Term, DateTimeOffset At)> PauseAsync(Electorate cluster, ElectionNode leader, ulong term)
    {
        ElectionNode[] others = [.. cluster.Nodes.Where(node => node != leader)];
        var paused = DateTimeOffset.UtcNow;
        leader.Process.Pause();
        var next = await cluster.LaterAsync(others, term);
        Took("leader paused, next", next.At - paused, DeathAndElection);
        await Task.Delay(Stillness);
        var woken = DateTimeOffset.UtcNow; // before: it may have said it all by the time that this program runs again
        leader.Process.Continue();
        var last = await cluster.SettledAsync(cluster.Nodes);
        Must(last.Leader == next.Leader && last.Term == next.Term,
            $"{last.Leader.Name} leads in {last.Term} after who woke up; before {next}");
        var news = leader.News.Where(one => one.At >= woken && one.Kind == "leader.changed").ToArray();
        Took("woken, follows", news[^1].At - woken, HealLimit);
        Must(news.All(one => one.Leader != leader.Id), $"who woke up led again: {string.Join(" | ", news.Select(one => one.Message))}");
        return last;
    }

    private async Task<(ElectionNode Leader, ulong Term, DateTimeOffset At)> SplitAsync(
        Lab lab, Electorate cluster, ElectionNode leader, ulong term)
    {
        ElectionNode[] two = [leader, cluster.Nodes.First(node => node != leader)];
        ElectionNode[] three = [.. cluster.Nodes.Except(two)];
        var cut = DateTimeOffset.UtcNow;
        lab.Part([.. two.Select(node => node.Host)], [.. three.Select(node => node.Host)], isCut: true);
        var there = await cluster.LaterAsync(three, term);
        Took("split, the three", there.At - cut, DeathAndElection);
        if (isQuorum)
        {
            await cluster.UntilAsync(() => two.All(node => node.Leader is null), DeathAndElection, "the two have no leader");
            foreach (var node in two)
                Must((await node.AnswerAsync(Electorate.Patience, "leader")).StartsWith("nobody leads: ", StringComparison.Ordinal),
                    "it does not say why");
            var over = leader.News.Last(one => one.Kind == "leader.changed").At;
            Must(over <= there.Leader.Leader!.At, $"the old leader ended at {over:O}, the new one began at {there.Leader.Leader!.At:O}");
        }
        else
        {
            Must((await cluster.SettledAsync(two)).Leader == leader, "the two have another leader than before");
        }

        lab.Part([.. two.Select(node => node.Host)], [.. three.Select(node => node.Host)], isCut: false);
        var healed = Watch.Now;
        var last = await cluster.SettledAsync(cluster.Nodes);
        Took("healed", Watch.Now - healed, HealLimit);
        return last;
    }
}

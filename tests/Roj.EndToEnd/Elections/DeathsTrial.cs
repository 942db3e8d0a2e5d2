using System.Globalization;
using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Elections;

/// <summary>Five of six are started; leader and follower die, one returns, one with a higher address comes, the leader goes in good
/// order.</summary>
internal sealed class DeathsTrial(string name, IReadOnlyList<string> words) : ClusterTrial(name, 6)
{
    // reliability.md, "Recovery figures": crash to dead everywhere, and from there to the next leader; a clean leave.
    private static readonly TimeSpan DeadLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NextLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var cluster = new Electorate(Name, own, words);
        var five = cluster.Nodes[..5];
        foreach (var node in five)
            node.Start();
        var first = await cluster.SettledAsync(five);

        ElectionNode[] others = [.. five.Where(node => node != first.Leader)];
        var killed = DateTimeOffset.UtcNow;
        await first.Leader.Process.KillAsync();
        var second = await cluster.LaterAsync(others, first.Term);
        Took("leader killed", second.At - killed, DeadLimit + NextLimit);

        // It may have the highest address of all: it follows all the same, and so does a newcomer that has a still higher one.
        first.Leader.Start();
        await SameAsync(cluster, five, second.Leader, "who returned");

        var follower = five.First(node => node != second.Leader);
        await KeepsColourAsync(cluster, five, follower, second.Leader);
        cluster.Nodes[5].Start();
        ElectionNode[] now = [.. cluster.Nodes.Where(node => node != follower)];
        await SameAsync(cluster, now, second.Leader, "who came");

        var asked = DateTimeOffset.UtcNow;
        var leaving = second.Leader.Process.TerminateAsync();
        now = [.. now.Where(node => node != second.Leader)];
        var third = await cluster.LaterAsync(now, second.Term);
        var end = await leaving;
        Must(!end.Forced && end.ExitCode == 0, $"SIGTERM: exit code {end.ExitCode}, {end.Took}");
        Took("leader left", third.Leader.Leader!.At - asked, LeaveLimit);
        Count(string.Create(CultureInfo.InvariantCulture, $"heard everywhere after {(third.At - asked).TotalSeconds:F2} s"));
    }

    private async Task SameAsync(Electorate cluster, IReadOnlyList<ElectionNode> nodes, ElectionNode leader, string who)
    {
        var begun = Watch.Now;
        var settled = await cluster.SettledAsync(nodes);
        Must(settled.Leader == leader, $"{who} did not follow: {settled.Leader.Name} leads after {leader.Name}");
        Took($"{who} colored", Watch.Now - begun, DeadLimit + NextLimit);
    }

    // Invariant C4: at most two of those who stay are another colour afterwards.
    private async Task KeepsColourAsync(Electorate cluster, ElectionNode[] nodes, ElectionNode victim, ElectionNode leader)
    {
        var before = (await leader.ColoursAsync()).Colours;
        var killed = Watch.Now;
        await victim.Process.KillAsync();
        ElectionNode[] rest = [.. nodes.Where(node => node != victim)];
        var settled = await cluster.SettledAsync(rest);
        Must(settled.Leader == leader, $"{settled.Leader.Name} leads after a follower of {leader.Name} died");
        Took("follower killed, colored", Watch.Now - killed, DeadLimit + NextLimit);
        var after = (await leader.ColoursAsync()).Colours;
        var other = rest.Count(node => before[node.Id] != after[node.Id]);
        Must(other <= 2, $"{other} of those who stayed changed their color");
    }
}

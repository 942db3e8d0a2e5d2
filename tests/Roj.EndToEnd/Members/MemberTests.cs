using Xunit;

namespace Roj.EndToEnd.Members;

/// <summary>Nodes that nobody told anything: who comes, dies, leaves and returns is known to all.</summary>
public class MemberTests
{
    // Native nodes on a quiet machine need a third of a second, and five for a death; others build here at the same time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public Task All_see_who_comes_dies_leaves_and_returns(int count) => Lab.RunAsync(count, $"members-{count}", async lab =>
    {
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        foreach (var node in nodes)
            node.Start();
        await AllSeeAsync(nodes, nodes, "alive");
        await Meeting.AgreeAsync(nodes);

        var (watchers, killed, leaver) = (nodes[2..], nodes[0], nodes[1]);
        var (_, id, incarnation) = watchers[0].Members[killed.Name];
        await killed.Process.KillAsync();
        await AllSeeAsync([.. watchers, leaver], [killed], "dead");

        var end = await leaver.Process.TerminateAsync();
        Assert.Equal((false, 0), (end.Forced, end.ExitCode));
        await AllSeeAsync(watchers, [leaver], "left");

        killed.Start();
        await AllSeeAsync(watchers, [killed], "alive");
        var returned = watchers[0].Members[killed.Name];
        Assert.Equal(id, returned.Id);
        Assert.True(returned.Incarnation > incarnation, $"{returned.Incarnation} after {incarnation}");
        foreach (var watcher in watchers)
            Assert.Equal("left", watcher.Members[leaver.Name].State); // and stays so
    });

    [Fact]
    public Task A_second_node_with_the_same_data_ends_and_says_why() => Lab.RunAsync(1, "members-lock", async lab =>
    {
        var node = new MemberNode(lab.Hosts[0]);
        node.Start();
        await node.Process.SaysAsync("{", Patience);
        string[] args = ["node", "--data-dir", Path.Combine(lab.Hosts[0].Directory, "data"), "--port", "7171"];
        var second = lab.Hosts[0].Start(Repository.Program(), args, log: "second.log");
        Assert.Equal(1, await second.ExitAsync(Patience));
        await second.SaysAsync($"roj: another node (process {node.Process.Id}) uses ", Patience);
        Assert.False(node.Process.HasExited);
    });

    private static Task<TimeSpan> AllSeeAsync(MemberNode[] watchers, MemberNode[] seen, string state) =>
        Watch.UntilAsync(watchers, seen, state, Patience);
}

using Xunit;

namespace Roj.EndToEnd.Members;

/// <summary>Networks that are joined, that break apart, and that are whole again.</summary>
public class SegmentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // After all are dead to each other: how often each side probes the other's remembered members is a matter of seconds.
    private static readonly TimeSpan Apart = Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1"
        ? TimeSpan.FromMinutes(10)
        : TimeSpan.FromSeconds(12);

    [Fact]
    public Task Two_networks_that_meet_are_one_and_heal_after_a_split() => Lab.RunAsync(8, "members-segments", async lab =>
    {
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        var (left, right) = (nodes[..4], nodes[4..]);
        IReadOnlyList<LabHost> here = [.. left.Select(node => node.Host)], there = [.. right.Select(node => node.Host)];
        lab.Partition(here, there);
        foreach (var node in nodes)
            node.Start();
        await Watch.UntilAsync(left, left, "alive", Patience);
        await Watch.UntilAsync(right, right, "alive", Patience);
        Assert.All(left, node => Assert.All(right, other => Assert.Null(node.Said(other))));

        lab.Heal();
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
        await Meeting.AgreeAsync(nodes);

        lab.Partition(here, there);
        await Watch.UntilAsync(left, right, "dead", Patience);
        await Watch.UntilAsync(right, left, "dead", Patience);
        await Watch.ForAsync(nodes, Apart);
        await Meeting.AgreeAsync(left);
        await Meeting.AgreeAsync(right);

        lab.Heal();
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
        await Meeting.AgreeAsync(nodes);
    });
}

using Xunit;

namespace Roj.EndToEnd.Members;

/// <summary>Each way of finding others is enough by itself.</summary>
public class FindingTests
{
    // A third of a second on a quiet machine, eight seconds for a sweep.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Way.Broadcast)]
    [InlineData(Way.Sweep)]
    [InlineData(Way.Join)]
    [InlineData(Way.Memory)]
    public Task One_way_alone_is_enough(string way) => Lab.RunAsync(6, $"members-{way}", async lab =>
    {
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        Console.WriteLine($"members-{way}  met {(await Meeting.StartByAsync(way, nodes, Patience)).TotalSeconds:F2} s");
        await Meeting.AgreeAsync(nodes);
    });

    [Fact]
    public Task Without_any_way_nobody_is_found() => Lab.RunAsync(2, "members-none", async lab =>
    {
        // Else the test above could not fail.
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        foreach (var node in nodes)
            node.Start(Way.Arguments(Way.Memory));
        await Watch.ForAsync(nodes, TimeSpan.FromSeconds(2));
        Assert.All(nodes, node => Assert.DoesNotContain(node.Sightings, sighting => sighting.Name != node.Name));
    });
}

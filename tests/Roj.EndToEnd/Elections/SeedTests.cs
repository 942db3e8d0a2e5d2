using System.Globalization;
using Xunit;

namespace Roj.EndToEnd.Elections;

/// <summary>The runs that seeds 001 and 002 describe, in their own topologies, step by step in the logs.</summary>
/// <remarks>A node is told where its data are, what it is called and how to write its log, since the hosts share one disk; of elections
/// what the seed tells it.</remarks>
public class SeedTests
{
    private const byte FirstNumber = 101;
    private const string RingNetwork = "10.0.1";

    private static bool IsAll => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1";

    /// <summary>How many nodes.</summary>
    public static TheoryData<int> Sizes => IsAll ? [3, 5, 10, 30] : [3, 5];

    [Theory]
    [MemberData(nameof(Sizes))]
    public Task A_ring_of_NUM_NODES_elects_and_colors(int count) => RunAsync(count, $"seed-ring-{count}", lab =>
    {
        lab.AlsoAs(RingNetwork);
        return [.. lab.Hosts.Select(host => Ring(host, count))];
    }, RingSteps, "ring");

    [Theory]
    [MemberData(nameof(Sizes))]
    public Task Nodes_that_are_told_nothing_elect_the_highest_address_and_color(int count) => RunAsync(
        count, $"seed-bully-{count}", lab => [.. lab.Hosts.Select(host => new ElectionNode(host))], BullySteps, "bully");

    private static async Task RunAsync(
        int count, string name, Func<Lab, ElectionNode[]> make, Action<ElectionNode[], ElectionNode> steps, string election)
    {
        byte[] numbers = [.. Enumerable.Range(FirstNumber, count).Select(number => (byte)number)];
        await Lab.RunAsync(numbers, name, async lab =>
        {
            var cluster = new Electorate(name, make(lab));
            var begun = DateTimeOffset.UtcNow;
            foreach (var node in cluster.Nodes)
                node.Start();
            var (leader, term, at) = await cluster.SettledAsync(cluster.Nodes, TimeSpan.FromSeconds(90));
            Assert.Equal(1UL, term);
            var kind = (await leader.LeaderAsync()).Election;
            Assert.Equal(election, kind);
            await cluster.UntilAsync(() => cluster.Nodes.All(HasColours), Electorate.Patience, "all have written their colors");
            steps(cluster.Nodes, leader);

            var colours = (await leader.ColoursAsync()).Colours;
            Assert.Equal((count + 2) / 3, colours.Values.Count(colour => colour == "green"));
            Assert.StartsWith($"{leader.Name} (", await cluster.Nodes[0].AnswerAsync(Electorate.Patience, "leader"),
                StringComparison.Ordinal);
            var table = await cluster.Nodes[^1].AnswerAsync(Electorate.Patience, "colors");
            Assert.Equal((count + 2) / 3, table.Split('\n').Count(line => line.Contains(" green  ", StringComparison.Ordinal)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {leader.Name} leads after {(at - begun).TotalSeconds:F2} s"));
        });
    }

    private static ElectionNode Ring(LabHost host, int count)
    {
        var address = $"{RingNetwork}.{host.Number}";
        var told = new SortedDictionary<string, string?> { ["NUM_NODES"] = $"{count}", ["IP_ADDRESS"] = address };
        if (!IsAll)
            told["ROJ_ELECTION_WAIT"] = "3s"; // the seed's 15 s
        return new ElectionNode(host) { At = address, Told = told };
    }

    private static bool HasColours(ElectionNode node) => node.News.Any(one => one.Kind == "colors.changed");

    // Whose candidacy comes home leads; it tells all, collects, colors, and knows when all have heard.
    private static void RingSteps(ElectionNode[] nodes, ElectionNode leader)
    {
        AssertOrder(
            leader, "looks for the others", "stands", "its own candidacy has come home", "this node leads in term 1",
            $"has collected who is in the ring: {nodes.Length}", "colors 1 of term 1", "all have heard who leads, and their colors");
        foreach (var node in nodes.Where(node => node != leader))
            AssertOrder(node, "looks for the others", "leads in term 1", "colors 1 of term 1");
        Assert.Single(nodes, node => node.News.Any(one => one.Message.Contains("its own candidacy", StringComparison.Ordinal)));
    }

    private static void BullySteps(ElectionNode[] nodes, ElectionNode leader)
    {
        Assert.Equal(nodes[^1], leader);
        AssertOrder(leader, "looks for the others", "has the highest address", "this node leads in term 1", "colors 1 of term 1");
        foreach (var node in nodes[..^1])
            AssertOrder(node, "looks for the others", $"{leader.Name} leads in term 1", "colors 1 of term 1");
        Assert.Single(nodes, node => node.News.Any(one => one.Message.Contains("has the highest address", StringComparison.Ordinal)));
    }

    private static void AssertOrder(ElectionNode node, params string[] words)
    {
        var said = node.News.Select(one => one.Message).ToArray();
        var from = 0;
        foreach (var word in words)
        {
            var at = Array.FindIndex(said, from, line => line.Contains(word, StringComparison.Ordinal));
            Assert.True(at >= 0, $"{node.Name} does not say \"{word}\" in its turn: {string.Join(" | ", said)}");
            from = at + 1;
        }
    }
}

using System.Globalization;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Documents;

/// <summary>The drills for operators are done, in their order, and what they are told to expect is what is said.</summary>
public class DrillTests
{
    private const string Document = "docs/operations.md";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public Task Every_drill_ends_as_its_page_says() => Lab.RunAsync(4, "drills", async lab =>
    {
        var drills = Drill.Of(Document, File.ReadAllText(Path.Combine(Repository.Root, Document)));
        Assert.NotEmpty(drills);
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new DrilledNode(host))];
        await Meeting.StartAsync(nodes, Patience);
        var gone = new List<MemberNode>();
        MemberNode? leader = null;
        foreach (var drill in drills)
        {
            // Whoever leads may be n1 or n2; who is asked is never one that is harmed by name.
            var asked = nodes.Except(gone).First(node => node.Name is not "n3" and not "n4");
            if (drill is { Command: "kill -9 PID", On: "the leader" })
                leader = await LeaderAsync(nodes, asked);
            var named = drill.On is "the leader" ? leader : nodes.SingleOrDefault(node => node.Name == drill.On);
            if (named is null)
            {
                await SaysAsync(asked, drill);
                continue;
            }

            if (gone.Remove(named))
                Heal(named, drill.Command);
            else
                await HarmAsync(named, drill.Command, gone);
        }
    });

    [Fact]
    public void What_is_expected_is_said_but_for_numbers_and_ids()
    {
        const string Text = """
            ```console
            $ kill -9 PID      # n3
            $ roj members
            n3   dead  10.77.0.3:7071  0123456789abcdef0123456789abcdef
            n2   alive…
            ```
            $ roj leader
            """;
        var drills = Drill.Of("a.md", Text);
        Assert.Equal(["kill -9 PID", "roj members"], drills.Select(drill => drill.Command));
        Assert.Equal(("n3", "a.md:3"), (drills[0].On, drills[1].Place));
        Assert.Null(drills[1].MissingIn("n3 dead 1.2.3.4:5 fedcba9876543210fedcba9876543210\nn2 alive and more"));
        Assert.Equal("n2   alive…", drills[1].MissingIn("n3 dead 1.2.3.4:5 fedcba9876543210fedcba9876543210\nn1 alive"));
    }

    private static async Task HarmAsync(MemberNode node, string command, List<MemberNode> gone)
    {
        gone.Add(node);
        if (command is "kill -STOP PID")
            node.Process.Pause();
        else if (command is "kill -9 PID")
            await node.Process.KillAsync();
        else
            Assert.Fail($"nobody knows how to do '{command}' to {node.Name}");
    }

    private static void Heal(MemberNode node, string command)
    {
        if (command is "kill -CONT PID")
            node.Process.Continue();
        else if (command is "systemctl start roj")
            node.Start();
        else
            Assert.Fail($"nobody knows how to do '{command}' to {node.Name}");
    }

    private static async Task<MemberNode> LeaderAsync(MemberNode[] nodes, MemberNode asked)
    {
        for (var end = Watch.Now + Patience; Watch.Now < end; await Task.Delay(200))
        {
            var process = asked.Ask("leader.log", "leader");
            await process.ExitAsync(Patience);
            var name = File.ReadAllLines(process.Log).LastOrDefault(line => line.Contains(" leads in term ", StringComparison.Ordinal));
            if (nodes.SingleOrDefault(node => name?.StartsWith(node.Name + " ", StringComparison.Ordinal) is true) is { } leader)
                return leader;
        }

        throw new LabException("nobody leads");
    }

    // What takes a moment is asked for again, as a reader would.
    private static async Task SaysAsync(MemberNode asked, Drill drill)
    {
        string? missing = null;
        var said = "";
        for (var (end, run) = (Watch.Now + Patience, 0); Watch.Now < end; await Task.Delay(200))
        {
            var log = string.Create(CultureInfo.InvariantCulture, $"drill-{drill.Place.Split(':')[1]}-{++run}.log");
            var process = asked.Ask(log, drill.Command.Split(' ')[1..]);
            await process.ExitAsync(Patience);
            said = File.ReadAllText(process.Log);
            missing = drill.MissingIn(said);
            if (missing is null)
                return;
        }

        Assert.Fail($"{drill.Place}: {drill.Command} at {asked.Name} never said '{missing}', but: {said}");
    }

    private sealed class DrilledNode(LabHost host) : MemberNode(host)
    {
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"n{Host.Number}");
    }
}

using System.Globalization;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Security;

/// <summary>All that nodes with a key said by datagram is recorded, and said again in their names.</summary>
public class ReplayTests
{
    private const long GrowthMax = 10 << 20;
    private const int Times = 3;

    private static readonly TimeSpan Patience = ClosedNodes.Patience;

    [Fact]
    public Task What_was_recorded_has_no_effect_on_who_runs_who_was_restarted_and_who_left() => Lab.RunAsync(3, "replay", async lab =>
    {
        var nodes = ClosedNodes.Of(lab.Hosts, ClosedNodes.NewKey());
        var (hearer, other, leaver) = (nodes[0], nodes[1], nodes[2]);
        using var recorder = new Recorder();
        await Meeting.StartAsync(nodes, Patience);
        // Farewells and returns are recorded as well: they would do the most harm.
        foreach (var node in nodes[1..])
        {
            MemberNode[] others = [.. nodes.Where(one => one != node)];
            Assert.False((await node.Process.TerminateAsync()).Forced);
            await Watch.UntilAsync(others, [node], "left", Patience);
            node.Start();
            await Watch.UntilAsync(nodes, nodes, "alive", Patience);
        }

        await Watch.ForAsync(nodes, TimeSpan.FromSeconds(2));
        var recorded = Recorder.Datagrams(recorder.Stop());
        Assert.All(nodes, node => Assert.True(recorded.Count(frame => Recorder.IsFrom(frame, node.Host)) > 10, $"{node.Name} said little"));

        await NothingHappensAsync("while all run", recorded, nodes, "replayed");

        await hearer.Process.KillAsync();
        hearer.Start();
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
        await NothingHappensAsync("after a restart", recorded, nodes, "stranger");

        await leaver.Process.TerminateAsync();
        MemberNode[] rest = [hearer, other];
        await Watch.UntilAsync(rest, [leaver], "left", Patience);
        await NothingHappensAsync("after a farewell", recorded, rest, "replayed");
        Assert.All(rest, node => Assert.Equal("left", node.Said(leaver)));

        leaver.Start(); // and yet it may return
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
    });

    /// <summary>Says it all again, and looks whether anybody who hears it takes notice.</summary>
    private static async Task NothingHappensAsync(string when, IReadOnlyList<byte[]> recorded, MemberNode[] hearers, string counter)
    {
        await Watch.ForAsync(hearers, TimeSpan.FromSeconds(1)); // what is under way arrives
        var before = hearers.Select(node => node.Sightings.Count).ToArray();
        var memory = hearers.Select(Rss).ToArray();
        var kept = await KeptOutAsync(hearers);
        for (var i = 0; i < Times; i++)
            await Recorder.ReplayAsync(recorded);
        await Watch.ForAsync(hearers, TimeSpan.FromSeconds(1.5));

        for (var i = 0; i < hearers.Length; i++)
        {
            // On a busy machine somebody may be suspected, and deny it; that is none of the replay's doing.
            Assert.DoesNotContain(
                hearers[i].Sightings.Skip(before[i]),
                one => one.State is "dead" or "left" || hearers.All(node => node.Name != one.Name));
            var growth = Rss(hearers[i]) - memory[i];
            Assert.True(growth <= GrowthMax, $"{hearers[i].Name} grew by {growth} bytes");
        }

        var after = await KeptOutAsync(hearers);
        var counts = string.Join(", ", after.Zip(kept).Select(pair => string.Join(
            ' ', pair.First.Select(one => $"{one.Key} {one.Value - pair.Second[one.Key]}"))));
        Console.WriteLine($"replay {when}: {Times} times {recorded.Count} datagrams; kept out: {counts}");
        // The first of them heard all three say nearly all of it: to all, or to it.
        Assert.True(
            after[0][counter] - kept[0][counter] > recorded.Count / 10,
            $"{counter} of {hearers[0].Name}, {when}, must have grown: {counts}");
    }

    private static async Task<IReadOnlyDictionary<string, long>[]> KeptOutAsync(MemberNode[] nodes)
    {
        const string Name = "roj_between_dropped_total{reason=\"";
        List<IReadOnlyDictionary<string, long>> all = [];
        foreach (var node in nodes)
        {
            var (_, text) = await node.HttpAsync(HttpMethod.Get, "/metrics", node.Token());
            all.Add(text.Split('\n').Where(line => line.StartsWith(Name, StringComparison.Ordinal))
                .Select(line => line[Name.Length..].Split("\"} "))
                .Where(words => words[0] is "foreign" or "replayed" or "stranger" or "too_many_strangers")
                .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture)));
        }

        return [.. all];
    }

    private static long Rss(MemberNode node) => ProcFs.Usage(node.Process.Id)!.Value.RssBytes;
}

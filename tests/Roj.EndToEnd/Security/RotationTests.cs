using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Security;

/// <summary>The key is changed while everything goes on.</summary>
public class RotationTests
{
    private const int Bytes = 32 << 20; // half a minute for a cable of 10 Mbit/s
    private const int SwarmPort = 6881;

    private static readonly TimeSpan Patience = ClosedNodes.Patience;

    /// <summary>Five; with <c>--all</c> twenty as well.</summary>
    public static TheoryData<int> Sizes => Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1" ? [5, 20] : [5];

    [Theory]
    [MemberData(nameof(Sizes))]
    public Task Nobody_is_lost_and_no_transfer_broken_by_three_rotations(int count) =>
        Lab.RunAsync(count + 1, $"rotation-{count}", async lab =>
        {
            var first = ClosedNodes.NewKey();
            var nodes = ClosedNodes.Of(lab.Hosts.Take(count), first);
            await Meeting.StartAsync(nodes, Patience);
            var (path, transfers) = await BeginTransfersAsync(nodes);
            var streams = await SettledStreamsAsync(nodes);

            List<string> keys = [];
            foreach (var (node, more) in new (MemberNode, string[])[] { (nodes[1], []), (nodes[2], []), (nodes[3], ["--now"]) })
            {
                var begun = Watch.Now;
                var (key, missed) = await ClosedNodes.RotateAsync(node, more);
                Assert.Empty(missed);
                keys.Add(key);
                Say($"rotation-{count}: {nodes.Length} nodes have key {key} after {(Watch.Now - begun).TotalMilliseconds:F0} ms");
            }

            await Watch.ForAsync(nodes, TimeSpan.FromSeconds(1));
            Assert.Equal(3, keys.Distinct().Count());
            foreach (var node in nodes)
                Assert.Equal([keys[^1]], await ClosedNodes.KeysAsync(node)); // it alone: the last rotation let go of the others
            var after = Streams(nodes);
            Assert.All(transfers, transfer => Assert.False(transfer.HasExited)); // or else nothing was shown
            Assert.Empty(streams.Except(after));

            lab.Hosts[0].Unlimit();
            await EndTransfersAsync(nodes, path, transfers);
            await Watch.ForAsync(nodes, TimeSpan.FromSeconds(1));
            await NobodyWasLostAsync(nodes);
            Say($"rotation-{count}: {streams.Count} connections stayed, {Count(nodes, "suspect")} times was somebody suspected");
            if (count == 5)
                await OldKeyIsNoKeyAsync(lab.Hosts[^1], nodes, first);
        });

    /// <summary>Has all fetch a file from the first, whose cable is so slow that it takes a while.</summary>
    private static async Task<(string Path, LabProcess[] Transfers)> BeginTransfersAsync(MemberNode[] nodes)
    {
        var path = Path.Combine(nodes[0].Host.Directory, "film");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(Bytes));
        var id = await nodes[0].AnswerAsync(Patience, "file", "share", path);
        nodes[0].Host.Limit(10_000_000);
        LabProcess[] transfers = [.. nodes.Skip(1).Select(node => node.Ask("get.log", "file", "get", id, "--to", Got(node)))];
        foreach (var node in nodes.Skip(1))
        {
            for (var end = Watch.Now + Patience; await HaveAsync(node, id) == 0;)
            {
                Assert.True(Watch.Now < end, $"{node.Name} has nothing yet");
                await Task.Delay(50);
            }
        }

        return (path, transfers);
    }

    private static async Task EndTransfersAsync(MemberNode[] nodes, string path, LabProcess[] transfers)
    {
        foreach (var transfer in transfers)
            Assert.Equal(0, await transfer.ExitAsync(Patience));
        var sum = SHA256.HashData(File.ReadAllBytes(path));
        foreach (var node in nodes.Skip(1))
            Assert.Equal(sum, SHA256.HashData(File.ReadAllBytes(Got(node))));
    }

    private static async Task NobodyWasLostAsync(MemberNode[] nodes)
    {
        Assert.Equal(0, Count(nodes, "dead"));
        Assert.Equal(0, Count(nodes, "left"));
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
        await Meeting.AgreeAsync(nodes);
    }

    private static async Task OldKeyIsNoKeyAsync(LabHost host, MemberNode[] nodes, string first)
    {
        var late = ClosedNodes.Of(host, first);
        late.Start();
        await late.Process.SaysAsync("{", Patience);
        await Watch.ForAsync([.. nodes, late], TimeSpan.FromSeconds(3));
        Assert.All(nodes, node => Assert.Null(node.Said(late)));
        Assert.All(nodes, node => Assert.Null(late.Said(node)));
        await late.Process.KillAsync();

        ClosedNodes.GiveKey(late, await nodes[4].AnswerAsync(Patience, "key", "show"));
        late.Start();
        await Watch.UntilAsync([.. nodes, late], [.. nodes, late], "alive", Patience);
    }

    // Two that call each other at once hang up one of the calls: that has nothing to do with keys.
    private static async Task<IReadOnlySet<string>> SettledStreamsAsync(MemberNode[] nodes)
    {
        var streams = Streams(nodes);
        for (var since = Watch.Now; Watch.Now - since < TimeSpan.FromSeconds(1); await Watch.ForAsync(nodes, TimeSpan.FromSeconds(0.2)))
        {
            var now = Streams(nodes);
            if (!now.SetEquals(streams))
                (streams, since) = (now, Watch.Now);
        }

        Assert.True(streams.Count >= 2 * (nodes.Length - 1), $"{streams.Count} ends of connections"); // each has one to the first at least
        return streams;
    }

    private static HashSet<string> Streams(MemberNode[] nodes) =>
    [
        .. nodes.SelectMany(node => ProcFs.StreamsToOthers(node.Process.Id) ?? [])
            .Where(stream => stream.LocalPort == SwarmPort || stream.RemotePort == SwarmPort).Select(stream => stream.Name),
    ];

    private static async Task<int> HaveAsync(MemberNode node, string id)
    {
        var (status, text) = await node.HttpAsync(HttpMethod.Get, $"/api/v1/files/{id}", node.Token());
        if (status == 404)
            return 0; // it was not told yet
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("have").GetInt32();
    }

    private static int Count(MemberNode[] nodes, string state) => nodes.Sum(node => node.Sightings.Count(one => one.State == state));

    private static string Got(MemberNode node) => Path.Combine(node.Host.Directory, "got");

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

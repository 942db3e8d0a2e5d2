using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Roj.Host.Security;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj doctor</c> finds each fault that it knows, and nothing where there is none.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Healthy_nodes_are_well()
    {
        using var one = new FakeNode(1).Run();
        using var other = Friend(one).Run();
        Assert.Empty(await WrongAsync(one));
    }

    [Fact]
    public async Task No_node()
    {
        var (port, httpPort) = UpRun.FreePorts();
        var run = await RojRun.OfAsync(null, "doctor", "--port", port, "--http-port", httpPort);
        Assert.Equal(1, run.Exit);
        Assert.StartsWith(
            $"WRONG  node       no node answers at any address of this machine, port {httpPort}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("what to do: start one with 'roj node'", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG  port", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken()
    {
        using var taken = new UdpClient(0);
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var (_, httpPort) = UpRun.FreePorts();
        var run = await RojRun.OfAsync(null, "doctor", "--port", port, "--http-port", httpPort);
        Assert.Equal(1, run.Exit);
        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        Assert.Matches($"WRONG  port       UDP .*:{port} is taken by process {process} \\(", run.Output);
    }

    [Fact]
    public async Task No_network()
    {
        var plan = RojRun.Plan(null, "doctor");
        string[] alone = Environment.IsPrivilegedProcess ? ["-n"] : ["-r", "-n"];
        var start = new ProcessStartInfo("unshare", [.. alone, plan.FileName, .. plan.ArgumentList]) { RedirectStandardOutput = true };
        start.Environment.Remove("ROJ_NODE");
        using var unshare = Process.Start(start)!;
        var output = await unshare.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await unshare.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(output.Length == 0, "no namespace of a network's own may be made here");
        Assert.Contains(
            "WRONG  interface  a node takes 127.0.0.1/8 on lo, because there is no other\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broadcasts_that_this_machine_stops()
    {
        using var one = new FakeNode(1) { HearsBroadcast = false }.Run();
        Assert.Equal(
            ["broadcast: the node at 127.0.0.1 answers a hello to its address, but not one to all of its network"], await WrongAsync(one));
    }

    [Fact]
    public async Task Broadcasts_that_the_network_stops()
    {
        using var one = new FakeNode(1).Run();
        using var other = new FakeNode(2, one.Port) { HearsBroadcast = false }.Run();
        Befriend(one, other);
        Assert.Equal(["broadcast: 127.0.0.2 answer a hello to their addresses, but none to all"], await WrongAsync(one));
    }

    [Fact]
    public async Task Another_clusters_name_is_wrong_for_one_that_is_alone()
    {
        using var one = new FakeNode(1) { OtherCluster = 7 }.Run();
        Assert.Equal(
            ["cluster: the node is of 'roj' and heard 7 hellos of a cluster with another name, and none of its own"],
            await WrongAsync(one));
        using var other = Friend(one).Run();
        Assert.Empty(await WrongAsync(one));
    }

    [Theory]
    [InlineData(3600, "360[0-9] s ahead of|359[0-9] s ahead of")]
    [InlineData(-3600, "360[0-9] s behind|359[0-9] s behind")]
    public async Task A_clock_that_is_far_off(int seconds, string said)
    {
        using var one = new FakeNode(1).Run();
        using var other = new FakeNode(2, one.Port) { ClockAhead = TimeSpan.FromSeconds(seconds) }.Run();
        Befriend(one, other);
        Assert.Matches($"^clock: the clock of n2 at 127.0.0.2 is ({said}) this machine's$", Assert.Single(await WrongAsync(one)));
    }

    [Fact]
    public async Task A_link_of_one_way()
    {
        using var one = new FakeNode(1).Run();
        using var other = new FakeNode(2, one.Port).Run();
        one.Members.Add((other, "dead"));
        other.Members.Add((one, "alive"));
        Assert.Equal(
            ["link: n1 (127.0.0.1) holds n2 (127.0.0.2) dead, though it runs, and that one holds n1 (127.0.0.1) alive: a link of one way"],
            await WrongAsync(one));
    }

    [Fact]
    public async Task Two_of_one_identity()
    {
        using var one = new FakeNode(1).Run();
        using var other = new FakeNode(2, one.Port) { Id = one.Id }.Run();
        Assert.Equal([$"identity: 127.0.0.1 and 127.0.0.2 both say to be {one.Id}"], await WrongAsync(one));
    }

    [Fact]
    public async Task Under_a_key_hellos_are_sealed()
    {
        var key = ClusterKey.Create();
        using var one = new FakeNode(1) { Key = key }.Run();
        using var other = new FakeNode(2, one.Port) { Key = key }.Run();
        Befriend(one, other);
        var run = await RunAsync(one, key.Reveal());
        Assert.DoesNotContain("WRONG", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok     broadcast  2 nodes answer a hello to all\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_a_key_too_broadcasts_that_the_network_stops_are_seen()
    {
        var key = ClusterKey.Create();
        using var one = new FakeNode(1) { Key = key }.Run();
        using var other = new FakeNode(2, one.Port) { Key = key, HearsBroadcast = false }.Run();
        Befriend(one, other);
        var run = await RunAsync(one, key.Reveal());
        Assert.Contains(
            "WRONG  broadcast  127.0.0.2 answer a hello to their addresses, but none to all\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_does_not_have_the_key_is_told_what_can_not_be_seen()
    {
        using var one = new FakeNode(1) { Key = ClusterKey.Create() }.Run();
        foreach (var another in new[] { "", ClusterKey.Create().Reveal() })
        {
            var run = await RunAsync(one, another);
            Assert.DoesNotContain("WRONG", run.Output, StringComparison.Ordinal);
            Assert.Contains(
                "ok     broadcast  can't be tried: nodes here hear nobody without their key, which this user does not have; ", run.Output,
                StringComparison.Ordinal);
        }
    }

    private static async Task<RojRun> RunAsync(FakeNode node, string key)
    {
        using var folder = new ScratchFolder();
        var plan = RojRun.Plan(null, "doctor", "--node", node.Url);
        plan.Environment["ROJ_KEY"] = key;
        plan.Environment["ROJ_DATA_DIR"] = folder.At("none");
        return await RojRun.OfAsync(plan);
    }

    private static FakeNode Friend(FakeNode one)
    {
        var other = new FakeNode(2, one.Port);
        Befriend(one, other);
        return other;
    }

    private static void Befriend(FakeNode one, FakeNode other)
    {
        one.Members.Add((other, "alive"));
        other.Members.Add((one, "alive"));
    }

    private static async Task<string[]> WrongAsync(FakeNode node)
    {
        var run = await RojRun.OfAsync(null, "doctor", "--node", node.Url, "--output", "json");
        using var json = JsonDocument.Parse(run.Output);
        string[] wrong = [.. json.RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("wrong").GetBoolean())
            .Select(finding => $"{finding.GetProperty("check")}: {finding.GetProperty("what")}")];
        Assert.Equal((wrong.Length == 0 ? 0 : 1, wrong.Length == 0), (run.Exit, json.RootElement.GetProperty("well").GetBoolean()));
        return wrong;
    }
}

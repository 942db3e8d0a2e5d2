using System.Globalization;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>The lab's network does what the scenarios rely on.</summary>
public class LabNetworkTests
{
    private const string Port = "5000";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public Task A_broadcast_reaches_every_other_host() => Lab.RunAsync(5, "broadcast", async lab =>
    {
        var listeners = lab.Hosts.Select(host => host.Probe("broadcast-listen", LabWiring.BroadcastAddress, Port)).ToArray();
        foreach (var listener in listeners)
            await listener.SaysAsync("ready", Patience);
        var sender = lab.Hosts[0].Probe("broadcast-send", lab.Hosts[0].Address, LabWiring.BroadcastAddress, Port, "hello");
        Assert.Equal(0, await sender.ExitAsync(Patience));
        foreach (var listener in listeners[1..])
            await listener.SaysAsync($"{lab.Hosts[0].Address} said hello", Patience);
    });

    [Fact]
    public Task There_is_no_route_out() => Lab.RunAsync(2, "no-route", async lab =>
    {
        // 192.0.2.1 is nobody's: TEST-NET-1 of RFC 5737.
        var probe = lab.Hosts[0].Probe("tcp-connect", lab.Hosts[0].Address, "192.0.2.1", "80");
        await probe.SaysAsync("NetworkUnreachable", Patience);
        var routes = Tool.Run("ip", ["-n", LabWiring.Namespace(1), "route", "show", "table", "main"]).Trim().Split('\n');
        Assert.StartsWith("10.77.0.0/24 dev eth0", Assert.Single(routes), StringComparison.Ordinal);
        Assert.DoesNotContain("default", Tool.Run("ip", ["route"]), StringComparison.Ordinal);
    });

    [Fact]
    public Task Nobody_answers_at_an_address_that_nobody_has() => Lab.RunAsync(3, "nobody", async lab =>
    {
        var before = lab.Hosts[2].Traffic();
        await lab.Hosts[0].Probe("tcp-connect", lab.Hosts[0].Address, LabWiring.Address(99), Port).SaysAsync("timed out", Patience);
        // And nobody else has to look at the frames.
        Assert.Equal(before, lab.Hosts[2].Traffic());
    });

    [Fact]
    public Task A_partition_parts_and_healing_heals() => Lab.RunAsync(3, "partition", async lab =>
    {
        foreach (var host in lab.Hosts)
            await host.Probe("udp-echo", host.Address, Port).SaysAsync("ready", Patience);
        lab.Partition([lab.Hosts[0], lab.Hosts[1]]);
        Assert.Equal((10, 0, 0), await AnswersAsync(lab));
        lab.Heal();
        Assert.Equal((10, 10, 10), await AnswersAsync(lab));
        // One way: what 2 sends to 0 is lost, so 0 gets no answers from 2; 1 is not concerned.
        lab.CutOneWay(lab.Hosts[2], lab.Hosts[0]);
        Assert.Equal((10, 0, 10), await AnswersAsync(lab));
        lab.Heal();
        Assert.Equal((10, 10, 10), await AnswersAsync(lab));
    });

    [Fact]
    public Task One_way_means_that_the_other_way_is_open() => Lab.RunAsync(2, "one-way", async lab =>
    {
        var (deaf, heard) = (lab.Hosts[0], lab.Hosts[1]);
        lab.CutOneWay(heard, deaf);
        var before = heard.Traffic();
        Assert.Equal(0, await AnswersAsync(deaf, heard, 20));
        Assert.Equal(20, (heard.Traffic() - before).ReceivedFrames);
    });

    [Fact]
    public Task Loss_is_what_was_asked_for() => Lab.RunAsync(2, "loss", async lab =>
    {
        await lab.Hosts[1].Probe("udp-echo", lab.Hosts[1].Address, Port).SaysAsync("ready", Patience);
        lab.Lose(lab.Hosts[0], percent: 10);
        // There and back: 0.9² of 2,000 is 1,620; five standard deviations are 88.
        Assert.InRange(await AnswersAsync(lab.Hosts[0], lab.Hosts[1], 2000), 1532, 1708);
        lab.Lose(lab.Hosts[0], percent: 0);
        Assert.Equal(200, await AnswersAsync(lab.Hosts[0], lab.Hosts[1], 200));
    });

    [Fact]
    public Task Sixty_hosts_all_reach_each_other() => Lab.RunAsync(60, "mesh", async lab =>
    {
        // 3,540 pairs: three and a half times what the kernel's neighbour table takes.
        var probes = lab.Hosts.Select(host => host.Probe(
            ["udp-mesh", host.Address, Port, .. lab.Hosts.Where(other => other != host).Select(other => other.Address)])).ToArray();
        foreach (var probe in probes)
            await probe.SaysAsync("complete", TimeSpan.FromSeconds(60));
    });

    [Fact]
    public Task Connections_are_counted() => Lab.RunAsync(2, "connections", async lab =>
    {
        var (server, client) = (lab.Hosts[0], lab.Hosts[1]);
        await server.Probe("tcp-sink", server.Address, Port).SaysAsync("ready", Patience);
        Assert.Equal(0, server.Connections());
        var connection = client.Probe("tcp-connect", client.Address, server.Address, Port);
        await connection.SaysAsync("connected", Patience);
        Assert.Equal((1, 1), (server.Connections(), client.Connections()));
        await connection.KillAsync();
        await Poll.UntilAsync(() => server.Connections() == 0, Patience, "the connection is gone with its process");
    });

    private static async Task<(int ZeroToOne, int ZeroToTwo, int OneToTwo)> AnswersAsync(Lab lab) => (
        await AnswersAsync(lab.Hosts[0], lab.Hosts[1], 10),
        await AnswersAsync(lab.Hosts[0], lab.Hosts[2], 10),
        await AnswersAsync(lab.Hosts[1], lab.Hosts[2], 10));

    private static async Task<int> AnswersAsync(LabHost from, LabHost to, int count)
    {
        var probe = from.Probe("udp-ask", from.Address, to.Address, Port, count.ToString(CultureInfo.InvariantCulture));
        var line = await probe.SaysAsync("answered ", TimeSpan.FromSeconds(30));
        return int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}

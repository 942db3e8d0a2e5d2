using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Tests.Host;
using Roj.Tests.Host.Http;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>The commands that ask a running node, against the real API.</summary>
public sealed class NodeCommandTests
{
    private const string Pluto = "00000000000000000000000000000002";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_says_who_the_node_is()
    {
        await using var api = await RunningApi.StartAsync();
        var run = await RojRun.OfAsync(Url(api), "status");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(
            ["name     earth", "id       00000000000000000000000000000001", "cluster  roj", "address  127.0.0.1:7071"],
            run.Output.Split('\n')[..4]);
        Assert.Contains("up for   1 min 40 s\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_are_a_table_or_the_nodes_own_answer()
    {
        await using var api = await RunningApi.StartAsync();
        api.Snapshot = Portrait.Snapshot(Portrait.Member(2, "pl\e[2Juto", MemberState.Dead)); // a name that would clear the screen
        var text = await RojRun.OfAsync(null, "members", "--node", Url(api));
        Assert.Equal(
            """
            NAME       STATE  ADDRESS         INCARNATION  VERSION  SERVICES    ID
            earth      alive  127.0.0.1:7071  4294967297   0.1.2    http,files  00000000000000000000000000000001
            pl [2Juto  dead   127.0.0.2:7071  4294967298   0.1.2    http,files  00000000000000000000000000000002

            """,
            text.Output);
        var json = await RojRun.OfAsync(Url(api), "members", "--output", "json");
        Assert.Equal(RunningApi.Body(await api.GetAsync("/api/v1/members")) + "\n", json.Output);
    }

    [Fact]
    public async Task Why_names_the_accuser()
    {
        await using var api = await RunningApi.StartAsync();
        var run = await RojRun.OfAsync(Url(api), "why", "pluto");
        Assert.Equal(0, run.Exit);
        Assert.Contains("state    dead, incarnation 4294967298\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "grounds  earth (00000000000000000000000000000001) had no answer from it, and it did not say otherwise in time\n",
            run.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../status")]
    [InlineData("a b?c#d%2f")]
    public async Task A_member_that_is_not_there_is_one_line(string name)
    {
        await using var api = await RunningApi.StartAsync();
        var run = await RojRun.OfAsync(Url(api), "why", name);
        Assert.Equal((1, ""), (run.Exit, run.Output));
        Assert.Matches("^roj: refused: .*\n$", run.Error);
        var json = await RojRun.OfAsync(Url(api), "why", "nobody", "--output", "json");
        using var problem = JsonDocument.Parse(json.Error);
        Assert.Equal((1, 404), (json.Exit, problem.RootElement.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task Events_are_told_and_followed()
    {
        await using var api = await RunningApi.StartAsync();
        var dead = Portrait.Member(2, "pluto", MemberState.Dead, 0, 1);
        api.Events.Add(DateTimeOffset.UnixEpoch, new MembershipEvent.Changed(dead, MemberState.Suspect));
        var told = await RojRun.OfAsync(Url(api), "events");
        const string Line = $"1970-01-01T00:00:00.000Z member.dead pluto {Pluto} address=127.0.0.2:7071 before=suspect "
            + "incarnation=4294967298 accuser=00000000000000000000000000000001";
        Assert.Equal(Line + "\n", told.Output);

        using var follower = RojRun.Start(Url(api), "events", "-f", "--output", "json");
        try
        {
            Assert.Equal(1, await SeqAsync(follower.StandardOutput));
            api.Events.Add(DateTimeOffset.UnixEpoch, new MembershipEvent.Forgotten(new NodeId(2)));
            Assert.Equal(2, await SeqAsync(follower.StandardOutput));
            await api.DisposeAsync();
            await follower.WaitForExitAsync(Cancelled).WaitAsync(Soon.Limit, Cancelled);
            Assert.Equal(1, follower.ExitCode);
            Assert.Contains("\"title\":\"gone\"", await follower.StandardError.ReadToEndAsync(Cancelled), StringComparison.Ordinal);
        }
        finally
        {
            follower.Kill();
        }
    }

    [Fact]
    public async Task Where_no_node_is_one_line_says_what_to_do()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        var run = await RojRun.OfAsync(url, "status");
        Assert.Equal((1, ""), (run.Exit, run.Output));
        Assert.Equal(
            $"roj: no node: nothing listens at {url[7..]}; start one with 'roj node', "
            + "or name another: --node http://ADDRESS:7070, or ROJ_NODE\n",
            run.Error);
        var json = await RojRun.OfAsync(url, "members", "--output", "json");
        Assert.StartsWith("""{"title":"no node","detail":"nothing listens at """, json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_node_is_called_so()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answering = GreetAsync(other);
        var run = await RojRun.OfAsync($"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}", "status");
        await answering;
        Assert.Equal(1, run.Exit);
        Assert.Contains("speaks no HTTP", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--node", "", "status", "--node", "127.0.0.1:7070")]
    [InlineData("--node", "", "status", "--node", "https://127.0.0.1:7070")]
    [InlineData("--node", "", "events", "--node", "http://127.0.0.1:7070/x")]
    [InlineData("ROJ_NODE", "nonsense", "status")]
    [InlineData("--output", "", "members", "--output", "xml")]
    [InlineData("Required argument", "", "why")]
    public async Task Wrong_use_is_one_line(string word, string node, params string[] arguments)
    {
        var run = await RojRun.OfAsync(node, arguments);
        Assert.Equal((2, ""), (run.Exit, run.Output));
        Assert.Matches($"^roj: .*{word}.*\n$", run.Error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("members")]
    [InlineData("events")]
    [InlineData("why")]
    [InlineData("evict")]
    [InlineData("leave")]
    public async Task Help_has_an_example(string command) =>
        Assert.Contains($"Example: roj {command}", (await RojRun.OfAsync(null, command, "--help")).Output, StringComparison.Ordinal);

    private static async Task GreetAsync(TcpListener listener)
    {
        using var caller = await listener.AcceptSocketAsync(Cancelled);
        await caller.ReceiveAsync(new byte[4096], Cancelled);
        await caller.SendAsync("220 mail.example ESMTP\r\n"u8.ToArray(), Cancelled);
    }

    private static string Url(RunningApi api) => $"http://127.0.0.1:{api.Port}";

    private static async Task<long> SeqAsync(StreamReader output)
    {
        var line = await output.ReadLineAsync(Cancelled).AsTask().WaitAsync(Soon.Limit);
        return JsonSerializer.Deserialize(line!, ApiJson.Default.EventView)!.Seq;
    }
}

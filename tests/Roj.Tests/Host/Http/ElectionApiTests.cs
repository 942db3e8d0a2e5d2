using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Election;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Who leads and the colours over HTTP, and what nodes say to each other about it: each answer and each refusal.</summary>
public sealed class ElectionApiTests
{
    private static readonly Term led = new(3, new NodeId(2));
    private static readonly Colouring colouring = Colouring.Of(led, 4, [new NodeId(1), new NodeId(2)]);
    private static readonly RingId sender = new(7, new NodeId(2));
    private static readonly RingMessage candidacy = new RingMessage.Election(sender, sender, 0);

    private readonly ClusterKey key = ClusterKey.Create();

    public static TheoryData<string> Junk =>
    [
        "", "{", "[]", "null", "\xFF\xFE", "{}", """{"type":"ELECTION"}""",
        Text(candidacy).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal),
        Text(candidacy).Replace("ELECTION", "election", StringComparison.Ordinal), Text(candidacy) + "x",
    ];

    [Fact]
    public async Task It_tells_who_leads_and_who_did()
    {
        await using var api = await RunningApi.StartAsync();
        var none = Read(await api.GetAsync("/api/v1/leader"), ApiJson.Default.LeaderView);
        Assert.Equal((null, 0, false, "available", "none", "none"),
            (none.Leader, none.Term, none.IsSelf, none.Mode, none.Election, none.Color));
        Elect(api, new Standing.Following(led), led);
        var view = Read(await api.GetAsync("/api/v1/leader"), ApiJson.Default.LeaderView);
        Assert.Equal(("pluto", 3, false, "bully", "red"), (view.Leader!.Name, view.Term, view.IsSelf, view.Election, view.Color));
        Assert.Equal(["it leads", "it starts"], view.History.Select(one => one.Began));
        Assert.Equal((0L, null, "it leads"), (view.History[1].Term, view.History[1].Id, view.History[1].Ended));
        Elect(api, new Standing.Leading(new Term(5, new NodeId(1))), new Term(5, new NodeId(1)));
        Assert.True(Read(await api.GetAsync("/api/v1/leader"), ApiJson.Default.LeaderView).IsSelf);
    }

    [Fact]
    public async Task It_tells_the_colours()
    {
        await using var api = await RunningApi.StartAsync();
        var none = Read(await api.GetAsync("/api/v1/colors"), ApiJson.Default.ColorsView);
        Assert.Equal((0L, 0L, 0), (none.Term, none.Version, none.Nodes.Count));
        Elect(api, new Standing.Following(led), led);
        var view = Read(await api.GetAsync("/api/v1/colors"), ApiJson.Default.ColorsView);
        Assert.Equal((3L, 4L), (view.Term, view.Version));
        Assert.Equal([("earth", "red", false), ("pluto", "green", true)],
            view.Nodes.Select(one => (one.Node.Name, one.Color, one.IsLeader)));
    }

    [Fact]
    public async Task What_elections_do_is_measured()
    {
        await using var api = await RunningApi.StartAsync();
        Assert.DoesNotContain("\nroj_election_", await api.GetAsync("/metrics"), StringComparison.Ordinal);
        Elect(api, new Standing.Leading(led), led);
        var lines = RunningApi.Body(await api.GetAsync("/metrics")).Split('\n');
        foreach (var line in (string[])
        [
            "term 3", "is_leader 1", "green 1", "red 1", "changes_total 2", "ring_sent_total 5", "ring_refused_total 1",
        ])
        {
            Assert.Contains("roj_election_" + line, lines);
        }

        Elect(api, new Standing.Following(led), led);
        Assert.Contains("roj_election_is_leader 0", RunningApi.Body(await api.GetAsync("/metrics")).Split('\n'));
    }

    [Fact]
    public async Task A_follower_that_registers_is_answered_with_its_colour()
    {
        await using var api = await RunningApi.StartAsync();
        var asked = new List<NodeId>();
        api.Register = node =>
        {
            asked.Add(node);
            return node == new NodeId(1) ? colouring : null;
        };
        var answer = await api.GetAsync($"/register?node={new NodeId(1)}&term=3");
        Assert.Equal(200, RunningApi.Status(answer));
        Assert.Equal(ReadStatus.Done, RegistrationJson.TryRead(
            Encoding.UTF8.GetBytes(RunningApi.Body(answer)), new NodeId(1), out var read, out var own));
        Assert.Equal((colouring, Colour.Red), (read, own));
        Assert.Equal(409, RunningApi.Status(await api.GetAsync($"/register?node={new NodeId(9)}"))); // that it does not know
        Assert.Equal([new NodeId(1), new NodeId(9)], asked);
        api.Register = null;
        Assert.Equal(409, RunningApi.Status(await api.GetAsync($"/register?node={new NodeId(1)}")));
    }

    [Theory]
    [InlineData("/register")]
    [InlineData("/register?node=")]
    [InlineData("/register?node=1")]
    [InlineData("/register?node=0000000000000000000000000000000g")]
    [InlineData("/register?node=000000000000000000000000000000011")]
    [InlineData("/register?node=00000000000000000000000000000001&node=00000000000000000000000000000002")]
    public async Task Who_does_not_say_who_it_is_is_not_registered(string target)
    {
        await using var api = await RunningApi.StartAsync();
        api.Register = _ => throw new InvalidOperationException("it was asked");
        Assert.Equal(400, RunningApi.Status(await api.GetAsync(target)));
    }

    [Fact]
    public async Task What_comes_round_the_ring_is_taken_or_refused_in_words()
    {
        await using var api = await RunningApi.StartAsync();
        var passed = new List<RingMessage>();
        var answer = ((RingRefusal?)null, led);
        api.Pass = message =>
        {
            passed.Add(message);
            return answer;
        };
        Assert.Equal(200, RunningApi.Status(await PostAsync(api, Text(candidacy))));
        Assert.Equal([candidacy], passed);
        foreach (var (refusal, status) in new[]
        {
            (RingRefusal.Stranger, 409), (RingRefusal.TooFar, 409), (RingRefusal.EarlierLife, 409), (RingRefusal.TooMany, 400),
            (RingRefusal.Impossible, 400),
        })
        {
            answer = (refusal, led);
            var said = await PostAsync(api, Text(candidacy));
            Assert.Equal(status, RunningApi.Status(said));
            Assert.Contains(refusal.Why, said, StringComparison.Ordinal);
            Assert.DoesNotContain(ElectionCalls.TermHeader, said, StringComparison.Ordinal);
        }

        answer = (RingRefusal.Stale, led);
        var stale = await PostAsync(api, Text(candidacy));
        Assert.Equal(409, RunningApi.Status(stale));
        Assert.Contains($"\r\n{ElectionCalls.TermHeader}: 3.{new NodeId(2)}\r\n", stale, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task Junk_on_the_ring_is_refused_and_changes_nothing(string body)
    {
        await using var api = await RunningApi.StartAsync();
        api.Pass = _ => throw new InvalidOperationException("it was taken");
        Assert.Equal(400, RunningApi.Status(await PostAsync(api, body)));
    }

    [Fact]
    public async Task A_body_has_64_KiB_and_not_one_byte_more()
    {
        await using var api = await RunningApi.StartAsync();
        Assert.Equal(400, RunningApi.Status(await PostAsync(api, new string(' ', ApiOptions.BodyBytesMax)))); // it was read
        Assert.Equal(413, RunningApi.Status(await PostAsync(api, new string(' ', ApiOptions.BodyBytesMax + 1))));
    }

    [Theory]
    [InlineData("GET", "/message")]
    [InlineData("DELETE", "/message")]
    [InlineData("PUT", "/message")]
    [InlineData("POST", "/register")]
    [InlineData("POST", "/api/v1/leader")]
    [InlineData("DELETE", "/api/v1/colors")]
    public async Task Another_method_is_refused(string method, string path)
    {
        await using var api = await RunningApi.StartAsync();
        var answer = await SendAsync(api, method, path, "");
        Assert.Equal(405, RunningApi.Status(answer));
        Assert.Contains("\r\nAllow: ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_a_key_nodes_sign_and_a_token_is_not_enough()
    {
        await using var api = await RunningApi.StartAsync(keys: new ClusterKeys(Keyring.Of([key])));
        var taken = 0;
        api.Pass = _ =>
        {
            taken++;
            return (null, Term.None);
        };
        api.Register = _ => colouring;
        var target = $"/register?node={new NodeId(1)}";
        var body = Text(candidacy);
        foreach (var header in (string[])
        [
            "X: none", $"Authorization: Bearer {AccessToken.Of(key)}", "Authorization: Roj 0:0",
            Signed(ClusterKey.Create(), "POST", "/message", body), Signed(key, "POST", "/message", body + " "),
            Signed(key, "GET", "/message", body), Signed(key, "GET", target + "1", ""),
        ])
        {
            Assert.Equal(401, RunningApi.Status(await SendAsync(api, "POST", "/message", body, header)));
            Assert.Equal(401, RunningApi.Status(await SendAsync(api, "GET", target, "", header)));
        }

        Assert.Equal(0, taken);
        Assert.Equal(200, RunningApi.Status(await SendAsync(api, "POST", "/message", body, Signed(key, "POST", "/message", body))));
        Assert.Equal(200, RunningApi.Status(await SendAsync(api, "GET", target, "", Signed(key, "GET", target, ""))));
        Assert.Equal(1, taken);
        Assert.Equal(401, RunningApi.Status(await SendAsync(api, "GET", "/api/v1/leader", "", Signed(key, "GET", "/api/v1/leader", ""))));
    }

    private static void Elect(RunningApi api, Standing standing, Term term) => api.Snapshot = api.Snapshot with
    {
        Election = new ElectionStatus
        {
            Kind = ElectionKind.Bully,
            Standing = standing,
            Term = term,
            Colouring = colouring,
            Changes = 2,
            RingSent = 5,
            RingRefused = 1,
            History =
            [
                new Leadership(null, null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "it starts", "it leads"),
                new Leadership(term, "pluto", DateTimeOffset.UnixEpoch, null, "it leads", null),
            ],
        },
    };

    private static string Text(RingMessage message) => Encoding.UTF8.GetString(RingJson.Write(message));

    private static string Signed(ClusterKey key, string method, string target, string body) =>
        $"Authorization: {NodeSignature.Of(key, method, target, Encoding.Latin1.GetBytes(body))}";

    private static Task<string> PostAsync(RunningApi api, string body) => SendAsync(api, "POST", "/message", body);

    private static Task<string> SendAsync(RunningApi api, string method, string target, string body, params string[] headers)
    {
        string[] length = body.Length > 0 || method == "POST" ? [$"Content-Length: {body.Length}"] : [];
        return api.SendAsync(string.Join("\r\n",
            [$"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", "Content-Type: application/json",
                .. length, .. headers, "", body]));
    }

    private static T Read<T>(string answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        Assert.Equal(200, RunningApi.Status(answer));
        return System.Text.Json.JsonSerializer.Deserialize(RunningApi.Body(answer), type)!;
    }
}

using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>The API over sockets, as clients use it.</summary>
public sealed class ApiTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_tells_who_is_here()
    {
        await using var api = await RunningApi.StartAsync();
        var status = Read(await api.GetAsync("/api/v1/status"), ApiJson.Default.StatusView);
        Assert.Equal(StatusView.Of(api.Snapshot), status);
        var members = Read(await api.GetAsync("/api/v1/members"), ApiJson.Default.MembersView);
        Assert.Equal(["earth", "pluto"], members.Members.Select(member => member.Name));
        Assert.Equal(MembersView.Of(api.Snapshot).RosterHash, members.RosterHash);
    }

    [Fact]
    public async Task It_tells_why_a_member_is_dead()
    {
        await using var api = await RunningApi.StartAsync();
        var member = Read(await api.GetAsync("/api/v1/members/pluto"), ApiJson.Default.MemberView);
        Assert.Equal(("dead", 30, "earth"), (member.State, member.Grounds!.SinceSeconds, member.Grounds.AccuserName));
        api.Snapshot = Portrait.Snapshot(Portrait.Member(2, "pluto"), Portrait.Member(3, "pluto", MemberState.Left));
        var conflict = await api.GetAsync("/api/v1/members/pluto");
        Assert.Equal(409, RunningApi.Status(conflict));
        Assert.Contains("application/problem+json", conflict, StringComparison.Ordinal);
        Assert.Contains("00000000000000000000000000000003 (left)", conflict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_itself_is_not_healthy()
    {
        await using var api = await RunningApi.StartAsync(options => options with { NodePatience = TimeSpan.FromMilliseconds(100) });
        Assert.Equal("ok\n", RunningApi.Body(await api.GetAsync("/healthz")));
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/readyz")));
        api.Snapshot = api.Snapshot with { IsReady = false };
        Assert.Equal(503, RunningApi.Status(await api.GetAsync("/readyz")));
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/healthz")));
        api.Ask = cancelled => new TaskCompletionSource<ApiSnapshot>().Task;
        Assert.Equal(503, RunningApi.Status(await api.GetAsync("/healthz")));
    }

    [Fact]
    public async Task Measurements_are_those_of_its_own_meter()
    {
        await using var other = await RunningApi.StartAsync();
        await using var api = await RunningApi.StartAsync();
        var own = api.Meter.CreateCounter<long>("roj.test.count", "By", "Of a test.");
        own.Add(2, new KeyValuePair<string, object?>("quoted", "a\"b\\c"));
        own.Add(3, new KeyValuePair<string, object?>("quoted", "a\"b\\c"));
        await api.GetAsync("/nothing");
        var lines = RunningApi.Body(await api.GetAsync("/metrics")).Split('\n');
        Assert.Contains("""roj_test_count_bytes_total{quoted="a\"b\\c"} 5""", lines);
        Assert.Contains("# TYPE roj_test_count_bytes_total counter", lines);
        Assert.Contains("# TYPE roj_members gauge", lines);
        Assert.Contains("""roj_members{state="dead"} 1""", lines);
        Assert.Contains("""roj_between_dropped_total{reason="replayed"} 0""", lines);
        Assert.Contains("""roj_http_requests_total{status="404"} 1""", lines);
        Assert.Contains("roj_uptime_seconds 100", lines);
        Assert.DoesNotContain("roj_test", await other.GetAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_description_describes_what_is_there()
    {
        await using var api = await RunningApi.StartAsync();
        using var description = JsonDocument.Parse(RunningApi.Body(await api.GetAsync("/openapi.json")));
        using var meter = new System.Diagnostics.Metrics.Meter("Roj");
        using var endpoints = new ApiEndpoints(
            new ApiOptions { Listen = default, Name = "x" },
            new ApiSource { Snapshot = _ => Task.FromResult(api.Snapshot), Events = api.Events, Meter = meter },
            new NodeInstruments(meter, api.Events),
            CancellationToken.None);
        Assert.Equal(
            endpoints.Routes.Select(route => route.Template).Order(StringComparer.Ordinal),
            description.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        foreach (var route in endpoints.Routes)
        {
            foreach (var operation in description.RootElement.GetProperty("paths").GetProperty(route.Template).EnumerateObject())
            {
                var isOpen = operation.Value.TryGetProperty("security", out var wanted) && wanted.GetArrayLength() == 0;
                Assert.Equal(route.IsOpen, isOpen);
                Assert.Equal(!isOpen, operation.Value.GetProperty("responses").TryGetProperty("401", out _));
                Assert.Equal(!isOpen, operation.Value.GetProperty("responses").TryGetProperty("429", out _));
            }
        }

        var schemas = description.RootElement.GetProperty("components").GetProperty("schemas");
        AssertDescribed(schemas, "Status", ApiJson.Default.StatusView);
        AssertDescribed(schemas, "Members", ApiJson.Default.MembersView);
        AssertDescribed(schemas, "Member", ApiJson.Default.MemberView);
        AssertDescribed(schemas, "Grounds", ApiJson.Default.GroundsView);
        AssertDescribed(schemas, "Events", ApiJson.Default.EventsView);
        AssertDescribed(schemas, "Event", ApiJson.Default.EventView);
        AssertDescribed(schemas, "Files", ApiJson.Default.FilesView);
        AssertDescribed(schemas, "File", ApiJson.Default.FileView);
        AssertDescribed(schemas, "FileRequest", ApiJson.Default.FileRequestView);
        AssertDescribed(schemas, "Problem", ApiJson.Default.ProblemView);
        AssertDescribed(schemas, "Leader", ApiJson.Default.LeaderView);
        AssertDescribed(schemas, "Leadership", ApiJson.Default.LeadershipView);
        AssertDescribed(schemas, "Colors", ApiJson.Default.ColorsView);
        AssertDescribed(schemas, "Color", ApiJson.Default.ColorView);
        AssertDescribed(schemas, "NodeName", ApiJson.Default.NodeNameView);
        AssertDescribed(schemas, "Token", ApiJson.Default.TokenView);
        AssertDescribed(schemas, "Tokens", ApiJson.Default.TokensView);
        AssertDescribed(schemas, "TokenLog", ApiJson.Default.TokenLogView);
        AssertDescribed(schemas, "TokenTurn", ApiJson.Default.TokenTurnView);
        AssertDescribed(schemas, "Once", ApiJson.Default.OnceView);
        AssertDescribed(schemas, "Push", ApiJson.Default.PushView);
        AssertDescribed(schemas, "PushPlan", ApiJson.Default.PushPlanView);
        AssertDescribed(schemas, "PushRequest", ApiJson.Default.PushRequestView);
        AssertDescribed(schemas, "PushCall", ApiJson.Default.PushCallView);
        AssertDescribed(schemas, "PushReport", ApiJson.Default.PushReportView);
        AssertDescribed(schemas, "Overview", ApiJson.Default.OverviewView);
        AssertDescribed(schemas, "OverviewNode", ApiJson.Default.OverviewNodeView);
        AssertDescribed(schemas, "OverviewToken", ApiJson.Default.OverviewTokenView);
        AssertDescribed(schemas, "Store", ApiJson.Default.StoreView);
        AssertDescribed(schemas, "StoreNode", ApiJson.Default.StoreNodeView);
        AssertDescribed(schemas, "OverviewStore", ApiJson.Default.OverviewStoreView);
        AssertDescribed(schemas, "OverviewFile", ApiJson.Default.OverviewFileView);
        AssertDescribed(schemas, "OverviewHolder", ApiJson.Default.Holder);
    }

    [Fact]
    public async Task Every_route_answers_a_head_without_a_body()
    {
        await using var api = await RunningApi.StartAsync();
        foreach (var path in new[] { "/api/v1/status", "/api/v1/members/pluto", "/metrics", "/openapi.json", "/healthz", "/nothing" })
        {
            var answer = await api.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Assert.Equal("", RunningApi.Body(answer));
            Assert.Contains("Content-Length: ", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        await using var api = await RunningApi.StartAsync();
        var refused = await Assert.ThrowsAsync<SyncException>(() => RunningApi.StartAsync(
            options => options with { Listen = options.Listen.WithPort((ushort)api.Port) }));
        Assert.Equal($"HTTP can't listen on 127.0.0.1:{api.Port}: Address already in use", refused.Message);
    }

    [Fact]
    public async Task Events_are_streamed_from_where_the_client_was()
    {
        await using var api = await RunningApi.StartAsync();
        Happen(api, 3);
        using var socket = await api.CallAsync();
        using var stream = new NetworkStream(socket);
        using var lines = new StreamReader(stream);
        await stream.WriteAsync(
            "GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\nLast-Event-ID: 2\r\n\r\n"u8.ToArray(), Cancelled);
        await ReadUntilAsync(lines, "id: 3");
        Happen(api, 1);
        await ReadUntilAsync(lines, "id: 4");
        Assert.StartsWith("data: {\"seq\":4,", await lines.ReadLineAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_news_shows_that_it_lives_and_ends_with_the_node()
    {
        var api = await RunningApi.StartAsync(options => options with { Heartbeat = TimeSpan.FromMilliseconds(50) });
        using var socket = await api.CallAsync();
        using var stream = new NetworkStream(socket);
        using var lines = new StreamReader(stream);
        await stream.WriteAsync("GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray(), Cancelled);
        await ReadUntilAsync(lines, ":");
        await ReadUntilAsync(lines, ":");
        await api.DisposeAsync().AsTask().WaitAsync(Soon.Limit, Cancelled);
        await RunningApi.RestAsync(stream);
    }

    [Fact]
    public async Task What_is_remembered_can_be_had_without_a_stream()
    {
        await using var api = await RunningApi.StartAsync();
        Assert.Empty(Read(await api.GetAsync("/api/v1/events", "Accept: application/json"), ApiJson.Default.EventsView).Events);
        Happen(api, 3);
        var events = Read(await api.GetAsync("/api/v1/events", "Accept: application/json"), ApiJson.Default.EventsView).Events;
        Assert.Equal([1L, 2, 3], events.Select(happened => happened.Seq));
    }

    [Fact]
    public async Task Streams_are_counted()
    {
        await using var api = await RunningApi.StartAsync();
        var callers = new List<Socket>();
        try
        {
            for (var i = 0; i < ApiOptions.StreamsMax; i++)
            {
                callers.Add(await api.CallAsync());
                await callers[i].SendAsync(
                    Encoding.ASCII.GetBytes("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancelled);
                await callers[i].ReceiveAsync(new byte[10], Cancelled);
            }

            Assert.Equal(503, RunningApi.Status(await api.GetAsync("/api/v1/events")));
            Assert.Equal(200, RunningApi.Status(await api.GetAsync("/api/v1/status")));
        }
        finally
        {
            callers.ForEach(socket => socket.Dispose());
        }

        await Soon.UntilAsync(
            () => api.GetAsync("/metrics").Result.Contains("\nroj_http_streams 0\n", StringComparison.Ordinal),
            "their places are free again");
    }

    private static void Happen(RunningApi api, int count)
    {
        for (var i = 0; i < count; i++)
            api.Events.Add(DateTimeOffset.UnixEpoch, new MembershipEvent.Forgotten(new NodeId(2)));
    }

    private static async Task ReadUntilAsync(StreamReader lines, string expected)
    {
        while (await lines.ReadLineAsync(Cancelled).AsTask().WaitAsync(Soon.Limit) is var line && line != expected)
            Assert.NotNull(line);
    }

    private static void AssertDescribed(JsonElement schemas, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo type) =>
        Assert.Equal(
            type.Properties.Select(property => property.Name).Order(StringComparer.Ordinal),
            schemas.GetProperty(name).GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    private static T Read<T>(string answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        Assert.Equal(200, RunningApi.Status(answer));
        Assert.Contains("Content-Type: application/json", answer, StringComparison.Ordinal);
        return JsonSerializer.Deserialize(RunningApi.Body(answer), type)!;
    }
}

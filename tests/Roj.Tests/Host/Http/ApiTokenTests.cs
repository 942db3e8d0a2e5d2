using System.Text.Json;
using Roj.Host.Security;
using Roj.Membership.Keeping;
using Roj.Tests.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>The real server of a cluster that has a key; what <see cref="GateTests"/> and <see cref="TokenCheckTests"/> hold, over sockets.
/// </summary>
public sealed class ApiTokenTests
{
    private readonly ClusterKey key = ClusterKey.Create();
    private readonly SetClock clock = new();

    private string Token => AccessToken.Of(key);

    private string Right => $"Authorization: Bearer {Token}";

    [Theory]
    [InlineData("GET", "/api/v1/status")]
    [InlineData("HEAD", "/api/v1/status")]
    [InlineData("GET", "/api/v1/members/pluto")]
    [InlineData("GET", "/api/v1/files")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/openapi.json")]
    [InlineData("GET", "/announce")]
    [InlineData("GET", "/nothing")] // what there is, and what not, is told to nobody
    [InlineData("GET", "/healthz/")]
    [InlineData("GET", "/healthz/../metrics")]
    [InlineData("GET", "//healthz")]
    [InlineData("DELETE", "/api/v1/members/pluto")]
    [InlineData("POST", "/api/v1/files")]
    [InlineData("POST", "/healthz")]
    [InlineData("DELETE", "/healthz")]
    [InlineData("OPTIONS", "/healthz")]
    public async Task Without_a_token_nothing_is_said_or_done(string method, string path)
    {
        await using var api = await StartAsync();
        var evicted = 0;
        api.Evict = _ =>
        {
            evicted++;
            return Eviction.Done;
        };
        var answer = await SendAsync(api, method, path);
        Assert.Equal(401, RunningApi.Status(answer));
        Assert.Contains("\r\nWWW-Authenticate: Bearer\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, evicted);
        if (method == "HEAD")
            return;
        using var problem = JsonDocument.Parse(RunningApi.Body(answer));
        var detail = problem.RootElement.GetProperty("detail").GetString()!;
        Assert.Contains("the file 'token' of its data directory", detail, StringComparison.Ordinal);
        Assert.NotEqual(401, RunningApi.Status(await SendAsync(api, method, path, Right)));
    }

    [Theory]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("HEAD", "/healthz", 200)]
    [InlineData("GET", "/%68ealthz?x", 200)]
    [InlineData("GET", "/readyz", 200)]
    [InlineData("HEAD", "/readyz", 200)]
    [InlineData("GET", "/healthz", 400, "Content-Length: 1\r\n\r\nx")]
    [InlineData("GET", "/healthz", 200, "Authorization: Bearer wrong")]
    [InlineData("GET", "/healthz", 403, "Origin: http://evil.example")]
    [InlineData("GET", "/healthz", 403, "Sec-Fetch-Site: cross-site")]
    public async Task Health_is_open(string method, string path, int status, params string[] headers)
    {
        await using var api = await StartAsync();
        Assert.Equal(status, RunningApi.Status(await SendAsync(api, method, path, headers)));
    }

    [Theory]
    [InlineData(200, "Authorization: Bearer TOKEN")]
    [InlineData(200, "authorization: bearer TOKEN")]
    [InlineData(401, "Authorization: Basic TOKEN")]
    [InlineData(401, "Authorization: Bearer")]
    [InlineData(401, "Authorization:")]
    [InlineData(401, "Authorization: TOKEN")]
    [InlineData(401, "Authorization: Bearer TOKEN TOKEN")]
    [InlineData(401, "Authorization: Bearer TOKEN, Bearer TOKEN")]
    [InlineData(401, "Authorization: Bearer TOKEN", "Authorization: Bearer TOKEN")]
    [InlineData(401, "Authorization: Bearer wrong", "Authorization: Bearer TOKEN")]
    [InlineData(401, "Cookie: token=TOKEN")]
    [InlineData(403, "Authorization: Bearer TOKEN", "Origin: http://evil.example")]
    [InlineData(403, "Authorization: Bearer TOKEN", "Sec-Fetch-Site: cross-site")]
    [InlineData(403, "Authorization: Bearer TOKEN", "Sec-Fetch-Site: same-site")]
    public async Task A_token_is_looked_at(int status, params string[] headers)
    {
        await using var api = await StartAsync();
        string[] filled = [.. headers.Select(header => header.Replace("TOKEN", Token, StringComparison.Ordinal))];
        Assert.Equal(status, RunningApi.Status(await api.GetAsync("/api/v1/status", filled)));
    }

    [Fact]
    public async Task No_other_place_is_looked_at_and_a_long_one_is_wrong()
    {
        await using var api = await StartAsync();
        // RFC 6750, 2.3: what is in an address ends up in logs.
        Assert.Equal(401, RunningApi.Status(await api.GetAsync($"/api/v1/status?access_token={Token}")));
        Assert.Equal(401, RunningApi.Status(await api.GetAsync("/api/v1/status", $"Authorization: Bearer {new string('a', 10 * 1024)}")));
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/api/v1/status", Right)));
    }

    [Fact]
    public async Task A_name_that_was_rebound_is_refused_with_the_right_token()
    {
        await using var api = await StartAsync();
        Assert.Equal(403, RunningApi.Status(await api.SendAsync($"GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n{Right}\r\n\r\n")));
    }

    [Fact]
    public async Task The_right_token_does_what_is_done_without_a_key()
    {
        await using var api = await StartAsync();
        Assert.Equal(200, RunningApi.Status(await SendAsync(api, "DELETE", "/api/v1/members/pluto", Right)));
        Assert.Equal(404, RunningApi.Status(await SendAsync(api, "GET", "/nothing", Right)));
        Assert.Equal(405, RunningApi.Status(await SendAsync(api, "POST", "/healthz", Right)));
        Assert.Equal("", RunningApi.Body(await SendAsync(api, "HEAD", "/api/v1/status", Right)));
    }

    [Theory]
    [InlineData(false, 401)]
    [InlineData(true, 404)] // through the gate; this node has no files
    public async Task The_tracker_is_open_where_plain_peers_are_allowed(bool isAllowed, int status)
    {
        await using var api = await RunningApi.StartAsync(
            options => options with { AllowPlainTracker = isAllowed }, keys: new ClusterKeys(Keyring.Of([key])));
        Assert.Equal(status, RunningApi.Status(await api.GetAsync("/announce?info_hash=x")));
        Assert.Equal(401, RunningApi.Status(await SendAsync(api, "POST", "/announce")));
        Assert.Equal(401, RunningApi.Status(await api.GetAsync("/api/v1/files")));
    }

    [Fact]
    public async Task Rotation_is_noticed_at_once()
    {
        var ring = Keyring.Of([key]);
        var keys = new ClusterKeys(ring);
        await using var api = await RunningApi.StartAsync(keys: keys);
        var next = ClusterKey.Create();
        Assert.Equal((200, 401), await BothAsync());
        Assert.True(keys.Take(ring = ring.Rotate(next), _ => { }));
        Assert.Equal((200, 200), await BothAsync());
        Assert.True(keys.Take(ring.Retire(), _ => { }));
        Assert.Equal((401, 200), await BothAsync());

        async Task<(int Old, int New)> BothAsync() => (
            RunningApi.Status(await api.GetAsync("/metrics", Right)),
            RunningApi.Status(await api.GetAsync("/metrics", $"Authorization: Bearer {AccessToken.Of(next)}")));
    }

    [Fact]
    public async Task A_flood_of_wrong_tokens_is_limited_and_counted()
    {
        await using var api = await StartAsync();
        for (var i = 0; i < GuessLimit.Usual; i++)
            Assert.Equal(401, RunningApi.Status(await api.GetAsync("/metrics", "Authorization: Bearer wrong")));
        var refused = await api.GetAsync("/metrics", "Authorization: Bearer wrong");
        Assert.Equal(429, RunningApi.Status(refused));
        Assert.Contains("\r\nRetry-After: 1\r\n", refused, StringComparison.Ordinal);
        Assert.Equal(401, RunningApi.Status(await api.GetAsync("/metrics")));
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/healthz"))); // who looks after the process sees nothing of it
        clock.Add(TimeSpan.FromSeconds(1));
        var lines = RunningApi.Body(await api.GetAsync("/metrics", Right)).Split('\n');
        Assert.Contains($$"""roj_http_unauthorized_total{reason="wrong"} {{GuessLimit.Usual}}""", lines);
        Assert.Contains("""roj_http_unauthorized_total{reason="too_often"} 1""", lines);
        Assert.Contains("""roj_http_unauthorized_total{reason="missing"} 1""", lines);
    }

    [Fact]
    public async Task No_answer_tells_a_secret()
    {
        await using var api = await StartAsync();
        foreach (var path in new[] { "/api/v1/status", "/api/v1/members", "/metrics", "/openapi.json", "/healthz", $"/{Token[..8]}" })
        {
            foreach (var answer in new[] { await api.GetAsync(path), await api.GetAsync(path, Right) })
            {
                Assert.DoesNotContain(Token, answer, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(key.Reveal(), answer, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    private Task<RunningApi> StartAsync() => RunningApi.StartAsync(keys: new ClusterKeys(Keyring.Of([key])), clock: clock);

    private static Task<string> SendAsync(RunningApi api, string method, string path, params string[] headers) =>
        api.SendAsync($"{string.Join("\r\n", [$"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", .. headers])}\r\n\r\n");
}

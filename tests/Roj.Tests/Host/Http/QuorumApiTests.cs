using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Tests.Host.Agreement;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Keys of which a majority decides, by HTTP at any of three whole nodes.</summary>
public sealed class QuorumApiTests : IAsyncLifetime
{
    private readonly QuorumNodes nodes = new(3, 3, hasApi: true);
    private readonly HttpClient http = new() { Timeout = 3 * Soon.Limit };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var number = 1; number <= 3; number++)
        {
            await nodes.SeatedAsync(number);
            await nodes[number].ListeningAsync();
        }

        await Soon.UntilAsync(
            async () => (await AskAsync(HttpMethod.Post, 1, "begun", "x")).Status is HttpStatusCode.OK, "a majority takes something");
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        nodes.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_read_is_changed_only_if_nobody_has_changed_it_since()
    {
        Assert.Equal((HttpStatusCode.OK, "\"1\""), Head(await AskAsync(HttpMethod.Post, 1, "a", "one", ("If-None-Match", "*"))));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await AskAsync(HttpMethod.Post, 2, "a", "two", ("If-None-Match", "*"))).Status);
        var read = await AskAsync(HttpMethod.Get, 3, "a");
        Assert.Equal(("one", "\"1\""), (read.Text, read.Tag));
        Assert.Equal((HttpStatusCode.OK, "\"2\""), Head(await AskAsync(HttpMethod.Post, 3, "a", "two", ("If-Match", "\"1\""))));
        var late = await AskAsync(HttpMethod.Post, 1, "a", "late", ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "\"2\"", "no"), (late.Status, late.Tag, late.Applied));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await AskAsync(HttpMethod.Post, 1, "nobody", "x", ("If-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await AskAsync(HttpMethod.Delete, 1, "a", null, ("If-Match", "\"1\""))).Status);
        Assert.Equal("two", (await AskAsync(HttpMethod.Get, 1, "a")).Text);
        Assert.Equal((HttpStatusCode.OK, "\"3\""), Head(await AskAsync(HttpMethod.Delete, 2, "a", null, ("If-Match", "\"2\""))));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, 3, "a")).Status);
    }

    [Fact]
    public async Task Who_lost_the_right_to_write_is_refused_at_any_node()
    {
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, 1, "f", "new", (StoreHeaders.FenceHeader, "job:2:1"))).Status);
        var late = await AskAsync(HttpMethod.Post, 2, "f", "old", (StoreHeaders.FenceHeader, "job:1:9"));
        Assert.Equal((HttpStatusCode.Conflict, "no"), (late.Status, late.Applied));
        Assert.Equal("new", (await AskAsync(HttpMethod.Get, 3, "f")).Text);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, 3, "f", "newer", (StoreHeaders.FenceHeader, "job:2:2"))).Status);
    }

    [Fact]
    public async Task What_is_asked_for_twice_by_one_id_is_done_once()
    {
        const string Id = "0123456789abcdef0123456789abcdef";
        var first = await AskAsync(HttpMethod.Post, 1, "r", "x", (StoreHeaders.RequestHeader, Id));
        await AskAsync(HttpMethod.Post, 2, "r", "of another");
        var again = await AskAsync(
            HttpMethod.Post, 3, "r", "x", (StoreHeaders.RequestHeader, Id), (StoreHeaders.SinceHeader, "0"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, first.Tag), (first.Status, again.Status, again.Tag));
        Assert.Equal("of another", (await AskAsync(HttpMethod.Get, 3, "r")).Text);
    }

    [Theory]
    [InlineData("POST", "If-Match", "1")]
    [InlineData("POST", "If-Match", "\"x\"")]
    [InlineData("POST", "If-Match", "\"18446744073709551616\"")] // 2^64
    [InlineData("POST", "If-None-Match", "\"1\"")]
    [InlineData("DELETE", "If-None-Match", "*")]
    [InlineData("POST", StoreHeaders.FenceHeader, "job")]
    [InlineData("POST", StoreHeaders.RequestHeader, "123")]
    [InlineData("POST", StoreHeaders.SinceHeader, "0")] // of no request
    public async Task A_head_that_makes_no_sense_is_refused(string method, string header, string value)
    {
        var answer = await AskAsync(new HttpMethod(method), 1, "begun", "y", (header, value));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("x", (await AskAsync(HttpMethod.Get, 1, "begun")).Text);
    }

    [Fact]
    public async Task A_minority_refuses_and_says_that_nothing_was_done()
    {
        nodes.Stop(2);
        nodes.Stop(3);
        var answer = await AskAsync(HttpMethod.Post, 1, "m", "x");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no"), (answer.Status, answer.Applied));
    }

    [Fact]
    public async Task Who_watches_at_one_node_is_told_what_changes_at_others()
    {
        using var watching = await http.GetAsync(
            nodes.UrlOf(3, "store/events?prefix=user:"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        ConcurrentQueue<(string Key, string Change, string Version)> told = [];
        var reading = ReadAsync(watching, told);
        // Until each of those that carry changes out has heard that somebody watches: some of these keys are his.
        string[] keys = [.. Enumerable.Range(1, 24).Select(i => $"user:{i}")];
        await Soon.UntilAsync(
            async () =>
            {
                foreach (var key in keys.Where(key => !told.Any(one => one.Key == key)))
                    await AskAsync(HttpMethod.Post, 1, key, "x");
                return keys.All(key => told.Any(one => one.Key == key));
            },
            "all tell");
        await AskAsync(HttpMethod.Post, 1, "other", "x");
        var deleted = await AskAsync(HttpMethod.Delete, 2, "user:1");
        await Soon.UntilAsync(() => told.Contains(("user:1", "deleted", deleted.Tag!.Trim('"'))), "it is told that it was deleted");
        await AskAsync(HttpMethod.Post, 3, "user:2&ttl=0.05", "short");
        await Soon.UntilAsync(async () => (await AskAsync(HttpMethod.Get, 2, "user:2")).Status is HttpStatusCode.NotFound, "it is over");
        await Soon.UntilAsync(() => told.Any(one => (one.Key, one.Change) == ("user:2", "expired")), "it is told that it is over");
        Assert.DoesNotContain(told, one => one.Key is "other" or "" || one.Change == "missed");
        Assert.Distinct(told);

        nodes.Stop(2);
        await Soon.UntilAsync(() => told.Any(one => one.Change == "missed"), "it is told that somebody is gone, with what only he knew");
        await Soon.UntilAsync(
            async () => (await AskAsync(HttpMethod.Post, 1, "user:late", "x")).Status is HttpStatusCode.OK
                && told.Any(one => one.Key == "user:late"),
            "two are a majority, and tell");
        nodes.Stop(3);
        await Assert.ThrowsAnyAsync<IOException>(() => reading);
    }

    [Fact]
    public async Task Who_watches_where_changes_are_made_misses_none_from_the_first_on()
    {
        using var alone = new QuorumNodes(1, 1, hasApi: true);
        await alone.SeatedAsync(1);
        await alone[1].ListeningAsync();
        await Soon.UntilAsync(async () => (await SetAsync("before")).IsSuccessStatusCode, "it takes something");
        using var watching = await http.GetAsync(alone.UrlOf(1, "store/events"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var lines = new StreamReader(await watching.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal(":", await lines.ReadLineAsync(Cancelled)); // it has begun
        Assert.True((await SetAsync("first")).IsSuccessStatusCode);
        Assert.True((await SetAsync("second")).IsSuccessStatusCode);
        using var limit = new CancellationTokenSource(Soon.Limit);
        string? line;
        do
            line = await lines.ReadLineAsync(limit.Token);
        while (line is "" or ":");
        Assert.Contains("\"key\":\"first\",\"change\":\"set\",\"version\":\"1\"", line, StringComparison.Ordinal);

        async Task<HttpResponseMessage> SetAsync(string key) =>
            await http.PostAsync(alone.UrlOf(1, $"store/value?key={key}"), new StringContent("x"), Cancelled);
    }

    private static async Task ReadAsync(HttpResponseMessage watching, ConcurrentQueue<(string Key, string Change, string Version)> told)
    {
        using var lines = new StreamReader(await watching.Content.ReadAsStreamAsync(Cancelled));
        var name = "";
        while (await lines.ReadLineAsync(Cancelled) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line["event: ".Length..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            using var said = JsonDocument.Parse(line["data: ".Length..]);
            told.Enqueue((Of("key"), name.Length > 0 ? name : Of("change"), Of("version")));
            name = "";

            string Of(string property) =>
                said.RootElement.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";
        }

        throw new EndOfStreamException();
    }

    private static (HttpStatusCode, string?) Head((HttpStatusCode Status, string? Tag, string Text, string? Applied) answer) =>
        (answer.Status, answer.Tag);

    private async Task<(HttpStatusCode Status, string? Tag, string Text, string? Applied)> AskAsync(
        HttpMethod method, int node, string key, string? value = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, nodes.UrlOf(node, $"store/value?key={key}"));
        if (value is not null)
            request.Content = new StringContent(value, new MediaTypeHeaderValue("application/octet-stream"));
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var answer = await http.SendAsync(request, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        string? applied = null;
        if (answer.Content.Headers.ContentType?.MediaType is "application/problem+json")
        {
            using var problem = JsonDocument.Parse(text);
            applied = problem.RootElement.TryGetProperty("applied", out var said) ? said.GetString() : null;
        }

        return (answer.StatusCode, answer.Headers.ETag?.Tag, text, applied);
    }
}

using System.Net;
using Roj.Host.Daemon;
using Roj.Tests.Host.Agreement;
using Xunit;

namespace Roj.Tests.Host.Storage;

/// <summary>Nodes that were told of no majority, and meet one.</summary>
public sealed class StorePartTests : IDisposable
{
    private readonly QuorumNodes nodes = new(3, 0, hasApi: true);
    private readonly HttpClient http = new() { Timeout = 3 * Soon.Limit };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        http.Dispose();
        nodes.Dispose();
    }

    [Fact]
    public async Task Who_keeps_nothing_keeps_their_keys_from_then_on()
    {
        nodes.Start(4, expect: 0);
        await nodes[4].ListeningAsync();
        await Soon.UntilAsync(async () => (await ReadAsync(4, "a")).Status is HttpStatusCode.NotFound, "it serves, alone");
        using var watching = await http.GetAsync(nodes.UrlOf(4, "store/events"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var lines = new StreamReader(await watching.Content.ReadAsStreamAsync(Cancelled));

        await BeginAsync();
        await Heard(4, "store.majority");
        while (await lines.ReadLineAsync(Cancelled) is not null)
        {
            // Who watched is sent away, and comes again.
        }

        await Soon.UntilAsync(async () => await WriteAsync(4, "a", "1"), "it writes what a majority keeps");
        Assert.Equal("1", (await ReadAsync(1, "a")).Text);
        Assert.True(await WriteAsync(2, "b", "2"));
        Assert.Equal("2", (await ReadAsync(4, "b")).Text);
        Assert.DoesNotContain(nodes[4].News, IsOf("store.stays"));
    }

    [Fact]
    public async Task Who_is_asked_all_the_while_keeps_their_keys_too_and_does_so_though_its_state_is_lost()
    {
        await BeginAsync(3);
        Assert.True(await WriteAsync(1, "a", "1"));
        nodes.Start(4, expect: 0);
        await nodes[4].ListeningAsync();
        await Soon.UntilAsync(async () => (await Task.WhenAll(ReadAsync(4, "a"), ReadAsync(4, "b")))[0].Text is "1", "it reads theirs");
        Assert.DoesNotContain(nodes[4].News, IsOf("store.stays"));

        nodes.Stop(4);
        Assert.False(Directory.Exists(Path.Combine(nodes.DataOf(4), "store")));
        File.Delete(Path.Combine(nodes.DataOf(4), "state.json")); // as if it had ended before that was written
        nodes.Start(4, expect: 0);
        await nodes[4].ListeningAsync();
        await Heard(4, "store.majority");
        await Soon.UntilAsync(async () => (await ReadAsync(4, "a")).Text is "1", "it reads theirs again");
    }

    [Fact]
    public async Task Who_keeps_keys_serves_them_until_it_starts_again()
    {
        nodes.Start(4, expect: 0);
        await nodes[4].ListeningAsync();
        await Soon.UntilAsync(async () => await WriteAsync(4, "own", "old"), "it keeps keys of its own");
        await BeginAsync();
        await Heard(4, "store.stays");
        Assert.Equal("old", (await ReadAsync(4, "own")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await ReadAsync(1, "own")).Status);
        Assert.True(await WriteAsync(1, "theirs", "new"));

        nodes.Stop(4);
        nodes.Start(4, expect: 0);
        await Heard(4, "store.aside");
        await nodes[4].ListeningAsync();
        await Soon.UntilAsync(async () => (await ReadAsync(4, "theirs")).Text is "new", "it has those of the majority");
        Assert.Equal(HttpStatusCode.NotFound, (await ReadAsync(4, "own")).Status);
    }

    private async Task BeginAsync(int count = 4)
    {
        for (var number = 1; number <= 3; number++)
            nodes.Start(number);
        for (var number = 1; number <= count; number++)
        {
            await nodes[number].ListeningAsync();
            await nodes.SeatedAsync(number);
        }

        await Soon.UntilAsync(async () => await WriteAsync(1, "begun", "x"), "a majority takes something");
    }

    private Task Heard(int number, string kind) =>
        Soon.UntilAsync(() => nodes[number].News.Any(what => IsOf(kind)(what)), $"n{number} tells {kind}");

    private static Predicate<NodeNews> IsOf(string kind) => what => what is NodeNews.OfWing(var news) && news.Kind == kind;

    private async Task<(HttpStatusCode Status, string Text)> ReadAsync(int number, string key)
    {
        using var answer = await http.GetAsync(nodes.UrlOf(number, $"store/value?key={key}"), Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private async Task<bool> WriteAsync(int number, string key, string value)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(value));
        content.Headers.ContentType = new("application/octet-stream");
        using var answer = await http.PostAsync(nodes.UrlOf(number, $"store/value?key={key}"), content, Cancelled);
        return answer.IsSuccessStatusCode;
    }
}

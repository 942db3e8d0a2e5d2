using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Storage;
using Roj.Tests.Cli;
using Xunit;
using Xunit.Sdk;

namespace Roj.Tests.Host.Http;

/// <summary>What the store keeps, by HTTP and by <c>roj kv</c>: a whole node, alone, with its data directory.</summary>
public sealed class StoreApiTests : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private readonly HttpClient http = new() { Timeout = 3 * Soon.Limit };
    private ushort port = FreePort();
    private ushort resp = FreePort();
    private NodeJob? job;
    private Thread? running;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        await Soon.UntilAsync(
            async () => (await StatusAsync()).GetProperty("mapVersion").ValueKind is JsonValueKind.String, "it knows who keeps what");
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        http.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_set_is_there_and_after_a_restart_too_until_it_is_deleted()
    {
        Assert.Equal(HttpStatusCode.OK, (await SetAsync("value?key=a%20b&db=3", "one\0two")).Status);
        Assert.Equal((HttpStatusCode.OK, "one\0two"), await GetAsync("value?key=a%20b&db=3"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("value?key=a%20b")).Status);
        Stop();
        await StartAsync();
        await Soon.UntilAsync(
            async () => await GetAsync("value?key=a%20b&db=3") == (HttpStatusCode.OK, "one\0two"), "it is there again");
        Assert.Equal((HttpStatusCode.OK, """{"keys":["a b"],"next":"0"}"""), await GetAsync("keys?db=3&count=1000&prefix=a"));
        Assert.Equal((HttpStatusCode.OK, """{"keys":[],"next":"0"}"""), await GetAsync("keys?db=3&prefix=%2A"));
        Assert.Equal((HttpStatusCode.OK, """{"done":true}"""), await DeleteAsync("value?key=a%20b&db=3"));
        Assert.Equal((HttpStatusCode.OK, """{"done":false}"""), await DeleteAsync("value?key=a%20b&db=3"));
        var store = await StatusAsync();
        Assert.Equal("available", store.GetProperty("mode").GetString());
        Assert.Equal(SlotMap.Slots, store.GetProperty("nodes")[0].GetProperty("slots").GetInt32());
        Assert.Equal($"127.0.0.1:{resp}", store.GetProperty("listen").GetString());
    }

    [Fact]
    public async Task It_ends_at_its_time()
    {
        await SetAsync("value?key=short&ttl=0.2", "x");
        using var answer = await http.GetAsync(Url("value?key=short"), Cancelled);
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound || answer.Headers.Contains(StoreEndpoints.ExpiresHeader));
        await Soon.UntilAsync(async () => (await GetAsync("value?key=short")).Status is HttpStatusCode.NotFound, "it has ended");
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        (string Method, string Path, int Status)[] mistakes =
        [
            ("GET", "value", 400), ("GET", "value?key=a&db=16", 400), ("GET", "value?key=a&db=-1", 400), ("POST", "value?key=", 400),
            ("POST", "value?key=a&ttl=0", 400), ("POST", "value?key=a&ttl=soon", 400), ("DELETE", "value?key=a&db=x", 400),
            ("GET", "keys?count=0", 400), ("GET", "keys?count=1001", 400), ("GET", "keys?cursor=-1", 400), ("GET", "value?key=nobody", 404),
            ("GET", "events?db=16", 400), ("GET", "events?db=x", 400),
            ("GET", $"events?prefix={new string('x', WatchFilter.PrefixBytesMax + 1)}", 400),
        ];
        foreach (var (method, path, status) in mistakes)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Url(path));
            if (method == "POST")
                request.Content = new ByteArrayContent([1]);
            using var answer = await http.SendAsync(request, Cancelled);
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory]
    [InlineData(StorageLimits.ValueBytesMax, HttpStatusCode.OK)]
    [InlineData(StorageLimits.ValueBytesMax + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_value_has_a_limit(int bytes, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url("value?key=large"));
        request.Content = new ByteArrayContent(new byte[bytes]);
        request.Headers.ExpectContinue = true; // who is refused sends nothing
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task The_program_sets_gets_lists_and_deletes()
    {
        Assert.Equal((0, "", ""), await KvAsync("set", "user:1", "Ada", "--db", "2"));
        Assert.Equal((0, "", ""), await KvAsync("set", "user:2", "Grace", "--db", "2", "--ttl", "60s"));
        Assert.Equal((0, "", ""), await KvAsync("set", "other", "x", "--db", "2"));
        Assert.Equal((0, "Ada", ""), await KvAsync("get", "user:1", "--db", "2"));
        var (_, listed, _) = await KvAsync("keys", "--prefix", "user:", "--db", "2");
        Assert.Equal(["user:1", "user:2"], listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal((0, "2\n", ""), await KvAsync("del", "user:1", "user:2", "nobody", "--db", "2"));
        var (exit, _, error) = await KvAsync("get", "user:1", "--db", "2");
        Assert.Equal(1, exit);
        Assert.Contains("there is no key", error, StringComparison.Ordinal);
        Assert.Equal(2, (await KvAsync("get", "user:1", "--db", "16")).Exit);
        Assert.Contains("records here", (await KvAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_watches_is_told_what_changes()
    {
        using var answer = await http.GetAsync(Url("events?db=2&prefix=user:"), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal(":", await lines.ReadLineAsync(Cancelled)); // it has begun
        await SetAsync("value?key=user:1", "another database");
        await SetAsync("value?key=other&db=2", "x");
        await SetAsync("value?key=user:1&db=2", "x");
        await DeleteAsync("value?key=user:1&db=2");
        Assert.Equal(("user:1", "set"), await NextAsync());
        Assert.Equal(("user:1", "deleted"), await NextAsync());

        async Task<(string, string)> NextAsync()
        {
            while (await lines.ReadLineAsync(Cancelled) is { } line)
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                using var said = JsonDocument.Parse(line["data: ".Length..]);
                return (said.RootElement.GetProperty("key").GetString()!, said.RootElement.GetProperty("change").GetString()!);
            }

            throw new EndOfStreamException();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_program_tells_what_changes_until_the_node_is_gone(bool isJson)
    {
        var watching = KvAsync(isJson ? ["watch", "--db", "2", "--output", "json"] : ["watch", "--db", "2"]);
        for (var i = 0; i < 40; i++)
        {
            await SetAsync("value?key=user:1&db=2", "x");
            await Task.Delay(50, Cancelled); // until it watches
        }

        Stop();
        var (exit, output, _) = await watching;
        Assert.NotEqual(0, exit);
        Assert.Contains(isJson ? "\"key\":\"user:1\",\"change\":\"set\"" : " 2 user:1 set ", output, StringComparison.Ordinal);
        await StartAsync();
    }

    [Fact]
    public async Task Clients_of_the_Redis_protocol_see_the_same()
    {
        await SetAsync("value?key=shared", "by HTTP");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, resp, Cancelled);
        var stream = client.GetStream();
        var commands = "*2\r\n$3\r\nGET\r\n$6\r\nshared\r\n*3\r\n$3\r\nSET\r\n$6\r\nshared\r\n$4\r\nRESP\r\n"u8.ToArray();
        await stream.WriteAsync(commands, Cancelled);
        var expected = "$7\r\nby HTTP\r\n+OK\r\n";
        var answer = new byte[expected.Length];
        await stream.ReadExactlyAsync(answer, Cancelled);
        Assert.Equal(expected, Encoding.ASCII.GetString(answer));
        Assert.Equal((HttpStatusCode.OK, "RESP"), await GetAsync("value?key=shared"));
    }

    private static ushort FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // A port that was free a moment ago may be another test's by now: then with others.
    private async Task StartAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            if (await TryStartAsync())
                return;
            (port, resp) = (FreePort(), FreePort());
        }

        Assert.Fail("the node does not start");
    }

    private async Task<bool> TryStartAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ConcurrentQueue<string> told = [];
        var options = new NodeOptions
        {
            DataPath = folder.At("data"),
            Cluster = "store-tests",
            Address = 0x7F000001,
            Port = FreePort(),
            HttpPort = port,
            RespPort = resp,
            IsRespPortAsked = true,
            SwarmPort = FreePort(),
            Broadcast = false,
            Sweep = false,
            ElectionWait = TimeSpan.FromMilliseconds(10),
        };
        job = new NodeJob(options, happened =>
        {
            told.Enqueue($"{happened.News}");
            if (happened.News is NodeNews.Listening)
                listening.TrySetResult();
        });
        job.Serve = (shell, self) => NodeApi.StartAsync(shell, self, options, new EventLog());
        var run = job.Run;
        running = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (NodeException)
            {
                // It has told why.
            }

            ended.TrySetResult();
        })
        { IsBackground = true };
        running.Start();
        try
        {
            await Soon.UntilAsync(() => listening.Task.IsCompleted || ended.Task.IsCompleted, "the node listens, or ends");
        }
        catch (XunitException e)
        {
            throw new TimeoutException($"it told '{string.Join("', '", told)}'", e);
        }

        return listening.Task.IsCompleted;
    }

    private void Stop()
    {
        job!.Stop();
        Assert.True(running!.Join(3 * Soon.Limit));
    }

    private string Url(string path) => $"http://127.0.0.1:{port}/api/v1/store/{path}".TrimEnd('/');

    private async Task<JsonElement> StatusAsync()
    {
        using var answer = JsonDocument.Parse(await http.GetByteArrayAsync(Url(""), Cancelled));
        return answer.RootElement.Clone();
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path) =>
        await ReadAsync(await http.GetAsync(Url(path), Cancelled));

    private async Task<(HttpStatusCode Status, string Body)> DeleteAsync(string path) =>
        await ReadAsync(await http.DeleteAsync(Url(path), Cancelled));

    private async Task<(HttpStatusCode Status, string Body)> SetAsync(string path, string value)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
        return await ReadAsync(await http.PostAsync(Url(path), content, Cancelled));
    }

    private static async Task<(HttpStatusCode Status, string Body)> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private async Task<(int Exit, string Output, string Error)> KvAsync(params string[] words)
    {
        var run = await RojRun.OfAsync($"http://127.0.0.1:{port}", ["kv", .. words]);
        return (run.Exit, run.Output, run.Error);
    }
}

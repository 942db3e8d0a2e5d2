using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Tokens;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>What may be asked of a node's tokens, and how who works beside the node is given its turns: a whole node, alone, over real
/// HTTP.</summary>
public sealed class TokenApiTests : IAsyncLifetime
{
    private readonly HttpClient http = new() { Timeout = 3 * Soon.Limit };
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ushort port = FreePort();
    private NodeJob? job;
    private Thread? running;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new NodeOptions
        {
            Cluster = $"tests-{Guid.NewGuid():N}",
            Address = 0x7F000001,
            Port = FreePort(),
            HttpPort = port,
            Broadcast = false,
            Sweep = false,
            Tokens = [TokenPlan.Read("x")!, TokenPlan.Read("round=none:50ms")!],
        };
        job = new NodeJob(options, happened =>
        {
            if (happened.News is NodeNews.Listening)
                listening.TrySetResult();
        });
        job.Serve = (shell, self) => NodeApi.StartAsync(shell, self, options, new EventLog());
        running = new Thread(job.Run) { IsBackground = true };
        running.Start();
        await listening.Task.WaitAsync(Soon.Limit);
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        job!.Stop();
        Assert.True(running!.Join(3 * Soon.Limit));
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("GET", "token?name=nobody", 404)]
    [InlineData("GET", "token/log?name=nobody", 404)]
    [InlineData("GET", "token/data?name=nobody", 404)]
    [InlineData("GET", "token/hold?name=x", 405)]
    [InlineData("GET", "token/pass?name=x", 405)]
    [InlineData("GET", "token/result?name=x", 405)]
    [InlineData("POST", "token/hold?name=round", 409)]
    [InlineData("POST", "token/hold?name=Not%20one", 409)]
    [InlineData("POST", "token/pass?name=x", 400)]
    [InlineData("POST", "token/pass?name=x&epoch=1", 400)]
    [InlineData("POST", "token/pass?name=x&epoch=1&sequence=-1", 400)]
    [InlineData("POST", "token/pass?name=x&epoch=1&sequence=1000000", 409)]
    [InlineData("POST", "token/result?name=x&epoch=1&sequence=1", 400)]
    [InlineData("POST", "token/result?name=x&epoch=1&sequence=1000000&progress=1", 409)]
    [InlineData("POST", "token/result?name=x&epoch=18446744073709551616&sequence=1&progress=1", 400)]
    [InlineData("GET", "token/once?name=x", 400)]
    [InlineData("GET", "token/once?name=x&key=k", 409)]
    [InlineData("POST", "token/once?name=x&key=k", 400)]
    [InlineData("POST", "token/once?name=x&key=k&epoch=1&sequence=1", 409)]
    public async Task What_can_not_be_is_refused(string method, string what, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), At(what));
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_key_has_a_limit_and_what_is_done_once_needs_a_majority()
    {
        using var longest = await http.GetAsync(At($"token/once?name=x&key={new string('k', TokenDoor.KeyBytesMax)}"), Cancelled);
        Assert.Contains("--expect", await longest.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        using var longer = await http.GetAsync(At($"token/once?name=x&key={new string('k', TokenDoor.KeyBytesMax + 1)}"), Cancelled);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.BadRequest), (longest.StatusCode, longer.StatusCode));
    }

    [Fact]
    public async Task Who_works_beside_the_node_has_a_turn_says_how_far_it_got_and_passes_it_on()
    {
        using var hold = await HoldAsync("x");
        var first = await UntilHeldAsync(hold);
        Assert.Equal(("token/x", 0UL, 0L), (first.Lease, first.Progress, first.Bytes));
        Assert.InRange(first.LeftMs, 1, 2000);
        Assert.Equal("kept", (await LineAsync(hold)).Event);

        Assert.Equal(200, await SayAsync($"token/result?name=x&{first.Turn}&progress=2", "abc"u8.ToArray()));
        Assert.Equal(409, await SayAsync($"token/result?name=x&{first.Turn}&progress=1", "fallen"u8.ToArray()));
        Assert.Equal(413, await SayAsync($"token/result?name=x&{first.Turn}&progress=3", new byte[TokenFrame.DataMax + 1]));
        Assert.Equal(200, await SayAsync($"token/pass?name=x&{first.Turn}"));
        Assert.Equal(409, await SayAsync($"token/pass?name=x&{first.Turn}"));
        Assert.Equal(409, await SayAsync($"token/result?name=x&{first.Turn}&progress=3", "late"u8.ToArray()));

        var second = await UntilHeldAsync(hold);
        Assert.Equal((2UL, 3L), (second.Progress, second.Bytes));
        Assert.True((second.Epoch, second.Sequence).CompareTo((first.Epoch, first.Sequence)) > 0);
        using var data = await http.GetAsync(At("token/data?name=x"), Cancelled);
        Assert.Equal("abc", await data.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("2", Assert.Single(data.Headers.GetValues("Roj-Progress")));
    }

    [Fact]
    public async Task Who_goes_without_a_word_may_still_work_so_the_next_one_waits_for_his_time()
    {
        var gone = await HoldAsync("x");
        var first = await UntilHeldAsync(gone);
        using var next = await HoldAsync("x");
        var before = DateTime.UtcNow;
        gone.Dispose();
        var second = await UntilHeldAsync(next);
        Assert.True(second.Sequence > first.Sequence || second.Epoch > first.Epoch);
        Assert.InRange(DateTime.UtcNow - before, TimeSpan.FromSeconds(1), Soon.Limit); // 2 s were granted, a part of it may be over
    }

    [Fact]
    public async Task It_tells_how_its_tokens_stand_and_what_happened()
    {
        await Soon.UntilAsync(() => Read("token?name=round").GetProperty("turns").GetInt64() > 2, "it goes round");
        var names = Read("tokens").GetProperty("tokens").EnumerateArray().Select(one => one.GetProperty("name").GetString());
        Assert.Equal(["round", "x"], names);
        var entries = Read("token/log?name=round").GetProperty("entries").EnumerateArray();
        Assert.Contains(entries, one => one.GetProperty("event").GetString() == "held");
        Assert.Equal("available", Read("token?name=round").GetProperty("mode").GetString());
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<Line> LineAsync(StreamReader lines)
    {
        var text = await lines.ReadLineAsync(Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        using var json = JsonDocument.Parse(text!);
        var root = json.RootElement;
        ulong Number(string name) =>
            root.TryGetProperty(name, out var number) && number.ValueKind is JsonValueKind.Number ? number.GetUInt64() : 0;
        var lease = root.TryGetProperty("lease", out var its) ? its.GetString() : null;
        return new Line(
            root.GetProperty("event").GetString()!,
            lease,
            Number("epoch"),
            Number("sequence"),
            Number("progress"),
            (long)Number("bytes"),
            (long)Number("leftMs"));
    }

    private static async Task<Line> UntilHeldAsync(StreamReader lines)
    {
        var line = await LineAsync(lines);
        while (line.Event is "waiting" or "kept")
            line = await LineAsync(lines);
        Assert.Equal("held", line.Event);
        return line;
    }

    private Uri At(string what) => new($"http://127.0.0.1:{port}/api/v1/{what}");

    private JsonElement Read(string what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(what));
        using var answer = http.Send(request, Cancelled);
        using var json = JsonDocument.Parse(answer.Content.ReadAsStream(Cancelled));
        return json.RootElement.Clone();
    }

    private async Task<StreamReader> HoldAsync(string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At($"token/hold?name={name}"));
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
    }

    private async Task<int> SayAsync(string what, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(what)) { Content = new ByteArrayContent(body ?? []) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        request.Headers.ExpectContinue = body is not null; // what is refused by its length is not sent
        using var answer = await http.SendAsync(request, Cancelled);
        return (int)answer.StatusCode;
    }

    private sealed record Line(string Event, string? Lease, ulong Epoch, ulong Sequence, ulong Progress, long Bytes, long LeftMs)
    {
        public string Turn => $"epoch={Epoch}&sequence={Sequence}";
    }
}

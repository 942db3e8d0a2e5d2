using System.Net.Sockets;
using System.Text;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Host;
using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>Trackers on real sockets: a node that is one, and a node that asks one.</summary>
public sealed class TrackerHostTests : IDisposable
{
    private const string Body = "d8:intervali60e5:peers6:\u007f\u0000\u0000\u0001\u0000\u0001e";

    private static readonly byte[] Bytes = Shared.Random(1000);
    private static readonly InfoDictionary Info = Shared.Describe(Bytes, 256);

    private readonly ScratchFolder folder = new();

    public static TheoryData<string> Answers =>
    [
        $"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}",
        $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n{Body.Length - 1:x}\r\n{Body[1..]}\r\n0\r\n\r\n",
        $"HTTP/1.0 200 OK\r\n\r\n{Body}",
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_node_tells_its_tracker_and_takes_its_answer(string answer)
    {
        using var tracker = new TestTracker(answer);
        using var shell = Run("data.bin", tracker.Url);
        await Soon.UntilAsync(() => Told<TrackingEvent.Answered>(shell).Any(told => told.PeerCount == 1), "the answer was taken");
        Assert.True(tracker.Requests.TryDequeue(out var line));
        Assert.StartsWith("GET /announce?passkey=1&info_hash=", line, StringComparison.Ordinal);
        Assert.Contains($"&port={shell.Own.Port}&", line, StringComparison.Ordinal);
        Assert.Contains("&event=started&", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_followed()
    {
        using var tracker = new TestTracker("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", Answers.First().Data);
        using var shell = Run("data.bin", tracker.Url);
        await Soon.UntilAsync(() => Told<TrackingEvent.Answered>(shell).Any(), "the answer was taken");
        Assert.Contains("GET /b HTTP/1.1", tracker.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "3 times")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://h/\r\nContent-Length: 0\r\n\r\n", "https")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "gzip")]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "500")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "no end")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\njunk", "BEP 3")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nd14:failure reason3:no!e", "no!")]
    public async Task What_is_wrong_with_an_answer_is_told(string answer, string word)
    {
        using var tracker = new TestTracker(answer);
        using var shell = Run("data.bin", tracker.Url);
        await Soon.UntilAsync(() => Told<TrackingEvent.Warned>(shell).Any(), "the user is warned");
        Assert.Contains(word, Told<TrackingEvent.Warned>(shell).First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_a_tracker_for_another()
    {
        using var first = Run("one.bin");
        using var second = Run("two.bin", $"http://{first.Own}/announce");
        await Soon.UntilAsync(
            () => second.Events.OfType<SyncEvent.Shared>().Any(told => told.What is SwarmEvent.PeerMet), "they meet");
    }

    [Fact]
    public async Task A_node_answers_whoever_speaks_http()
    {
        using var shell = Run("data.bin");
        var request = new AnnounceRequest
        {
            InfoHash = Info.InfoHash,
            PeerId = PeerId.Create(new Rng(9)),
            Port = 9,
            Left = 1,
            NumWant = 1,
        };
        var answer = await AskAsync(shell, $"GET /announce?{request.Query()} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.True(AnnounceAnswer.TryRead(answer.Body.Span, out var told));
        Assert.Equal(shell.Own, Assert.Single(told.Peers).Endpoint);
        Assert.Equal(404, (await AskAsync(shell, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
        Assert.Equal(405, (await AskAsync(shell, "POST / HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
        Assert.Equal(400, (await AskAsync(shell, "GET / HTTP/1.1\r\n\r\n")).Status);
        Assert.Equal(403, (await AskAsync(shell, "GET /announce HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n\r\n")).Status);
        Assert.Equal(414, (await AskAsync(shell, $"GET /{new string('x', 100_000)}")).Status);
    }

    [Fact]
    public async Task Those_who_say_nothing_keep_nobody_out()
    {
        using var shell = Run("data.bin");
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 100; i++)
                silent.Add(await CallAsync(shell));
            Assert.Equal(404, (await AskAsync(shell, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).Status);
            Assert.Equal(0, await shell.PeersAsync());
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Two_nodes_of_one_host_hear_each_other_by_multicast()
    {
        const uint Loopback = 0x7F000001;
        var heard = new TaskCompletionSource<LocalSearchMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ear = LocalSearchSocket.Bind(Loopback, (_, message) => heard.TrySetResult(message));
        using var mouth = LocalSearchSocket.Bind(Loopback, (_, _) => { });
        var hearing = ear.ReceiveAsync();
        mouth.Send(LocalSearchMessage.Group, new LocalSearchMessage(7, [Info.InfoHash], "x"));
        Assert.Equal(7, (await heard.Task.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken)).Port);
        ear.Dispose();
        await hearing;
    }

    private static IEnumerable<T> Told<T>(RunningShell shell) =>
        shell.Events.OfType<SyncEvent.Tracked>().Select(told => told.What).OfType<T>();

    private static async Task<Socket> CallAsync(RunningShell shell)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(shell.Own.ToSystem(), TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<HttpAnswer> AskAsync(RunningShell shell, string request)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var socket = await CallAsync(shell);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancelled);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancelled).WaitAsync(Soon.Limit, cancelled);
        Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(answer.ToArray(), true, out var read));
        return read!;
    }

    private RunningShell Run(string name, params string[] trackers) => new(folder.Put(name, Bytes), Info, trackers: trackers);
}

using System.Net.Sockets;
using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Host.Election;

/// <summary>Election by HTTP on the port between nodes, as nodes without an API have it: both ends.</summary>
public sealed class ElectionDoorTests
{
    private const ulong Cluster = 7;

    private static readonly Term led = new(3, new NodeId(2));
    private static readonly Colouring colouring = Colouring.Of(led, 4, [new NodeId(1), new NodeId(2)]);
    private static readonly RingId sender = new(7, new NodeId(2));
    private static readonly RingMessage candidacy = new RingMessage.Election(sender, sender, 0);
    private static readonly ClusterKey key = ClusterKey.Create();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_registers_has_the_colors_and_what_goes_round_is_taken_or_refused(bool hasKey) => OnLoop(hasKey, async node =>
    {
        using var calls = node.Calls(hasKey ? Rings.Of(key) : null);
        Assert.Equal(colouring, await calls.RegisterAsync(node.AsMember, new NodeId(1), led));
        Assert.Null(await calls.RegisterAsync(node.AsMember, new NodeId(9), led)); // whom it does not know
        Assert.Equal((true, null), await calls.PostAsync(node.AsMember, candidacy));
        node.Answer = (RingRefusal.Stale, new Term(5, new NodeId(3)));
        Assert.Equal((true, new Term(5, new NodeId(3))), await calls.PostAsync(node.AsMember, candidacy));
        node.Answer = (RingRefusal.Stranger, new Term(5, new NodeId(3)));
        Assert.Equal((true, null), await calls.PostAsync(node.AsMember, candidacy)); // the term is not why
        Assert.Equal(3, node.Passed);
        Assert.Equal(0, node.Port.Drops.Calls + node.Port.Drops.Untrusted);
    });

    [Fact]
    public void Without_the_key_nobody_is_answered() => OnLoop(hasKey: true, async node =>
    {
        using var open = node.Calls(null);
        Assert.Null(await open.RegisterAsync(node.AsMember, new NodeId(1), led));
        using var foreign = node.Calls(Rings.Of(ClusterKey.Create()));
        Assert.Null(await foreign.RegisterAsync(node.AsMember, new NodeId(1), led));
        Assert.Equal((false, null), await foreign.PostAsync(node.AsMember, candidacy));
        Assert.Equal((0, 0), (node.Registered, node.Passed));
        await Soon.UntilAsync(() => node.Port.Drops.Untrusted >= 3, "each was counted"); // HTTP tries more than once
    });

    [Theory]
    [InlineData("GET /register HTTP/1.1", "", 404)]
    [InlineData("GET /register? HTTP/1.1", "", 400)]
    [InlineData("GET /register?node=1 HTTP/1.1", "", 400)]
    [InlineData("GET /register?node=00000000000000000000000000000001&node=00000000000000000000000000000002 HTTP/1.1", "", 400)]
    [InlineData("GET /api/v1/status HTTP/1.1", "", 404)]
    [InlineData("GET /message HTTP/1.1", "", 404)]
    [InlineData("POST /register?node=00000000000000000000000000000001 HTTP/1.1", "", 404)]
    [InlineData("POST /message HTTP/1.1", "", 400)]
    [InlineData("POST /message HTTP/1.1", "{}", 400)]
    [InlineData("GET nonsense", "", 400, 1)]
    [InlineData("GARBAGE", "\r\n\r\n", 400, 1)]
    public void What_is_no_question_of_a_node_is_refused_and_nothing_is_taken(string line, string body, int status, int dropped = 0) =>
        OnLoop(hasKey: false, async node =>
        {
            var answer = await AskAsync(node.Own, $"{line}\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
            Assert.Equal((0, 0, dropped), (node.Registered, node.Passed, (int)node.Port.Drops.Calls));
        });

    [Fact]
    public void A_page_in_a_browser_is_refused() => OnLoop(hasKey: false, async node =>
    {
        foreach (var (headers, status) in new[]
        {
            ($"Host: 127.0.0.1:{node.Own.Port}", 200), ("Host: roj.example", 403), ("Host: 127.0.0.1\r\nOrigin: http://roj.example", 403),
        })
        {
            var answer = await AskAsync(node.Own, $"GET /register?node={new NodeId(1)} HTTP/1.1\r\n{headers}\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        }

        Assert.Equal(1, node.Registered);
    });

    [Fact]
    public void Exchanges_go_on_beside_it() => OnLoop(hasKey: true, async node =>
    {
        var answers = 0;
        using var other = new ExchangeCalls(new Endpoint(Loopback.First, 0), Cluster, _ => true, Count, Rings.Of(key));
        await other.CallAsync(node.Own, () => new ExchangeMessage.Digest(1)).WaitAsync(Soon.Limit);
        Assert.Equal(1, answers);

        ExchangeMessage? Count(ExchangeMessage message)
        {
            answers++;
            return null;
        }
    });

    private static async Task<string> AskAsync(Endpoint node, string text)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Loopback.Of(1), node.Port, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        var bytes = Encoding.Latin1.GetBytes(text);
        await stream.WriteAsync(bytes.AsMemory(0, 1), TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes.AsMemory(1), TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Limit);
    }

    private static void OnLoop(bool hasKey, Func<Answering, Task> test) => new EventLoop().Run(async () =>
    {
        using var node = new Answering(hasKey ? Rings.Of(key) : null);
        var accepting = node.Port.AcceptAsync();
        await test(node).WaitAsync(3 * Soon.Limit);
        node.Dispose();
        await accepting;
    });

    private sealed class Answering : IDisposable
    {
        public Answering(ClusterKeys? keys)
        {
            Port = new ExchangeCalls(Own, Cluster, _ => true, _ => new ExchangeMessage.Same(), keys)
            {
                Asked = new ElectionDoor(Own.Address, Register, Pass).AnswerAsync,
            };
            Port.Listen();
        }

        public Endpoint Own { get; } = Loopback.Free();

        public ExchangeCalls Port { get; }

        public (RingRefusal? Refusal, Term Known) Answer { get; set; } = (null, led);

        public int Registered { get; private set; }

        public int Passed { get; private set; }

        /// <summary>As others know it: without an API.</summary>
        public Member AsMember => new(
            new NodeId(2), Own, MemberState.Alive, 1, Instant.Zero, new NodeId(2), new Profile("pluto", 0, 0, 0, 0, 0), default);

        public ElectionCalls Calls(ClusterKeys? keys) => new(Loopback.First, keys, keys is null ? null : new Tls(keys, Tls.Elections));

        public void Dispose() => Port.Dispose();

        private Colouring? Register(NodeId node)
        {
            Registered += node == new NodeId(1) ? 1 : 0;
            return node == new NodeId(1) ? colouring : null;
        }

        private (RingRefusal? Refusal, Term Known) Pass(RingMessage message)
        {
            Passed++;
            return Answer;
        }
    }
}

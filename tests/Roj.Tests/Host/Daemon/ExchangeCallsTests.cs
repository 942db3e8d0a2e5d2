using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>What may come to the port between nodes by TCP, and what it costs: the bad-input row "TCP" that needs no key.</summary>
public sealed class ExchangeCallsTests
{
    private const ulong Cluster = 7;
    private const uint Loopback = 0x7F000001;

    [Fact]
    public void A_question_is_answered_and_garbage_other_clusters_and_long_frames_are_counted_and_hung_up_on() => OnLoop(async calls =>
    {
        var own = calls.Own;
        Assert.Equal(
            ExchangeCodec.Write(Cluster, new ExchangeMessage.Same()),
            await AskAsync(own, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1))));
        Assert.Equal(0, calls.Calls.Drops.Calls);

        Assert.Empty(await AskAsync(own, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()));
        Assert.Empty(await AskAsync(own, new byte[18])); // a length of 0
        Assert.Empty(await AskAsync(own, [0xFF, 0xFF, 0xFF, 0xFF, .. "ROJX"u8, 1, 1, .. new byte[8]])); // -1, or 2^32 - 1
        Assert.Empty(await AskAsync(own, [0x80, 0, 0, 0, .. "ROJX"u8, 1, 1, .. new byte[8]])); // 2^31
        var everything = ExchangeCodec.Write(Cluster, new ExchangeMessage.Everything([Observer.Record(2)], false));
        Assert.Empty(await AskAsync(own, everything)); // no caller begins with as much
        Assert.Equal(5, calls.Calls.Drops.Calls);

        Assert.Empty(await AskAsync(own, ExchangeCodec.Write(Cluster + 1, new ExchangeMessage.Digest(1))));
        Assert.Equal(1, calls.Calls.Drops.OtherCluster);
        Assert.Equal(1, calls.Replies);
    });

    [Fact]
    public void Who_says_nothing_makes_room_for_who_comes_after_it() => OnLoop(async calls =>
    {
        List<Socket> silent = [];
        try
        {
            for (var i = 0; i <= ExchangeCalls.CallersMax; i++)
                silent.Add(await CallAsync(calls.Own));
            var answer = await AskAsync(calls.Own, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1)));
            Assert.NotEmpty(answer);
            Assert.Equal(2, calls.Calls.Drops.Crowded);
            Assert.True(silent[0].Poll(Soon.Limit, SelectMode.SelectRead)); // the first that came has heard the end
            Assert.False(silent[^1].Poll(TimeSpan.Zero, SelectMode.SelectRead)); // the last has not
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    });

    [Fact]
    public void Where_nobody_listens_a_call_is_over_at_once() => OnLoop(async calls =>
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and not listened on
        var port = (ushort)((IPEndPoint)nobody.LocalEndPoint!).Port;
        await calls.Calls.CallAsync(new Endpoint(Loopback, port), () => new ExchangeMessage.Digest(1)).WaitAsync(Soon.Limit);
        Assert.Equal(1, calls.Calls.Drops.Calls);
    });

    private static void OnLoop(Func<Answering, Task> test)
    {
        var loop = new EventLoop();
        loop.Run(async () =>
        {
            using var answering = new Answering();
            var accepting = answering.Calls.AcceptAsync();
            await test(answering).WaitAsync(3 * Soon.Limit);
            answering.Dispose();
            await accepting;
        });
    }

    private static async Task<Socket> CallAsync(Endpoint node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>All that comes back until the other end hangs up; it may do so by a reset, with what was sent unread.</summary>
    private static async Task<byte[]> AskAsync(Endpoint node, byte[] bytes)
    {
        using var socket = await CallAsync(node);
        await socket.SendAsync(bytes, TestContext.Current.CancellationToken);
        using var said = new MemoryStream();
        var buffer = new byte[1024];
        try
        {
            var isOpen = true;
            while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
            {
                said.Write(buffer, 0, count);
                if (isOpen)
                    socket.Shutdown(SocketShutdown.Send); // that was all: else the other waits for more
                isOpen = false;
            }
        }
        catch (SocketException)
        {
            // Reset.
        }

        return said.ToArray();
    }

    private sealed class Answering : IDisposable
    {
        public Answering()
        {
            using (var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                Own = new Endpoint(Loopback, (ushort)((IPEndPoint)free.LocalEndPoint!).Port);
            }

            Calls = new ExchangeCalls(Own, Cluster, _ => true, Reply);
            Calls.Listen();
        }

        public Endpoint Own { get; }

        public ExchangeCalls Calls { get; }

        public int Replies { get; private set; }

        public void Dispose() => Calls.Dispose();

        private ExchangeMessage.Same Reply(ExchangeMessage message)
        {
            Replies++;
            return new ExchangeMessage.Same();
        }
    }
}

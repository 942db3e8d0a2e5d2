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
                silent.Add(await CallAsync(calls.Own, i));
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
    public void Who_calls_more_often_than_an_address_may_makes_room_for_itself_and_for_nobody_else() => OnLoop(async calls =>
    {
        List<Socket> idle = [];
        try
        {
            idle.Add(await CallAsync(calls.Own, ExchangeCalls.CallersPerSourceMax)); // another address, and the first of all
            for (var i = 0; i < ExchangeCalls.CallersPerSourceMax; i++)
                idle.Add(await CallAsync(calls.Own));
            Assert.NotEmpty(await AskAsync(calls.Own, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1)), number: 8));
            Assert.Equal(0, calls.Calls.Drops.Crowded); // at the limit
            idle.Add(await CallAsync(calls.Own)); // one past it
            await Soon.UntilAsync(() => calls.Calls.Drops.Crowded == 1, "one made room");
            Assert.True(idle[1].Poll(Soon.Limit, SelectMode.SelectRead));
            Assert.False(idle[0].Poll(TimeSpan.Zero, SelectMode.SelectRead));
            Assert.False(idle[^1].Poll(TimeSpan.Zero, SelectMode.SelectRead));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    });

    [Fact]
    public void Where_nobody_listens_a_call_is_over_at_once() => OnLoop(async calls =>
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and not listened on
        var port = (ushort)((IPEndPoint)nobody.LocalEndPoint!).Port;
        await calls.Calls.CallAsync(new Endpoint(Loopback.First, port), () => new ExchangeMessage.Digest(1)).WaitAsync(Soon.Limit);
        Assert.Equal(1, calls.Calls.Drops.Calls);
    });

    [Theory]
    [InlineData(100, 60_000, 1)] // silent for longer than each wait may take
    [InlineData(60_000, 300, 40)] // never silent for long, and never done
    public void Who_sends_a_byte_now_and_then_is_hung_up_on(int patience, int patienceInAll, int bytes) => OnLoop(
        async calls =>
        {
            using var slow = await CallAsync(calls.Own);
            var frame = ExchangeCodec.Write(Cluster, new ExchangeMessage.Everything([Observer.Record(2)], false));
            await TrickleAsync(slow, frame.AsMemory(0, bytes), () => calls.Calls.Drops.Calls > 0);
            await Soon.UntilAsync(() => calls.Calls.Drops.Calls == 1, "it is given up");
            Assert.True(slow.Poll(Soon.Limit, SelectMode.SelectRead)); // the end, or a reset
            Assert.Equal(0, calls.Replies);
        },
        patience,
        patienceInAll);

    [Fact]
    public void Members_who_hold_all_places_are_not_sent_away_for_one_more_and_leave_in_the_end() => OnLoop(
        async calls =>
        {
            List<Socket> kin = [];
            try
            {
                var head = ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1))[..ExchangeCodec.HeadLength];
                for (var i = 0; i < ExchangeCalls.CallersMax; i++)
                {
                    kin.Add(await CallAsync(calls.Own, i));
                    await kin[i].SendAsync(head, TestContext.Current.CancellationToken);
                }

                await Soon.UntilAsync(() => calls.Calls.Kin == ExchangeCalls.CallersMax, "all have named the cluster");
                Assert.Equal(0, calls.Calls.Drops.Crowded); // at the limit
                var digest = ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1));
                Assert.Empty(await AskAsync(calls.Own, digest)); // one past it
                Assert.Equal(1, calls.Calls.Drops.Crowded);

                await Soon.UntilAsync(() => calls.Calls.Drops.Calls == ExchangeCalls.CallersMax, "they said no more for too long");
                Assert.NotEmpty(await AskAsync(calls.Own, digest));
            }
            finally
            {
                kin.ForEach(socket => socket.Dispose());
            }
        },
        patience: 2000);

    [Fact]
    public void A_thousand_idle_callers_hold_no_more_places_than_there_are_and_a_question_is_answered() => OnLoop(async calls =>
    {
        const int Idle = 1000;
        List<Socket> idle = [];
        try
        {
            for (var i = 0; i < Idle; i++)
                idle.Add(await CallAsync(calls.Own, i));
            Assert.NotEmpty(await AskAsync(calls.Own, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1))));
            await Soon.UntilAsync(() => calls.Calls.Drops.Crowded == Idle + 1 - ExchangeCalls.CallersMax, "each one more took a place");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    });

    [Fact]
    public void A_flood_of_bytes_is_hung_up_on_and_holds_nobody_up() => OnLoop(async calls =>
    {
        using var flood = await CallAsync(calls.Own);
        var garbage = new byte[1 << 20];
        new Random(1).NextBytes(garbage);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await flood.SendAsync(garbage, TestContext.Current.CancellationToken);
        });
        Assert.Equal(1, calls.Calls.Drops.Calls);
        Assert.NotEmpty(await AskAsync(calls.Own, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1))));
    });

    [Fact]
    public void Two_listeners_cannot_share_one_port() => OnLoop(calls =>
    {
        using var second = new ExchangeCalls(calls.Own, Cluster, _ => true, _ => null);
        var refused = Assert.Throws<SocketException>(second.Listen);
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
        return Task.CompletedTask;
    });

    [Fact]
    public void A_port_whose_connections_are_still_closing_can_be_had_again() => OnLoop(async calls =>
    {
        // We hung up first: that end of the connection stays, in TIME_WAIT, for a minute.
        Assert.Empty(await AskAsync(calls.Own, ExchangeCodec.Write(Cluster + 1, new ExchangeMessage.Digest(1))));
        calls.Dispose();
        using var next = new ExchangeCalls(calls.Own, Cluster, _ => true, _ => null);
        next.Listen();
    });

    private static async Task TrickleAsync(Socket socket, ReadOnlyMemory<byte> bytes, Func<bool> isOver)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length && !isOver(); sent++)
            {
                await socket.SendAsync(bytes.Slice(sent, 1), TestContext.Current.CancellationToken);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
        catch (SocketException)
        {
            // Reset: that is what it was to come to.
        }
    }

    private static void OnLoop(Func<Answering, Task> test, int? patience = null, int? patienceInAll = null)
    {
        var loop = new EventLoop();
        loop.Run(async () =>
        {
            using var answering = new Answering(patience ?? 3_000, patienceInAll ?? 10_000);
            var accepting = answering.Calls.AcceptAsync();
            await test(answering).WaitAsync(3 * Soon.Limit);
            answering.Dispose();
            await accepting;
        });
    }

    /// <summary>Calls; of many callers each address has no more than may be there at once.</summary>
    private static async Task<Socket> CallAsync(Endpoint node, int number = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Loopback.Of(1 + (number / ExchangeCalls.CallersPerSourceMax)), 0));
        await socket.ConnectAsync(IPAddress.Loopback, node.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>All that comes back until the other end hangs up; it may do so by a reset, with what was sent unread.</summary>
    private static async Task<byte[]> AskAsync(Endpoint node, byte[] bytes, int number = 0)
    {
        using var socket = await CallAsync(node, number);
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
        public Answering(int patience, int patienceInAll)
        {
            using (var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                Own = new Endpoint(Loopback.First, (ushort)((IPEndPoint)free.LocalEndPoint!).Port);
            }

            Calls = new ExchangeCalls(Own, Cluster, _ => true, Reply)
            {
                Patience = TimeSpan.FromMilliseconds(patience),
                PatienceInAll = TimeSpan.FromMilliseconds(patienceInAll),
            };
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

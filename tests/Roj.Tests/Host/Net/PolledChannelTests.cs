using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Net;
using Roj.Host.Storage;
using Xunit;

namespace Roj.Tests.Host.Net;

/// <summary>Connections that the loop looks after itself, while it waits.</summary>
public sealed class PolledChannelTests
{
    [Fact]
    public void What_is_sent_arrives_however_much_it_is() => OnLoop(async (one, other) =>
    {
        var sent = new byte[8 << 20]; // more than sockets hold
        new Random(1).NextBytes(sent);
        var sending = one.SendAsync(sent).AsTask();
        var received = new byte[sent.Length + 1];
        for (var held = 0; held < sent.Length;)
            held += await other.ReceiveAsync(received.AsMemory(held, Math.Min(100_000, received.Length - held)));
        await sending;
        Assert.Equal(sent, received[..^1]);
    });

    [Fact]
    public void Both_ways_at_once() => OnLoop(async (one, other) =>
    {
        var bytes = new byte[4 << 20];
        async Task ReadAsync(Channel from)
        {
            var buffer = new byte[64 * 1024];
            for (var left = bytes.Length; left > 0;)
                left -= await from.ReceiveAsync(buffer);
        }

        await Task.WhenAll(one.SendAsync(bytes).AsTask(), other.SendAsync(bytes).AsTask(), ReadAsync(one), ReadAsync(other));
    });

    [Fact]
    public void Into_no_room_it_is_waited_for_what_comes() => OnLoop(async (one, other) =>
    {
        var waiting = other.ReceiveAsync(Memory<byte>.Empty).AsTask();
        await Task.Delay(20);
        Assert.False(waiting.IsCompleted);
        await one.SendAsync("hello"u8.ToArray());
        Assert.Equal(0, await waiting);
        await other.ReceiveAsync(Memory<byte>.Empty); // it is there already
        var buffer = new byte[2];
        Assert.Equal(2, await other.ReceiveAsync(buffer));
        var rest = new byte[8];
        Assert.Equal(3, await other.ReceiveAsync(rest));
    });

    [Fact]
    public void The_end_is_nothing_received() => OnLoop(async (one, other) =>
    {
        var waiting = other.ReceiveAsync(new byte[8]).AsTask();
        one.Dispose();
        Assert.Equal(0, await waiting);
    });

    [Fact]
    public void Who_closes_it_while_he_waits_is_told() => OnLoop(async (one, other) =>
    {
        var waiting = other.ReceiveAsync(new byte[8]).AsTask();
        other.Dispose();
        Assert.False(waiting.IsCompleted); // not amid what closes it
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.ReceiveAsync(new byte[8], Test).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => other.SendAsync(new byte[8], Test).AsTask());
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await one.SendAsync(new byte[1000], Test);
                await Task.Delay(5, Test);
            }
        });
    });

    [Fact]
    public void Waiting_can_be_given_up_and_begun_again() => OnLoop(async (one, other) =>
    {
        using var giveUp = new CancellationTokenSource(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other.ReceiveAsync(new byte[8], giveUp.Token).AsTask());
        await one.SendAsync("again"u8.ToArray());
        using var late = new CancellationTokenSource();
        Assert.Equal(5, await other.ReceiveAsync(new byte[8], late.Token));
        late.Cancel(); // of a waiting that is over: it does not end the next
        var waiting = other.ReceiveAsync(new byte[8]).AsTask();
        await Task.Delay(20);
        Assert.False(waiting.IsCompleted);
        await one.SendAsync("more"u8.ToArray());
        Assert.Equal(4, await waiting);
    });

    [Fact]
    public void An_end_that_nobody_waits_for_does_not_wake_the_loop_again_and_again() => OnLoop(async (one, other) =>
    {
        var waiting = other.ReceiveAsync(new byte[8]).AsTask(); // so that it is looked after
        await one.SendAsync("hello"u8.ToArray());
        Assert.Equal(5, await waiting);
        var loop = (EventLoop)SynchronizationContext.Current!;
        var turns = 0;
        loop.AfterBatch = () =>
        {
            turns++;
            return null;
        };
        one.Socket.LingerState = new LingerOption(true, 0);
        one.Dispose(); // a reset
        await Task.Delay(200);
        loop.AfterBatch = null;
        Assert.InRange(turns, 1, 20);
        await Assert.ThrowsAsync<SocketException>(() => other.ReceiveAsync(new byte[8], Test).AsTask());
    });

    [Fact]
    public void Sending_can_be_given_up() => OnLoop(async (one, other) =>
    {
        using var giveUp = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.SendAsync(new byte[64 << 20], giveUp.Token).AsTask());
        GC.KeepAlive(other);
    });

    [Fact]
    public void Where_nobody_listens_there_is_no_connection() => OnLoop(async (one, other) =>
    {
        var nobody = Loopback.Free();
        var loop = (EventLoop)SynchronizationContext.Current!;
        using var third = loop.ChannelOver(New());
        var refused = await Assert.ThrowsAsync<SocketException>(() => third.ConnectAsync(nobody.ToSystem(), Test));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        GC.KeepAlive((one, other));
    });

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    private static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static void OnLoop(Func<PlainChannel, PlainChannel, Task> test)
    {
        OnLoop(OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller(), test);
        OnLoop(new SelectPoller(), test);
    }

    private static void OnLoop(IPoller poller, Func<PlainChannel, PlainChannel, Task> test)
    {
        using var sockets = poller;
        var loop = new EventLoop();
        loop.WaitWith(poller);
        loop.Run(async () =>
        {
            using var listener = New();
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            using var one = loop.ChannelOver(New());
            var connecting = one.ConnectAsync(listener.LocalEndPoint!, default);
            using var other = loop.ChannelOver(await listener.AcceptAsync());
            await connecting;
            Assert.IsType<PolledChannel>(other);
            await test(one, other).WaitAsync(Soon.Limit);
        });
    }
}

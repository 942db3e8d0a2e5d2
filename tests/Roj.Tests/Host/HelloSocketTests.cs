using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Host;

public class HelloSocketTests
{
    private const uint One = 0x7F4D0001; // 127.77.0.1
    private const uint Two = 0x7F4D0002;

    private static readonly Endpoint Broadcast = new(0x7FFFFFFF, 0);

    [Fact]
    public async Task Two_nodes_on_one_host_hear_a_broadcast_and_keep_their_own_mail()
    {
        using var one = Ear.Open(One, FreePort());
        using var two = Ear.Open(Two, one.Port);
        one.Socket.Send(Broadcast.WithPort(one.Port), Hello(1));
        one.Socket.Send(new Endpoint(Two, one.Port), Hello(2));
        two.Socket.Send(new Endpoint(One, one.Port), Hello(3));
        await Soon.UntilAsync(() => one.Heard.Count >= 2 && two.Heard.Count >= 2, "both have heard two");
        var sender = new Endpoint(One, one.Port);
        Assert.Equal([(sender, 1), (new Endpoint(Two, one.Port), 3)], one.Heard.OrderBy(heard => heard.Number)); // its own broadcast too
        Assert.Equal([(sender, 1), (sender, 2)], two.Heard.OrderBy(heard => heard.Number));
        Assert.Empty(one.Warnings.Concat(two.Warnings));
    }

    [Fact]
    public async Task What_makes_no_sense_is_counted_and_passed_over()
    {
        using var ear = Ear.Open(One, FreePort());
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var whole = new byte[HelloCodec.Length + 1];
        Assert.Equal(HelloCodec.Length, HelloCodec.Write(Hello(1), whole));
        byte[][] senseless = [[], "junk"u8.ToArray(), whole[..^2], whole, new byte[60_000]];
        foreach (var datagram in senseless)
            stranger.SendTo(datagram, new Endpoint(One, ear.Port).ToSystem());
        stranger.SendTo(whole.AsSpan(..^1), new Endpoint(One, ear.Port).ToSystem());
        await Soon.UntilAsync(() => !ear.Heard.IsEmpty, "the one that makes sense is heard");
        Assert.Equal(1, Assert.Single(ear.Heard).Number);
        Assert.Equal(senseless.Length, ear.Socket.Malformed);
    }

    [Fact]
    public void Two_nodes_cannot_share_one_address()
    {
        using var first = Ear.Open(One, FreePort());
        var refused = Assert.Throws<SocketException>(() => Ear.Open(One, first.Port));
        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
    }

    [Fact]
    public async Task What_nobody_takes_is_lost_and_the_ear_stays_open()
    {
        using var one = Ear.Open(One, FreePort());
        for (var i = 0; i < 10; i++)
            one.Socket.Send(new Endpoint(Two, one.Port), Hello(i)); // refused by ICMP: the kernel tells the socket at its next call
        one.Socket.Send(new Endpoint(0xC0000201, one.Port), Hello(0)); // from a loopback address there is no way to 192.0.2.1
        one.Socket.Send(new Endpoint(One, one.Port), Hello(11));
        await Soon.UntilAsync(() => !one.Heard.IsEmpty, "it hears itself");
        Assert.Equal(11, Assert.Single(one.Heard).Number);
    }

    [Fact]
    public async Task Closing_it_ends_the_receiving()
    {
        var ear = Ear.Open(One, FreePort());
        ear.Dispose();
        await ear.Receiving.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
    }

    private static Hello Hello(int number) =>
        new(HelloKind.Ask, "roj", new NodeId((UInt128)(uint)number), 1, 0, 7071, 0, [], []);

    // Nobody's at the moment, on every loopback address: tests of other checkouts may run beside this one.
    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class Ear : IDisposable
    {
        private Ear(uint address, ushort port)
        {
            Port = port;
            Socket = HelloSocket.Bind(
                new Endpoint(address, port),
                [new Subnet(address, 8)],
                (from, hello) => Heard.Enqueue((from, (int)(uint)hello.Id.Value)),
                Warnings.Enqueue);
            Receiving = Socket.ReceiveAsync();
        }

        public ushort Port { get; }

        public HelloSocket Socket { get; }

        public Task Receiving { get; }

        public ConcurrentQueue<(Endpoint From, int Number)> Heard { get; } = new();

        public ConcurrentQueue<string> Warnings { get; } = new();

        public static Ear Open(uint address, ushort port) => new(address, port);

        public void Dispose() => Socket.Dispose();
    }
}

using System.Net;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Tests.Membership;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Foreign datagrams at the port of a real node: dropped, counted, never answered.</summary>
public sealed class BadDatagramTests
{
    private const string Cluster = "roj";

    [Fact]
    public async Task They_are_counted_and_not_answered_and_the_node_goes_on()
    {
        using var folder = new ScratchFolder();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // as a node its port is taken from the datagram's
        MemberShell? shell = null;
        var port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        var options = new NodeOptions
        {
            DataPath = folder.At("node"),
            Address = 0x7F000003,
            Port = port,
            Broadcast = false,
            Sweep = false,
            Cluster = Cluster,
        };
        using var node = new RunningNode(options, job => job.Serve = (running, _) =>
        {
            shell = running;
            return Task.FromResult<IAsyncDisposable>(new Nothing());
        });
        await node.ListeningAsync();
        var to = new Endpoint(0x7F000003, port).ToSystem();
        var (ping, hello) = (Ping(SwimCodec.ClusterHash(Cluster)), Hello());
        byte[][] malformed =
        [
            [], [1], new byte[65_507], [.. "HTTP"u8, .. ping[4..]], [.. ping[..4], 2, .. ping[5..]], ping[..^1], [.. ping, 1], hello[..^1],
            [.. hello[..4], 0, .. hello[5..]],
        ];
        foreach (var datagram in malformed)
            socket.SendTo(datagram, to);
        socket.SendTo(Ping(SwimCodec.ClusterHash("another")), to);
        await Soon.UntilAsync(() => Drops(shell!) == new Drops(malformed.Length, 1, 0, 0, 0), "all are counted");
        Assert.False(socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead));

        socket.SendTo(hello, to); // the next one is answered as ever
        Assert.True(socket.Poll(Soon.Limit, SelectMode.SelectRead));
        Assert.True(node.IsRunning);
        Assert.Contains(node.News, news => NodeWords.Text(news) == "open node: no key; anybody on 127.0.0.3/8 may join");
    }

    private static Drops Drops(MemberShell shell) => shell.AskAsync((_, _) => shell.Drops).Result;

    private static byte[] Ping(ulong cluster)
    {
        var buffer = new byte[SwimCodec.Length];
        return buffer[..SwimCodec.Write(cluster, new SwimMessage.Ping(Finding.Id(2), 1, 1, Finding.Id(3), []), buffer)];
    }

    private static byte[] Hello()
    {
        var buffer = new byte[HelloCodec.Length];
        var hello = new Hello(HelloKind.Ask, Cluster, Finding.Id(2), 1, 0, 7071, 0, [], []);
        return buffer[..HelloCodec.Write(hello, buffer)];
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

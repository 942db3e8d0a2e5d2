using System.Net;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Sealing;
using Roj.Membership.Wire;
using Roj.Tests.Membership;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>The bad-input rows "UDP" at the port of a real node that has a key: what strangers send, what is played back to it, and what
/// holders of the key should not say.</summary>
public sealed class SealedDatagramTests : IDisposable
{
    private const string Cluster = "roj";
    private const uint Home = 0x7F000003; // 127.0.0.3
    private const int Window = 2048; // counters that a node looks back on

    private static readonly ClusterKey Key = ClusterKey.Create();

    private readonly ScratchFolder folder = new();
    private readonly ushort port = FreePort();
    private MemberShell? shell;

    private Endpoint Node => new(Home, port);

    private Drops Drops => shell!.AskAsync((_, _) => shell.Drops).Result;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_strangers_send_is_counted_and_not_answered()
    {
        using var node = await StartAsync();
        using var speaker = Speaker(Key);
        using var stranger = Speaker(ClusterKey.Create(), 5);
        var right = speaker.Sealed(Ping());
        byte[][] foreign =
        [
            [], [1], new byte[65_507], new byte[64], right[..SealHeader.Length], right[..^1], right[..^16], [.. right, 0],
            Flipped(right, 0), // wrong magic
            Flipped(right, 4), // version
            Flipped(right, 5), // key
            Flipped(right, 9), // node
            Flipped(right, 25), // session
            Flipped(right, 40), // counter
            Flipped(right, SealHeader.Length), // what is sealed
            Flipped(right, right.Length - 1), // the tag
            stranger.Sealed(Ping()), // another key
            Ping(), Hello(), // none
        ];
        foreach (var datagram in foreign)
            speaker.Send(datagram);
        await Soon.UntilAsync(() => Drops.Sealed.Foreign == foreign.Length, "all are counted");
        Assert.True(speaker.HearsNothing);
        Assert.Equal(new Drops(0, 0, 0, 0, 0) with { Sealed = new SealCounts(foreign.Length, 0, 0, 0) }, Drops);
        await speaker.MeetAsync(); // the next one is answered as ever
    }

    [Fact]
    public async Task What_was_said_once_does_not_count_again()
    {
        using var node = await StartAsync();
        using var speaker = Speaker(Key);
        await speaker.MeetAsync();
        var late = speaker.Sealed(new byte[100]);
        for (var i = 1; i < 2 * Window; i++)
            speaker.Sealed([]);
        var said = speaker.Sealed(new byte[100]); // 4,096 after the other
        speaker.Send(said);
        await Soon.UntilAsync(() => Drops.Malformed == 1, "it is opened"); // it was nothing but zeros
        speaker.Send(said);
        speaker.Send(late);
        await Soon.UntilAsync(() => Drops.Sealed.Replayed == 2, "both are dropped");
        Assert.True(speaker.HearsNothing);
        Assert.Equal(1, Drops.Malformed);
    }

    [Fact]
    public async Task What_was_said_to_an_earlier_life_does_not_count_in_the_next()
    {
        using var speaker = Speaker(Key);
        byte[][] recorded;
        using (await StartAsync())
        {
            var knock = await speaker.MeetAsync();
            recorded = [knock, speaker.Sealed(Ping()), speaker.Sealed(new byte[100])];
            speaker.Send(recorded[1]);
            Assert.Equal(SealVerdict.Fresh, speaker.Open(await speaker.HearAsync(), out var answer));
            Assert.IsType<SwimMessage.Ack>(Read(answer));
        }

        while (!speaker.HearsNothing)
            await speaker.HearAsync(); // its farewell

        using var again = await StartAsync();
        foreach (var datagram in recorded)
        {
            speaker.Send(datagram);
            Assert.InRange((await speaker.HearAsync()).Length, Seal.Overhead, datagram.Length); // who it is, and nothing else
        }

        Assert.True(speaker.HearsNothing);
        Assert.Equal(new SealCounts(0, 0, recorded.Length, 0), Drops.Sealed);
        Assert.Equal(0, Drops.Malformed);
    }

    [Theory]
    [InlineData(30, 0x80)] // an incarnation of 2^63
    [InlineData(42, 255)] // more news than there is room for
    [InlineData(60, 0x80)] // an incarnation of 2^63, in a rumour
    [InlineData(72, 0)] // port 0
    [InlineData(75, 0xFF)] // not UTF-8
    public async Task What_makes_no_sense_is_rejected_though_its_sender_has_the_key(int index, byte value)
    {
        using var node = await StartAsync();
        using var speaker = Speaker(Key);
        await speaker.MeetAsync();
        var message = Tell();
        message[index] = value;
        if (index == 72)
            message[73] = 0;
        speaker.Send(speaker.Sealed(message));
        await Soon.UntilAsync(() => Drops.Malformed == 1, "it is counted");
        Assert.True(speaker.HearsNothing);
        Assert.Equal(1, await shell!.AskAsync((all, _) => all.Members.Members.Count));
    }

    [Fact]
    public void Nobody_is_introduced_to_who_may_be_anybody()
    {
        using var gate = new SealGate(new Seal(new ClusterKeys(Keyring.Of([Key])), 1), () => default, 256)
        {
            Admits = from => from.Address != 0x0A0000FF,
        };
        using var speaker = new Seal(new ClusterKeys(Keyring.Of([Key])), 2);
        foreach (var (from, isAnswered) in new[] { (0x0A000002u, true), (0x0A0000FFu, false), (0x08080808u, true) })
        {
            var knock = new byte[100 + Seal.Overhead];
            speaker.Write(Node, new byte[100], knock);
            Assert.False(gate.In(new Endpoint(from, 7071), knock, out _, out var answer));
            Assert.Equal(isAnswered, !answer.IsEmpty);
            Assert.InRange(answer.Length, 0, knock.Length);
        }

        Assert.Equal(3, gate.Counts.Strangers);
    }

    private static byte[] Flipped(byte[] datagram, int index)
    {
        byte[] changed = [.. datagram];
        changed[index] ^= 1;
        return changed;
    }

    private byte[] Ping() =>
        Written(new SwimMessage.Ping(Finding.Id(2), 1, 1, shell!.AskAsync((all, _) => all.Members.Self.Id).Result, []));

    private static byte[] Tell() => Written(new SwimMessage.Tell(Finding.Id(2), 1, 1, [Observer.Rumour(3, 1, MemberState.Alive)]));

    private static byte[] Written(SwimMessage message)
    {
        var buffer = new byte[SwimCodec.Length];
        return buffer[..SwimCodec.Write(SwimCodec.ClusterHash(Cluster), message, buffer)];
    }

    private static SwimMessage? Read(byte[] datagram) =>
        SwimCodec.TryRead(datagram, out _, out var message) == ReadStatus.Done ? message : null;

    private static byte[] Hello()
    {
        var buffer = new byte[HelloCodec.Length];
        return buffer[..HelloCodec.Write(new Hello(HelloKind.Ask, Cluster, Finding.Id(2), 1, 0, 7071, 0, [], []), buffer)];
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private SealedStranger Speaker(ClusterKey key, uint number = 4) => new(new Endpoint(0x7F000000 + number, port), Node, key);

    private async Task<RunningNode> StartAsync()
    {
        var options = new NodeOptions
        {
            DataPath = folder.At("node"),
            Address = Home,
            Port = port,
            Broadcast = false,
            Sweep = false,
            Cluster = Cluster,
            Key = Key,
        };
        var node = new RunningNode(options, job => job.Serve = (running, _) =>
        {
            shell = running;
            return Task.FromResult<IAsyncDisposable>(new Nothing());
        });
        await node.ListeningAsync();
        return node;
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

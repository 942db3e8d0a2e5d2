using System.Net;
using System.Net.Sockets;
using Roj.Agreement.Wire;
using Roj.Host;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Storage;
using Roj.Kernel;

namespace Roj.Tests.Host.Agreement;

/// <summary>Two nodes' links on one loop, each behind the port that nodes have, and what each heard of the other.</summary>
internal sealed class LinkEnds : IDisposable
{
    public const ulong Cluster = 7;

    public static readonly NodeId Lesser = new(1);
    public static readonly NodeId Greater = new(2);

    private readonly EventLoop loop;
    private readonly ushort port = Loopback.Free().Port;
    private readonly Dictionary<NodeId, ExchangeCalls> ports = [];
    private readonly Dictionary<NodeId, Links<AgreementMessage>> links = [];

    private LinkEnds(EventLoop loop)
    {
        this.loop = loop;
        Open(Lesser);
        Open(Greater);
    }

    /// <summary>Between a call that comes to nothing and the next.</summary>
    public static TimeSpan Pause => TimeSpan.FromMilliseconds(10);

    /// <summary>What the clock shows, if it stands still.</summary>
    public Instant? Held { get; set; }

    /// <summary>What came, in order: who heard it, and what.</summary>
    public List<(NodeId By, AgreementMessage What)> Heard { get; } = [];

    /// <summary>Who lost whom, in order.</summary>
    public List<(NodeId By, NodeId Whom)> Lost { get; } = [];

    /// <summary>Whom membership knows.</summary>
    public HashSet<NodeId> Present { get; } = [Lesser, Greater];

    public Links<AgreementMessage> this[NodeId node] => links[node];

    /// <summary>Runs it by the runtime's sockets, and once more by those that the loop looks after while it waits.</summary>
    public static void OnLoop(Func<LinkEnds, Task> test)
    {
        OnLoop(new EventLoop(), test);
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EventLoop();
        using var poller = new EpollPoller();
        loop.WaitWith(poller);
        OnLoop(loop, test);
    }

    private static void OnLoop(EventLoop loop, Func<LinkEnds, Task> test)
    {
        loop.Run(async () =>
        {
            using var ends = new LinkEnds(loop);
            loop.AfterBatch = ends.Flush;
            await test(ends).WaitAsync(3 * Soon.Limit);
            loop.AfterBatch = null;
        });
    }

    public Endpoint PlaceOf(NodeId node) => new(Loopback.First - 1 + (uint)node.Value, port);

    /// <summary>Calls one as somebody else does.</summary>
    public async Task<Socket> CallAsync(NodeId to, NodeId from, ReadOnlyMemory<byte> bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Loopback.Of((int)from.Value), 0));
        await socket.ConnectAsync(PlaceOf(to).ToSystem());
        await socket.SendAsync(bytes);
        return socket;
    }

    public Task HeardAsync(NodeId by, AgreementMessage what) =>
        Soon.UntilAsync(() => Heard.Any(heard => heard.By == by && heard.What.Equals(what)), $"{by} hears {what}");

    public void Dispose()
    {
        foreach (var one in links.Values)
            one.Dispose();
        foreach (var one in ports.Values)
            one.Dispose();
    }

    private Instant? Flush()
    {
        foreach (var one in links.Values)
            one.Flush();
        return null;
    }

    private void Open(NodeId node)
    {
        var settings = new LinkSettings
        {
            Own = new LinkHello(LinkKind.Node, Cluster, node, 1),
            From = PlaceOf(node),
            PlaceOf = peer => Present.Contains(peer) ? PlaceOf(peer) : null,
            Pause = Pause,
            Over = loop.ChannelOver,
        };
        var mine = links[node] = new Links<AgreementMessage>(
            settings, AgreementFrames.Codec, () => Held ?? loop.Now, (_, what) => Heard.Add((node, what)))
        {
            Lost = peer => Lost.Add((node, peer)),
        };
        var calls = ports[node] = new ExchangeCalls(PlaceOf(node), Cluster, _ => true, _ => null)
        {
            Linked = mine.Take,
            Over = loop.ChannelOver,
        };
        calls.Listen();
        _ = calls.AcceptAsync();
    }
}

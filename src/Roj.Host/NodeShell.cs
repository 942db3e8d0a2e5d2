using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Roj.Node;

namespace Roj.Host;

/// <summary>Runs one <see cref="Node.Node"/> on real sockets and a real disk: inputs go in, and what the node asks for is carried
/// out.</summary>
/// <remarks>Everything here runs on the <see cref="EventLoop"/>; only hashing and the writing of the memory run beside it.</remarks>
internal sealed class NodeShell : IDisposable
{
    // Enough for a tracker of this network or country; who ends a program does not want to wait for one that is gone.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromMilliseconds(250);

    private readonly EventLoop loop;
    private readonly Node.Node node;
    private readonly Action<SyncEvent> tell;
    private readonly MemoryFile memory;
    private readonly SharedFile file;
    private readonly PeerSockets connections;
    private readonly TrackerClient trackers;
    private readonly ClusterKeys? keys; // null: no key
    private SealGate? gate;
    private HelloSocket? hellos;
    private LocalSearchSocket? nearby;
    private ReadOnlyMemory<byte> payload;
    private BlockBuffer? payloadBuffer;
    private bool carrying;
    private bool isClosed;

    public NodeShell(
        EventLoop loop,
        Node.Node node,
        DataPlace place,
        MemoryFile memory,
        Action<SyncEvent> tell,
        SocketBudget? budget = null,
        SwarmEntry? entry = null)
    {
        this.loop = loop;
        this.node = node;
        this.memory = memory;
        this.tell = tell;
        file = new SharedFile(this, loop, node, place, tell);
        connections = new PeerSockets(this, node, file, budget, entry ?? SwarmEntry.Open);
        trackers = new TrackerClient(node.Own);
        keys = entry?.Keys;
    }

    /// <summary>Called when there was an input: <see cref="AfterBatch"/> is to be called behind the batch. Null where it is called behind
    /// every batch.</summary>
    public Action? Touched { get; set; }

    /// <summary>Completes, with the reason, when the node can't go on.</summary>
    public TaskCompletionSource<Exception> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="SocketException">The swarm's address and port can't be had.</exception>
    public void Listen(Endpoint between, IReadOnlyList<Subnet> subnets)
    {
        connections.Listen();
        gate = keys is null ? null : OpenGate(keys);
        try
        {
            hellos = HelloSocket.Bind(between, subnets, Greeted, text => tell(new SyncEvent.Warning(text)), gate);
        }
        catch (SocketException e)
        {
            var reason = SystemReason.Of(e);
            tell(new SyncEvent.Warning($"cannot find other nodes by {between} (UDP): {reason}; only the peers given are tried"));
        }
    }

    /// <summary>Opens the sockets of BEP 14; where there is no multicast, the node does without.</summary>
    public void SearchLocally()
    {
        try
        {
            nearby = LocalSearchSocket.Bind(node.Own.Address, (from, message) => Input(now => node.HeardNearby(now, from, message)));
        }
        catch (SocketException e)
        {
            tell(new SyncEvent.Warning($"cannot look for other BitTorrent programs here (BEP 14): {SystemReason.Of(e)}"));
        }
    }

    /// <summary>Says farewell to the trackers; they have a quarter of a second to take it.</summary>
    public async Task LeaveAsync()
    {
        var isLeaving = false;
        Input(_ => isLeaving = node.Leave());
        for (var begun = loop.Now; isLeaving && !node.IsGone && loop.Now - begun < LeavePatience;)
            await Task.Delay(5);
    }

    /// <summary>Starts the node and everything that receives for it.</summary>
    /// <remarks>A shell that does not listen is handed its callers: <see cref="Take"/>.</remarks>
    /// <param name="described">What the user says that the file is.</param>
    /// <param name="remembered">What was kept from the last life.</param>
    /// <param name="hashed">Whether <paramref name="described"/> was made of the data file in this life of the node, just now: its pieces
    /// are right, and need not be hashed again.</param>
    public void Start(InfoDictionary? described, NodeMemory remembered, bool hashed = false)
    {
        file.IsKnownRight = hashed;
        if (connections.IsListening)
            Watch(connections.AcceptAsync());
        Watch(file.WatchAsync());
        if (hellos is not null)
            Watch(hellos.ReceiveAsync());
        if (nearby is not null)
            Watch(nearby.ReceiveAsync());
        Input(now => node.Start(now, described, remembered));
    }

    /// <summary>Takes in a caller who has begun his handshake.</summary>
    /// <param name="channel">The caller's; it is closed if there is no place for it.</param>
    /// <param name="remote">Where it calls from.</param>
    /// <param name="begun">What it said so far.</param>
    public void Take(Channel channel, Endpoint remote, ReadOnlyMemory<byte> begun) => connections.Take(channel, remote, begun);

    public void Shaken(PeerSocket peer, Handshake handshake) => Input(now => node.Shaken(now, peer.Id, handshake));

    /// <summary>A message came. The payload of a piece stands beside it: in a buffer of its own, which may be kept, if it is
    /// large.</summary>
    public void Received(PeerSocket peer, PeerMessage message, ReadOnlyMemory<byte> beside, BlockBuffer? buffer = null)
    {
        (payload, payloadBuffer) = (beside, buffer);
        Input(now => node.Receive(now, peer.Id, message));
        (payload, payloadBuffer) = (default, null);
    }

    public void Heard(PeerSocket peer) => node.Heard(loop.Now, peer.Id); // it asks for nothing

    public void Drained(PeerSocket peer, long bytes) => Input(now => node.Drained(now, peer.Id, bytes));

    public void Ended(PeerSocket peer)
    {
        connections.Forget(peer.Id);
        Input(now => node.Closed(now, peer.Id));
    }

    /// <summary>Gives the node an input, at the time that it is, then carries out what comes of it and of the verdicts.</summary>
    public void Input(Action<Instant> input)
    {
        if (isClosed)
            return; // what was under way when it was closed ends here
        try
        {
            input(loop.Now);
            CarryOut();
            Touched?.Invoke();
        }
        catch (DataFileException e)
        {
            Failed.TrySetResult(e);
        }
    }

    /// <summary>Sees to it that what goes wrong in <paramref name="task"/> ends the node instead of being lost.</summary>
    public async void Watch(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // The shell is being closed.
        }
        catch (Exception e)
        {
            Failed.TrySetResult(e);
        }
    }

    /// <summary>Sends what the batch of inputs queued, saves what it changed, and lets the node act if it is time to.</summary>
    /// <returns>When to be called next though nothing came; null for never.</returns>
    public Instant? AfterBatch()
    {
        var now = loop.Now;
        if (node.Deadline(now) <= now)
            Input(node.Tick);
        connections.Flush();
        memory.SaveIfChanged(node);
        return node.Deadline(now);
    }

    public void Dispose()
    {
        isClosed = true;
        connections.Dispose();
        hellos?.Dispose();
        gate?.Dispose();
        nearby?.Dispose();
        trackers.Dispose();
        file.Dispose();
    }

    private SealGate OpenGate(ClusterKeys held)
    {
        // Who it is matters to nobody here, as long as nobody else is it.
        var name = BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16));
        return new SealGate(new Seal(held, name), () => loop.Now, HelloCodec.Length)
        {
            Introduced = from => Input(now => node.Introduced(now, from)),
            Refused = new Outsiders(held, () => loop.Now, text => tell(new SyncEvent.Warning(text))).Heard,
        };
    }

    private void Greeted(Endpoint from, Hello hello) => Input(now => node.Greeted(now, from, hello));

    private void CarryOut()
    {
        if (carrying)
            return; // an effect led to another input: its outputs stand behind the ones being carried out
        carrying = true;
        try
        {
            while (true)
            {
                for (var i = 0; i < node.Finding.Count; i++)
                    CarryOut(node.Finding[i]);
                for (var i = 0; i < node.Files.Count; i++)
                    CarryOut(node.Files[i]);
                for (var i = 0; i < node.Tracking.Count; i++)
                    CarryOut(node.Tracking[i]);
                node.Clear();
                if (!file.TryTakeVerdict(out var piece, out var right))
                    break;
                node.Verified(loop.Now, piece, right);
            }
        }
        finally
        {
            carrying = false;
        }
    }

    private void CarryOut(Output<Endpoint, Hello, FindingEvent, NoEffect> output)
    {
        if (output.Message is { } hello)
            hellos?.Send(output.To, hello);
        else if (output.Event is FindingEvent.PeersChanged)
            memory.Change();
        else if (output.Event is { } happened)
            tell(new SyncEvent.Found(happened));
    }

    private void CarryOut(Output<ConnectionId, PeerMessage, SwarmEvent, SwarmEffect> output)
    {
        if (output.Message is { } message)
            connections.Send(output.To, message);
        else if (output.Event is { } happened)
            tell(new SyncEvent.Shared(happened));
        else
            CarryOut(output.Effect!);
    }

    private void CarryOut(Output<Endpoint, LocalSearchMessage, TrackingEvent, TrackingEffect> output)
    {
        if (output.Message is { } message)
            nearby?.Send(output.To, message);
        else if (output.Event is { } happened)
            tell(new SyncEvent.Tracked(happened));
        else if (output.Effect is TrackingEffect.Ask(var tracker, var request))
            Watch(AskAsync(tracker, request));
    }

    private void CarryOut(SwarmEffect effect)
    {
        switch (effect)
        {
            case SwarmEffect.Connect(var connection, var peer):
                connections.Dial(connection, peer);
                break;
            case SwarmEffect.Shake(var connection, var handshake):
                connections.Send(connection, handshake);
                break;
            case SwarmEffect.Close(var connection, _):
                connections.Close(connection);
                break;
            case SwarmEffect.Open(var info):
                file.Open(info);
                break;
            case SwarmEffect.Write(var block):
                file.Write(block, payload, payloadBuffer);
                break;
            case SwarmEffect.Verify(var piece):
                file.Verify(piece);
                break;
            case SwarmEffect.Copy(var from, var to):
                file.Copy(from, to);
                break;
            case SwarmEffect.Remember:
                memory.Change();
                break;
        }
    }

    private async Task AskAsync(TrackerUrl tracker, AnnounceRequest request)
    {
        await Task.Yield(); // what fails at once must not be an input inside the one that asked
        var (body, why) = await trackers.AskAsync(tracker, request);
        if (body is not null)
            Input(now => node.TrackerAnswered(now, tracker, body));
        else if (why is not null)
            Input(now => node.TrackerFailed(now, tracker, why));
    }
}

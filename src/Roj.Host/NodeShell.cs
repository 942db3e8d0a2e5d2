using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Host.Net;
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
    // How long to wait for descriptors: whoever calls meanwhile waits in the backlog.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    // What the kernel holds for a connection and has not sent: more only makes what is decided now come later. At full speed on a
    // loopback this bound cost no CPU.
    private const int UnsentBytesMax = 128 * 1024;

    // How long wrong bytes may be given when somebody writes to the file; one fstat(2) each time.
    private static readonly TimeSpan LookPace = TimeSpan.FromSeconds(1);

    // Enough for a tracker of this network or country; who ends a program does not want to wait for one that is gone.
    private static readonly TimeSpan LeavePatience = TimeSpan.FromMilliseconds(250);

    private readonly EventLoop loop;
    private readonly Node.Node node;
    private readonly Endpoint own;
    private readonly string dataPath;
    private readonly Action<SyncEvent> tell;
    private readonly SortedDictionary<ConnectionId, PeerSocket> peers = [];
    private readonly SortedDictionary<ConnectionId, Socket> dials = [];
    private readonly Queue<(int Piece, bool Right)> verdicts = new();
    private readonly MemoryFile memory;
    private readonly Callers callers = new();
    private readonly TrackerClient trackers;
    private HelloSocket? hellos;
    private LocalSearchSocket? nearby;
    private Socket? listener;
    private DataFile? data;
    private PieceHashes? hashes;
    private ReadOnlyMemory<byte> payload;
    private BlockBuffer? payloadBuffer;
    private bool isRight;
    private bool carrying;

    public NodeShell(EventLoop loop, Node.Node node, Endpoint own, string dataPath, MemoryFile memory, Action<SyncEvent> tell)
    {
        this.loop = loop;
        this.node = node;
        this.own = own;
        this.dataPath = dataPath;
        this.memory = memory;
        this.tell = tell;
        trackers = new TrackerClient(own);
        loop.AfterBatch = AfterBatch;
    }

    /// <summary>Completes, with the reason, when the node can't go on.</summary>
    public TaskCompletionSource<Exception> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="SocketException">The swarm's address and port can't be had.</exception>
    public void Listen(Endpoint between, IReadOnlyList<Subnet> subnets)
    {
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(own.ToSystem());
        listener.Listen(128);
        try
        {
            hellos = HelloSocket.Bind(between, subnets, Greeted, text => tell(new SyncEvent.Warning(text)));
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
            nearby = LocalSearchSocket.Bind(own.Address, (from, message) => Input(now => node.HeardNearby(now, from, message)));
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
    /// <param name="described">What the user says that the file is.</param>
    /// <param name="remembered">What was kept from the last life.</param>
    /// <param name="hashed">Whether <paramref name="described"/> was made of the data file in this life of the node, just now: its pieces
    /// are right, and need not be hashed again.</param>
    public void Start(InfoDictionary? described, NodeMemory remembered, bool hashed = false)
    {
        isRight = hashed;
        Watch(AcceptAsync());
        Watch(WatchFileAsync());
        if (hellos is not null)
            Watch(hellos.ReceiveAsync());
        if (nearby is not null)
            Watch(nearby.ReceiveAsync());
        Input(now => node.Start(now, described, remembered));
    }

    public void Shaken(PeerSocket peer, Handshake handshake) => Input(now => node.Shaken(now, peer.Id, handshake));

    /// <summary>A message came. The payload of a piece stands beside it: in a buffer of its own, which may be kept, if it is
    /// large.</summary>
    public void Received(PeerSocket peer, PeerMessage message, ReadOnlyMemory<byte> beside, BlockBuffer? buffer = null)
    {
        (payload, payloadBuffer) = (beside, buffer);
        Input(now => node.Receive(now, peer.Id, message));
        (payload, payloadBuffer) = (default, null);
    }

    /// <summary>Completes when there is room for another large block.</summary>
    public Task RoomAsync() => hashes?.RoomAsync() ?? Task.CompletedTask;

    public void Heard(PeerSocket peer) => node.Heard(loop.Now, peer.Id); // it asks for nothing

    public void Drained(PeerSocket peer, long bytes) => Input(now => node.Drained(now, peer.Id, bytes));

    public void Ended(PeerSocket peer)
    {
        peers.Remove(peer.Id);
        Input(now => node.Closed(now, peer.Id));
    }

    public bool TryRead(Block block, Span<byte> bytes)
    {
        try
        {
            if (data is not { } file || file.TryRead(block, bytes))
                return data is not null;
            // It was cut by somebody. An input of its own: we are asked in the midst of sending.
            loop.Post(_ => Changed(file), null);
            return false;
        }
        catch (DataFileException e)
        {
            Failed.TrySetResult(e);
            return false;
        }
    }

    /// <summary>Hands part of a piece to a socket without reading it; null if it must be read and sent.</summary>
    public long? Send(Socket socket, Block block) => data?.Send(socket, block);

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

    public void Dispose()
    {
        loop.AfterBatch = null;
        listener?.Dispose();
        hellos?.Dispose();
        nearby?.Dispose();
        trackers.Dispose();
        callers.Dispose();
        foreach (var dial in dials.Values)
            dial.Dispose();
        foreach (var peer in peers.Values)
            peer.Dispose();
        data?.Dispose();
    }

    private void Changed(DataFile file)
    {
        if (file == data)
            Input(node.Changed);
    }

    private async Task WatchFileAsync()
    {
        while (true)
        {
            await Task.Delay(LookPace);
            // What happens while pieces are being checked shows when that is done.
            if (data is { } file && node.Swarm.UncheckedCount == 0 && file.WasChanged())
                Changed(file);
        }
    }

    private void Greeted(Endpoint from, Hello hello) => Input(now => node.Greeted(now, from, hello));

    private Instant? AfterBatch()
    {
        var now = loop.Now;
        if (node.Deadline(now) <= now)
            Input(node.Tick);
        foreach (var peer in peers.Values.ToArray())
            peer.Flush();
        memory.SaveIfChanged(node);
        return node.Deadline(now);
    }

    private void Input(Action<Instant> input)
    {
        try
        {
            input(loop.Now);
            CarryOut();
        }
        catch (DataFileException e)
        {
            Failed.TrySetResult(e);
        }
    }

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
                if (!verdicts.TryDequeue(out var verdict))
                    break;
                node.Verified(loop.Now, verdict.Piece, verdict.Right);
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
            peers.GetValueOrDefault(output.To)?.Send(message);
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
                Watch(ConnectAsync(connection, peer));
                break;
            case SwarmEffect.Shake(var connection, var handshake):
                peers.GetValueOrDefault(connection)?.Send(handshake);
                break;
            case SwarmEffect.Close(var connection, _):
                if (peers.Remove(connection, out var closed))
                    closed.Dispose();
                else if (dials.Remove(connection, out var dial))
                    dial.Dispose();
                break;
            case SwarmEffect.Open(var info):
                data?.Dispose(); // what still reads it ends
                verdicts.Clear();
                data = new DataFile(dataPath, info);
                hashes = new PieceHashes(info);
                if (data.LengthBefore != info.Length)
                    tell(new SyncEvent.Resized(data.LengthBefore, info.Length));
                if (isRight && data.LengthBefore == info.Length)
                    TakeAsRight(info.PieceCount);
                else
                    Watch(CheckAsync(data, info.PieceCount));
                break;
            case SwarmEffect.Write(var block):
                data!.Write(block, payload.Span);
                hashes!.Append(block, payload, payloadBuffer);
                break;
            case SwarmEffect.Verify(var piece):
                Watch(FinishAsync(piece, data!));
                break;
            case SwarmEffect.Copy(var from, var to):
                hashes!.Forget(to);
                Watch(JudgeAsync(to, data!, () => data!.Copy(from, to)));
                break;
            case SwarmEffect.Remember:
                memory.Change();
                break;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener!.AcceptAsync();
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                // accept(2): the caller is gone already, or there is no descriptor to be had. It is no reason to end.
                await Task.Delay(AcceptPause);
                continue;
            }

            if (socket.RemoteEndPoint is not System.Net.IPEndPoint remote)
            {
                socket.Dispose();
                continue;
            }

            Watch(MeetAsync(socket, remote.ToRoj()));
        }
    }

    /// <summary>Only who speaks the peer protocol takes a peer's place.</summary>
    private async Task MeetAsync(Socket socket, Endpoint remote)
    {
        switch (await callers.KindAsync(socket))
        {
            case CallerKind.Peer:
                Input(now =>
                {
                    if (node.Accept(now, remote) is { } connection)
                        Run(connection, socket);
                    else
                        socket.Dispose();
                });
                break;
            case CallerKind.Http:
                await callers.ServeAsync(socket, request =>
                {
                    var answer = Array.Empty<byte>();
                    Input(now => answer = node.AskedAsTracker(now, remote, request));
                    return answer;
                });
                break;
            default:
                socket.Dispose();
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

    private async Task ConnectAsync(ConnectionId connection, Endpoint peer)
    {
        Socket? socket = null;
        try
        {
            dials[connection] = socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // From our own address: on a host with several nodes it is how the other side tells us apart.
            socket.Bind(own.WithPort(0).ToSystem());
            await socket.ConnectAsync(peer.ToSystem());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Refused, or out of descriptors, or the node gave it up: then it no longer knows of it.
            socket?.Dispose();
            dials.Remove(connection);
            Input(now => node.Closed(now, connection));
            return;
        }

        if (!dials.Remove(connection))
        {
            socket.Dispose(); // given up when it was there already, before this could go on
            return;
        }

        Run(connection, socket);
        Input(now => node.Connected(now, connection));
    }

    private void Run(ConnectionId connection, Socket socket)
    {
        socket.NoDelay = true; // messages are gathered here, not by Nagle
        LinuxFile.BoundUnsent(socket, UnsentBytesMax);
        var peer = new PeerSocket(connection, socket, this);
        peers.Add(connection, peer);
        Watch(peer.ReceiveAsync());
    }

    /// <summary>Looks at every piece once, in order, beside the loop; what is known is told in between, so that the first byte need not
    /// wait.</summary>
    private async Task CheckAsync(DataFile file, int pieceCount)
    {
        const int AtATime = 16;
        for (var first = 0; first < pieceCount; first += AtATime)
        {
            var from = first;
            var count = Math.Min(AtATime, pieceCount - from);
            var right = await Task.Run(() => Enumerable.Range(from, count).Select(file.Check).ToArray());
            if (file != data)
                return;
            for (var i = 0; i < count; i++)
                verdicts.Enqueue((from + i, right[i]));
            Input(_ => { });
        }
    }

    /// <summary>Says whether a piece that was written is right: by the hash of what was written, if there is one.</summary>
    private async Task FinishAsync(int piece, DataFile file)
    {
        if (await hashes!.FinishAsync(piece) is { } right)
            Tell(piece, right, file);
        else
            await JudgeAsync(piece, file, () => file.Verify(piece));
    }

    // The verdicts are carried out by the drain that opened the file.
    private void TakeAsRight(int pieceCount)
    {
        isRight = false; // once: opened again, it has been changed
        for (var piece = 0; piece < pieceCount; piece++)
            verdicts.Enqueue((piece, true));
    }

    private async Task JudgeAsync(int piece, DataFile file, Func<bool> judge)
    {
        const int QuickBytes = 32 * 1024; // hashed in less time than another thread takes to wake
        Tell(piece, file.PieceSize(piece) <= QuickBytes ? judge() : await Task.Run(judge), file);
    }

    private void Tell(int piece, bool right, DataFile file)
    {
        if (file != data)
            return; // opened anew since: this piece will be looked at again
        verdicts.Enqueue((piece, right));
        Input(_ => { });
    }
}

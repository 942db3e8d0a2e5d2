using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Host.Sharing;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>The swarm's TCP connections: who calls, who is being dialled, who is a peer.</summary>
/// <remarks>On the loop. That a connection stands, or has ended, is an input of the node; when it is to be closed the node says.</remarks>
internal sealed class PeerSockets(NodeShell shell, Node.Node node, SharedFile file, SocketBudget? budget, SwarmEntry entry) : IDisposable
{
    // How long to wait for descriptors: whoever calls meanwhile waits in the backlog.
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(5);

    // Who may be a peer without a key is dialled once more, within the time that the swarm gives a dial.
    private static readonly TimeSpan TrialPatience = TimeSpan.FromMilliseconds(700);

    // What the kernel holds for a connection and has not sent: more only makes what is decided now come later. At full speed on a
    // loopback this bound cost no CPU.
    private const int UnsentBytesMax = 128 * 1024;

    private readonly SortedDictionary<ConnectionId, PeerSocket> peers = [];
    private readonly SortedDictionary<ConnectionId, Socket> dials = [];
    private readonly Callers callers = new(() => node.Swarm.LobbyCount, entry.Tls is null ? Callers.PlacesMax : Callers.SealedPlacesMax);
    private Socket? listener;
    private int counted;

    /// <summary>Whether callers come here by themselves.</summary>
    public bool IsListening => listener is not null;

    /// <summary>Has the kernel take calls to the node's own address.</summary>
    /// <exception cref="SocketException">The address and port can't be had.</exception>
    public void Listen()
    {
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        LinuxSocket.DeferAccept(listener);
        listener.Bind(node.Own.ToSystem());
        listener.Listen(128);
    }

    /// <summary>Takes in who calls, until the connections are closed.</summary>
    public async Task AcceptAsync()
    {
        while (true)
        {
            await callers.PlaceAsync(() => listener!.Poll(0, SelectMode.SelectRead));
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

            shell.Watch(MeetAsync(socket, remote.ToRoj()));
        }
    }

    /// <summary>Takes in a caller who has begun his handshake, or hangs up on it.</summary>
    public void Take(Channel channel, Endpoint remote, ReadOnlyMemory<byte> begun)
    {
        ConnectionId? taken = null;
        shell.Input(now =>
        {
            taken = node.Accept(now, remote);
            if (taken is { } connection)
                Run(connection, channel, begun);
        });
        if (taken is null)
            channel.Dispose();
    }

    /// <summary>Begins to dial; how it went comes as an input.</summary>
    public void Dial(ConnectionId connection, Endpoint peer) => shell.Watch(DialAsync(connection, peer));

    /// <summary>Queues a handshake, if the connection still stands.</summary>
    public void Send(ConnectionId to, Handshake handshake) => peers.GetValueOrDefault(to)?.Send(handshake);

    /// <summary>Queues a message, if the connection still stands.</summary>
    public void Send(ConnectionId to, PeerMessage message) => peers.GetValueOrDefault(to)?.Send(message);

    /// <summary>Begins to send what is queued.</summary>
    public void Flush()
    {
        foreach (var peer in peers.Values.ToArray())
            peer.Flush();
    }

    /// <summary>Hangs up, or gives up dialling, at the node's word: it is not told.</summary>
    public void Close(ConnectionId connection)
    {
        if (peers.Remove(connection, out var closed))
        {
            closed.Dispose();
            callers.Left();
        }
        else if (dials.Remove(connection, out var dial))
            dial.Dispose();
        Count();
    }

    /// <summary>A connection has ended by itself.</summary>
    public void Forget(ConnectionId connection)
    {
        peers.Remove(connection);
        callers.Left();
        Count();
    }

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        listener?.Dispose();
        callers.Dispose();
        foreach (var dial in dials.Values)
            dial.Dispose();
        foreach (var peer in peers.Values)
            peer.Dispose();
        dials.Clear();
        peers.Clear();
        Count();
    }

    /// <summary>Only who speaks the peer protocol takes a peer's place.</summary>
    private async Task MeetAsync(Socket socket, Endpoint remote)
    {
        var channel = await callers.PeerAsync(socket, remote, entry, request =>
        {
            var answer = Array.Empty<byte>();
            shell.Input(now => answer = node.AskedAsTracker(now, remote, request));
            return answer;
        });
        if (channel is not null)
            Take(channel, remote, default);
    }

    private async Task DialAsync(ConnectionId connection, Endpoint peer)
    {
        Channel? channel = null;
        try
        {
            if (budget is { HasRoomToDial: false })
            {
                await Task.Yield(); // what fails at once must not be an input inside the one that asked
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }

            if (entry.Tls is { } tls)
                channel = await CallAsync(tls, await ConnectAsync(connection, peer), entry.AdmitsPlain(peer));
            if (channel is null && entry.AdmitsPlain(peer) && (entry.Tls is null || dials.ContainsKey(connection)))
                channel = new PlainChannel(await ConnectAsync(connection, peer));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Refused, or out of descriptors, or the node gave it up: then it no longer knows of it.
        }

        if (channel is null)
        {
            dials.Remove(connection, out var failed);
            failed?.Dispose();
            Count();
            shell.Input(now => node.Closed(now, connection));
            return;
        }

        if (!dials.Remove(connection))
        {
            channel.Dispose(); // given up when it was there already, before this could go on
            return;
        }

        Run(connection, channel, default);
        shell.Input(now => node.Connected(now, connection));
    }

    private async Task<Socket> ConnectAsync(ConnectionId connection, Endpoint peer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        dials.Remove(connection, out var before);
        before?.Dispose();
        dials[connection] = socket;
        Count();
        // From our own address: on a host with several nodes it is how the other side tells us apart.
        socket.Bind(node.Own.WithPort(0).ToSystem());
        await socket.ConnectAsync(peer.ToSystem());
        return socket;
    }

    private static async Task<Channel?> CallAsync(Tls tls, Socket socket, bool mayBePlain)
    {
        using var patience = new CancellationTokenSource(mayBePlain ? TrialPatience : HandshakePatience);
        try
        {
            return await tls.CallAsync(socket, keyId: null, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Run(ConnectionId connection, Channel channel, ReadOnlyMemory<byte> begun)
    {
        channel.Socket.NoDelay = true; // messages are gathered here, not by Nagle
        LinuxSocket.BoundUnsent(channel.Socket, UnsentBytesMax);
        var peer = new PeerSocket(connection, channel, shell, file);
        peers.Add(connection, peer);
        Count();
        shell.Watch(peer.ReceiveAsync(begun));
    }

    // What the files of a node have together is bounded: each says how many it has.
    private void Count()
    {
        var count = peers.Count + dials.Count;
        budget?.Change(count - counted);
        counted = count;
    }
}

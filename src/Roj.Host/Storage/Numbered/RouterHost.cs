using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>One start of a router of numbered servers: they come to it at one address, clients by RESP at another.</summary>
/// <remarks>Two threads: servers' connections are on a loop, clients and the store on the store's thread.</remarks>
public sealed class RouterHost : IDisposable
{
    /// <summary>Who may be about to say who he is, at a time; who came first goes when there are more.</summary>
    public const int StrangersMax = 64;

    private const int UsualBytes = 64 * 1024;

    private readonly RouterOptions options;
    private readonly NumberedDirectory directory;
    private readonly StoreThread store;
    private readonly Socket listener;
    private readonly EventLoop loop = new();
    private readonly Thread thread;
    private readonly ByteBudget budget = new(4L * StorageFrame.LengthMax);
    private readonly FrameCodec<StorageMessage> frames = new(StorageFrame.LengthMax, StorageFrame.Write, StorageFrame.TryRead);
    private readonly ConcurrentQueue<(int To, StorageMessage Message)> outgoing = [];
    private readonly SortedDictionary<int, (NodeId Who, FrameStream<StorageMessage> Stream)> servers = [];
    private readonly LinkedList<Socket> strangers = [];
    private volatile int[] connected = [];
    private volatile bool isClosed;

    /// <summary>Opens what was kept, and listens.</summary>
    /// <exception cref="NodeException">That can't be done.</exception>
    public RouterHost(RouterOptions options)
    {
        this.options = options;
        directory = NumberedDirectory.OfRouter(options.Path, options.Servers, options.Warn);
        try
        {
            store = new StoreThread(new StoreOptions
            {
                Self = directory.Id,
                Path = directory.LogPath,
                Copies = options.Copies,
                Servers = options.Servers,
                HintsMax = options.HintsMax,
                Send = Say,
                Heard = Hear,
                Warn = options.Warn,
                Fail = options.Fail,
            });
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        try
        {
            listener = Listen(options.ForServers);
            ForServers = (IPEndPoint)listener.LocalEndPoint!;
            ForClients = At(options.ForClients, store.Listen);
        }
        catch
        {
            listener?.Dispose();
            store.Dispose();
            directory.Dispose();
            throw;
        }

        loop.AfterBatch = Flush;
        thread = new Thread(Run) { IsBackground = true, Name = "router" };
        store.Start();
        thread.Start();
    }

    /// <summary>Where servers come to.</summary>
    public IPEndPoint ForServers { get; }

    /// <summary>Where clients come to.</summary>
    public IPEndPoint ForClients { get; }

    /// <summary>The numbers of the servers that are connected, in order. From any thread.</summary>
    public IReadOnlyList<int> Connected => connected;

    /// <summary>How many versions wait for servers that are away. From any thread.</summary>
    public Task<long> WaitingAsync()
    {
        var told = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Post(() => told.SetResult(store.Store.Hints));
        return told.Task;
    }

    /// <summary>Ends: hangs up on all. What was acknowledged is on a disk.</summary>
    public void Dispose()
    {
        loop.Post(_ => Close(), null);
        thread.Join();
        store.Dispose();
        directory.Dispose();
    }

    private static T At<T>(IPEndPoint where, Func<IPEndPoint, T> listen)
    {
        try
        {
            return listen(where);
        }
        catch (SocketException e)
        {
            throw new NodeException($"cannot listen on {where}: {SystemReason.Of(e)}");
        }
    }

    private static Socket Listen(IPEndPoint where) => At(where, static at =>
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // No ReuseAddress: the runtime's lets two listeners share a port, and allows what an earlier start left by itself.
            socket.Bind(at);
            socket.Listen(StrangersMax);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    private void Run()
    {
        try
        {
            loop.Run(AcceptAsync);
        }
#pragma warning disable CA1031 // whatever it is, there are no servers without it
        catch (Exception e)
#pragma warning restore CA1031
        {
            options.Fail($"the router failed: {e}");
        }
    }

    private async Task AcceptAsync()
    {
        while (!isClosed)
        {
            try
            {
                Greet(await listener.AcceptAsync());
            }
            catch (SocketException) when (!isClosed)
            {
                await Task.Delay(100); // no descriptor is left, say
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async void Greet(Socket socket)
    {
        if (strangers.Count >= StrangersMax)
            strangers.First!.Value.Dispose();
        var place = strangers.AddLast(socket);
        var isIn = false;
        try
        {
            NumberedSocket.Prepare(socket);
            using var patience = new CancellationTokenSource(NumberedSocket.HelloPatience);
            var bytes = new byte[ServerHello.Length];
            if (await NumberedSocket.FillAsync(socket, bytes, patience.Token) && ServerHello.TryRead(bytes, out var hello) && !isClosed)
            {
                NodeId? there = servers.TryGetValue(hello.Number, out var one) ? one.Who : null;
                var verdict = Doorkeeping.Judge(hello, directory.Id, options.Servers, there);
                var reply = new RouterReply(verdict, directory.Id, options.Servers).Write();
                isIn = verdict is ServerVerdict.Welcome;
                if (isIn)
                    Attach(socket, hello, reply); // at once: nobody else is judged before
                else
                    await socket.SendAsync(reply, patience.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // He will come again.
        }

        strangers.Remove(place);
        if (!isIn)
            socket.Dispose();
    }

    private async void Attach(Socket socket, ServerHello hello, byte[] reply)
    {
        var number = hello.Number;
        using var stream = new FrameStream<StorageMessage>(new PlainChannel(socket), frames, budget, UsualBytes);
        if (servers.Remove(number, out var before))
        {
            before.Stream.Dispose();
            See();
        }

        servers.Add(number, (hello.Id, stream));
        stream.TryWrite(reply);
        See();
        var node = ServerNumbers.NodeOf(number);
        await stream.ReadAsync(message =>
        {
            if (Doorkeeping.MayServerSay(message))
                store.Give((at, store, outbox) => store.Receive(at, node, message, outbox));
            else
                stream.Dispose();
        });
        if (isClosed || !servers.TryGetValue(number, out var now) || now.Stream != stream)
            return;
        servers.Remove(number);
        See();
    }

    private void See()
    {
        int[] numbers = [.. servers.Keys];
        NodeId[] here = [.. numbers.Select(ServerNumbers.NodeOf)];
        store.Give((at, store, outbox) =>
        {
            store.See(at, here, outbox);
            connected = numbers; // not before: who hears of a server may ask for what it has at once
            options.Changed();
        });
    }

    // On the store's thread. The loop sends what there is after whatever it does next.
    private void Say(NodeId to, StorageMessage message)
    {
        var wasEmpty = outgoing.IsEmpty;
        outgoing.Enqueue((ServerNumbers.NumberOf(to), message));
        if (wasEmpty)
            loop.Post(static _ => { }, null);
    }

    private void Hear(StorageEvent what)
    {
        if (what is StorageEvent.HintsDelivered)
            options.Changed();
    }

    private Instant? Flush()
    {
        while (outgoing.TryDequeue(out var next))
        {
            if (servers.TryGetValue(next.To, out var server))
                server.Stream.TryWrite(frames.Write(next.Message)); // else he is silent, as far as the store can see
        }

        foreach (var (_, stream) in servers.Values)
            stream.Flush();
        return null;
    }

    private void Close()
    {
        isClosed = true;
        listener.Dispose();
        foreach (var stranger in strangers.ToArray())
            stranger.Dispose();
        foreach (var (_, stream) in servers.Values)
            stream.Dispose();
        servers.Clear();
        connected = [];
    }
}

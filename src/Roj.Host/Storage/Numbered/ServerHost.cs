using System.Collections.Concurrent;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>One start of a numbered server: it keeps values, and answers its router, whom it calls again whenever the connection is
/// lost.</summary>
/// <remarks>Two threads: the connection is on a loop, the store on its own.</remarks>
public sealed class ServerHost : IDisposable
{
    private const int UsualBytes = 64 * 1024;

    private readonly ServerOptions options;
    private readonly NumberedDirectory directory;
    private readonly StoreThread store;
    private readonly EventLoop loop = new();
    private readonly Thread thread;
    private readonly CancellationTokenSource end = new();
    private readonly FrameCodec<StorageMessage> frames = new(StorageFrame.LengthMax, StorageFrame.Write, StorageFrame.TryRead);
    private readonly ByteBudget budget = new(2L * StorageFrame.LengthMax);
    private readonly ConcurrentQueue<StorageMessage> outgoing = [];
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FrameStream<StorageMessage>? stream;
    private volatile string? refusal;
    private volatile bool isConnected;

    /// <summary>Opens what was kept, and begins to call the router.</summary>
    /// <exception cref="NodeException">It can't be opened.</exception>
    public ServerHost(ServerOptions options)
    {
        this.options = options;
        directory = NumberedDirectory.OfServer(options.Path, options.Number, options.Warn);
        try
        {
            store = new StoreThread(new StoreOptions
            {
                Self = directory.Id,
                Path = directory.LogPath,
                Send = Say,
                Warn = options.Warn,
                Fail = options.Fail,
            });
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        loop.AfterBatch = Flush;
        thread = new Thread(Run) { IsBackground = true, Name = "server" };
        store.Start();
        thread.Start();
    }

    /// <summary>Whether the router has welcomed it, and is connected. From any thread.</summary>
    public bool IsConnected => isConnected;

    /// <summary>Why the router refuses it; null if it does not. From any thread.</summary>
    public string? Refusal => refusal;

    /// <summary>Ends when the first call has come to something, or to nothing.</summary>
    public Task Tried => tried.Task;

    /// <summary>Ends: what was kept is on the disk.</summary>
    public void Dispose()
    {
        end.Cancel();
        loop.Post(_ => stream?.Dispose(), null);
        thread.Join();
        store.Dispose();
        directory.Dispose();
        end.Dispose();
        tried.TrySetResult();
    }

    private void Run()
    {
        try
        {
            loop.Run(CallAsync);
        }
#pragma warning disable CA1031 // whatever it is, there is no router without it
        catch (Exception e)
#pragma warning restore CA1031
        {
            options.Fail($"the server failed: {e}");
        }
    }

    private async Task CallAsync()
    {
        for (var failures = 0; !end.IsCancellationRequested; failures++)
        {
            if (await ConnectAsync() is { } socket)
            {
                failures = 0;
                await TalkAsync(socket);
            }

            tried.TrySetResult();
            try
            {
                await Task.Delay(NumberedSocket.PauseAfter(failures), end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        var socket = new Socket(options.Router.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            patience.CancelAfter(NumberedSocket.ConnectPatience);
            await socket.ConnectAsync(options.Router, patience.Token);
            NumberedSocket.Prepare(socket);
            patience.CancelAfter(NumberedSocket.HelloPatience);
            await socket.SendAsync(new ServerHello(options.Number, directory.Cluster, directory.Id).Write(), patience.Token);
            var bytes = new byte[RouterReply.Length];
            if (await NumberedSocket.FillAsync(socket, bytes, patience.Token) && IsWelcome(bytes))
                return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The router is not there.
        }

        socket.Dispose();
        return null;
    }

    private bool IsWelcome(byte[] bytes)
    {
        var why = !RouterReply.TryRead(bytes, out var reply) ? $"what answers at {options.Router} is no router of this version of Roj"
            : WhyNot(reply);
        try
        {
            if (why is null)
                directory.Join(options.Number, reply.Cluster);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = $"cannot write to {options.Path}: {SystemReason.Of(e)}";
        }

        if (why == refusal)
            return why is null;
        refusal = why;
        options.Changed();
        return why is null;
    }

    private string? WhyNot(RouterReply reply) => reply.Verdict switch
    {
        ServerVerdict.NumberTaken => $"another server is connected as number {options.Number}: each has a number of its own",
        ServerVerdict.NoSuchNumber =>
            $"there is no server {options.Number}: the router at {options.Router} has {reply.Servers}, from 0 to {reply.Servers - 1}",
        ServerVerdict.OtherCluster => IsOther(reply),
        // It has seen that itself; but what is here may not be mixed with another's whoever is at fault.
        _ => directory.Cluster != default && directory.Cluster != reply.Cluster ? IsOther(reply) : null,
    };

    private string IsOther(RouterReply reply) =>
        $"{options.Path} has the values of another cluster ({directory.Cluster}) than that of the router at {options.Router} "
        + $"({reply.Cluster}): give the server an empty directory, or the router that it belongs to";

    private async Task TalkAsync(Socket socket)
    {
        using var talk = new FrameStream<StorageMessage>(new PlainChannel(socket), frames, budget, UsualBytes);
        stream = talk;
        if (end.IsCancellationRequested)
            return;
        isConnected = true;
        tried.TrySetResult();
        options.Changed();
        var router = directory.Cluster;
        await talk.ReadAsync(message =>
        {
            if (Doorkeeping.MayRouterSay(message))
                store.Give((at, store, outbox) => store.Receive(at, router, message, outbox));
            else
                talk.Dispose();
        });
        stream = null;
        isConnected = false;
        options.Changed();
    }

    // On the store's thread.
    private void Say(NodeId to, StorageMessage message)
    {
        var wasEmpty = outgoing.IsEmpty;
        outgoing.Enqueue(message);
        if (wasEmpty)
            loop.Post(static _ => { }, null);
    }

    private Instant? Flush()
    {
        while (outgoing.TryDequeue(out var message))
            stream?.TryWrite(frames.Write(message)); // what does not go is silence to the router
        stream?.Flush();
        return null;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host;
using Roj.Host.Net;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;

namespace Roj.Tests.Host;

/// <summary>A whole node on the loopback, on a loop and a thread of its own; it looks for nobody.</summary>
internal sealed class RunningShell : IDisposable
{
    private readonly EventLoop loop = new();
    private readonly TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Roj.Node.Node node;
    private readonly Thread thread;
    private readonly ManualResetEventSlim listening = new();

    public RunningShell(
        string dataPath,
        InfoDictionary info,
        int blockBytes = 16 * 1024,
        bool hashed = false,
        SwarmEntry? entry = null,
        params string[] trackers)
    {
        Own = new Endpoint(0x7F000001, FreePort());
        node = new Roj.Node.Node(
            new NodeSettings
            {
                Finding = new FinderSettings
                {
                    Cluster = "tests",
                    Id = new NodeId(1),
                    Boot = 1,
                    Own = Own,
                    Broadcast = false,
                    Sweep = false,
                },
                Swarm = new SwarmSettings { PeerId = PeerId.Create(new Rng(Own.Port)), ListenPort = Own.Port, BlockBytes = blockBytes },
                Trackers = [trackers],
            },
            new Rng(1));
        thread = new Thread(() => loop.Run(() => LiveAsync(dataPath, info, hashed, entry))) { IsBackground = true };
        thread.Start();
        if (!listening.Wait(Soon.Limit))
            throw new TimeoutException("the node does not listen");
    }

    public Endpoint Own { get; }

    public ConcurrentQueue<SyncEvent> Events { get; } = new();

    /// <summary>How many peers there are, as the loop sees it.</summary>
    public async Task<int> PeersAsync()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => answer.SetResult(node.Swarm.PeerCount), null);
        return await answer.Task.WaitAsync(Soon.Limit);
    }

    public void Dispose()
    {
        stop.TrySetResult();
        thread.Join();
        listening.Dispose();
    }

    private async Task LiveAsync(string dataPath, InfoDictionary info, bool hashed, SwarmEntry? entry)
    {
        var memory = new MemoryFile(dataPath + ".roj", _ => { });
        using var shell = new NodeShell(loop, node, DataPlace.At(dataPath), memory, Events.Enqueue, budget: null, entry);
        loop.AfterBatch = shell.AfterBatch;
        shell.Listen(Own, []);
        shell.Start(info, NodeMemory.Empty, hashed);
        listening.Set();
        await Task.WhenAny(stop.Task, shell.Failed.Task);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;

namespace Roj.Host;

/// <summary>The seed's job: one node that makes one data file match its description, and helps the others to the same.</summary>
public sealed class SyncJob
{
    // Standard output is ours alone: with --output json programs read it.
    private const string ToStandardError = "exec /bin/sh -c \"$1\" >&2";

    private readonly SyncOptions options;
    private readonly Action<SyncEvent> tell;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Describing? describing;
    private bool wasResized;

    /// <summary>A job that has not begun.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="tell">Called on the job's thread for everything worth a line in a log.</param>
    public SyncJob(SyncOptions options, Action<SyncEvent> tell)
    {
        this.options = options;
        this.tell = tell;
    }

    /// <summary>Ends the job; may be called on any thread, and before <see cref="Run"/>.</summary>
    public void Stop() => ended.TrySetResult();

    /// <summary>Runs the job on the calling thread until it is stopped, or is done and was told to end then.</summary>
    /// <exception cref="SyncException">It can't begin, or can't go on.</exception>
    public void Run()
    {
        var source = SyncSource.Read(options);
        var local = ChooseInterface();
        describing = options.Share ? new Describing(options.DataPath) : null;
        CheckDataPlace();
        var loop = new EventLoop();
        var warn = (string text) => tell(new SyncEvent.Warning(text));
        var memory = new MemoryFile(options.DataPath + ".roj", warn);
        var remembered = memory.Load();

        // Nothing that is drawn from this is a secret; the runtime's source of secrets would load OpenSSL, megabytes that an idle node
        // does without.
        var rng = new Rng((ulong)Random.Shared.NextInt64());
        var own = new Endpoint(local.Subnet.Address, options.SwarmPort);
        var node = new Node.Node(SettingsFor(own, local.Subnet, source, rng), rng);
        loop.Run(() => RunAsync(
            loop,
            node,
            memory,
            shell =>
            {
                shell.Listen(own.WithPort(options.NodePort), [local.Subnet]);
                if (SearchesLocally(own))
                    shell.SearchLocally();
                tell(new SyncEvent.Listening(own, $"{local.Subnet} on {local.Name}, because {local.Reason}"));
            },
            (shell, made) => shell.Start(made ?? source.Info, remembered, hashed: made is not null)));
    }

    private async Task RunAsync(
        EventLoop loop, Node.Node node, MemoryFile memory, Action<NodeShell> listen, Action<NodeShell, InfoDictionary?> start)
    {
        using var shell = new NodeShell(
            loop, node, DataPlace.At(options.DataPath), memory, happened => Follow(node, happened), budget: null, Entry());
        loop.AfterBatch = shell.AfterBatch;
        try
        {
            listen(shell);
        }
        catch (SocketException e)
        {
            throw new SyncException($"cannot listen on {node.Own} (TCP): {SystemReason.Of(e)}", isWrongUse: false);
        }

        if (options.ProgressEvery is { } period)
            _ = ReportAsync(node, period);
        // Whoever calls meanwhile waits in the backlog: nothing can be said before the file has a name.
        if (!await TryDescribeAsync(made => start(shell, made)))
            return;
        if (await Task.WhenAny(ended.Task, shell.Failed.Task) == ended.Task)
        {
            await shell.LeaveAsync();
            await ended.Task; // which may have failed
            return;
        }

        var reason = await shell.Failed.Task;
        throw reason is DataFileException
            ? new SyncException(reason.Message, isWrongUse: false)
            : new UnreachableException("The node failed.", reason);
    }

    private async Task<bool> TryDescribeAsync(Action<InfoDictionary?> start)
    {
        if (describing is null)
        {
            start(null);
            return true;
        }

        using var givenUp = new CancellationTokenSource();
        var running = describing.RunAsync(givenUp.Token);
        if (await Task.WhenAny(ended.Task, running) == ended.Task)
            await givenUp.CancelAsync();
        try
        {
            start(await running);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // stopped
        }
    }

    private void CheckDataPlace()
    {
        try
        {
            DataFile.CheckPlace(options.DataPath);
        }
        catch (DataFileException e)
        {
            throw new SyncException(e.Message, isWrongUse: false);
        }
    }

    private LocalInterface ChooseInterface()
    {
        if (options.Address is not { } address)
            return LocalInterface.Choose();
        return LocalInterface.With(address)
            ?? throw new SyncException($"no interface has the address {Endpoint.AddressText(address)}", isWrongUse: true);
    }

    private NodeSettings SettingsFor(Endpoint own, Subnet subnet, SyncSource source, Rng rng) => new()
    {
        Finding = new FinderSettings
        {
            Cluster = options.Cluster,
            Id = NodeId.Random(rng), // a sync job keeps no data directory: each start is a new node
            Boot = rng.NextUInt64() | 1,
            Own = own.WithPort(options.NodePort),
            SwarmPort = options.SwarmPort,
            Subnets = [subnet],
            AnyAddress = options.Keys.Count > 0,
        },
        Swarm = new SwarmSettings { PeerId = PeerId.Create(rng), ListenPort = options.SwarmPort },
        Peers = source.Peers,
        SwarmPeers = source.SwarmPeers,
        Sought = source.Sought,
        Trackers = [.. source.Trackers, .. options.Trackers],
        LocalSearch = SearchesLocally(own),
    };

    private SwarmEntry Entry() => options.Keys.Count == 0
        ? SwarmEntry.Open
        : new SwarmEntry(new ClusterKeys(Keyring.Of(options.Keys)), options.AllowPlainSwarm);

    private bool SearchesLocally(Endpoint own) => options.LocalSearch ?? own.Address >> 24 != 127;

    private void Follow(Node.Node node, SyncEvent happened)
    {
        tell(happened);
        switch (happened)
        {
            case SyncEvent.Resized:
                wasResized = true;
                break;
            case SyncEvent.Shared(SwarmEvent.Unusable(_, var fault)) when options.Magnet is not null:
                ended.TrySetException(new SyncException($"the file of --magnet can't be shared: {fault}", isWrongUse: true));
                break;
            case SyncEvent.Shared(SwarmEvent.Unusable(_, var fault)):
                tell(new SyncEvent.Warning($"a file that others share is not taken up: {fault}"));
                break;
            case SyncEvent.Shared(SwarmEvent.Completed(var repaired)):
                if ((repaired || wasResized) && options.OnComplete is { } command)
                    RunCommand(command);
                if (options.ExitWhenComplete)
                    _ = StopAfterAsync(options.SeedFor);
                break;
        }
    }

    private async Task ReportAsync(Node.Node node, TimeSpan period)
    {
        for (; !ended.Task.IsCompleted; await Task.Delay(period))
        {
            var swarm = node.Swarm;
            if (describing is not null && swarm.Info is null)
            {
                tell(new SyncEvent.Describing(describing.Done, describing.Length));
                continue;
            }

            tell(new SyncEvent.Progress(new SyncStatus(
                swarm.Info, swarm.HaveCount, swarm.UncheckedCount, swarm.PeerCount, node.Company, swarm.IsComplete)));
        }
    }

    private async Task StopAfterAsync(TimeSpan wait)
    {
        await Task.Delay(wait);
        Stop();
    }

    private void RunCommand(string command)
    {
        try
        {
            using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", ToStandardError, "sh", command]));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            tell(new SyncEvent.Warning($"cannot run --on-complete: {e.Message}"));
        }
    }
}

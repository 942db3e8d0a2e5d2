using System.Diagnostics;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;

namespace Roj.Host;

/// <summary>The seed's job: one node that makes one data file match its description, and helps the others to the same.</summary>
public sealed class SyncJob
{
    private const int ConfigBytesMax = 256 * 1024 * 1024; // 2^21 parts of 43 characters, and room for white space

    // Standard output is ours alone: with --output json programs read it.
    private const string ToStandardError = "exec /bin/sh -c \"$1\" >&2";

    private readonly SyncOptions options;
    private readonly Action<SyncEvent> tell;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
        var conf = ReadConfig();
        var local = ChooseInterface();
        CheckDataPlace();
        var loop = new EventLoop();
        var warn = (string text) => tell(new SyncEvent.Warning(text));
        var memory = new MemoryFile(options.DataPath + ".roj", warn);
        var remembered = memory.Load();

        // Nothing that is drawn from this is a secret; the runtime's source of secrets would load OpenSSL, megabytes that an idle node
        // does without.
        var rng = new Rng((ulong)Random.Shared.NextInt64());
        var own = new Endpoint(local.Subnet.Address, options.SwarmPort);
        var node = new Node.Node(SettingsFor(own, local.Subnet, conf, rng), rng);
        loop.Run(() => RunAsync(loop, node, memory, shell =>
        {
            shell.Listen(own.WithPort(options.NodePort), [local.Subnet]);
            if (SearchesLocally(own))
                shell.SearchLocally();
            tell(new SyncEvent.Listening(own, $"{local.Subnet} on {local.Name}, because {local.Reason}"));
            shell.Start(conf.Info, remembered);
        }));
    }

    private async Task RunAsync(EventLoop loop, Node.Node node, MemoryFile memory, Action<NodeShell> start)
    {
        using var shell = new NodeShell(loop, node, node.Own, options.DataPath, memory, happened => Follow(node, happened));
        try
        {
            start(shell);
        }
        catch (SocketException e)
        {
            throw new SyncException($"cannot listen on {node.Own} (TCP): {SystemReason.Of(e)}", isWrongUse: false);
        }

        if (options.ProgressEvery is { } period)
            _ = ReportAsync(node, period);
        if (await Task.WhenAny(ended.Task, shell.Failed.Task) == ended.Task)
        {
            await shell.LeaveAsync();
            return;
        }

        var reason = await shell.Failed.Task;
        throw reason is DataFileException
            ? new SyncException(reason.Message, isWrongUse: false)
            : new UnreachableException("The node failed.", reason);
    }

    private TorrentConf ReadConfig()
    {
        byte[]? json;
        try
        {
            json = AtomicFile.Read(options.ConfigPath, ConfigBytesMax);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SyncException($"cannot read {options.ConfigPath}: {SystemReason.Of(e)}", isWrongUse: true);
        }

        if (json is null)
            throw new SyncException($"{options.ConfigPath} {WhyNotRead(options.ConfigPath)}", isWrongUse: true);
        return TorrentConf.TryRead(json, Path.GetFileName(options.DataPath), out var error)
            ?? throw new SyncException($"{options.ConfigPath}: {error}", isWrongUse: true);
    }

    private static string WhyNotRead(string path) =>
        File.Exists(path) ? $"has more than {ConfigBytesMax} bytes" : Directory.Exists(path) ? "is a directory" : "does not exist";

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

    private NodeSettings SettingsFor(Endpoint own, Subnet subnet, TorrentConf conf, Rng rng) => new()
    {
        Finding = new FinderSettings
        {
            Cluster = options.Cluster,
            Id = NodeId.Random(rng), // a sync job keeps no data directory: each start is a new node
            Boot = rng.NextUInt64() | 1,
            Own = own.WithPort(options.NodePort),
            SwarmPort = options.SwarmPort,
            Subnets = [subnet],
        },
        Swarm = new SwarmSettings { PeerId = PeerId.Create(rng), ListenPort = options.SwarmPort },
        Peers = conf.Peers,
        Trackers = options.Trackers,
        LocalSearch = SearchesLocally(own),
    };

    private bool SearchesLocally(Endpoint own) => options.LocalSearch ?? own.Address >> 24 != 127;

    private void Follow(Node.Node node, SyncEvent happened)
    {
        tell(happened);
        switch (happened)
        {
            case SyncEvent.Resized:
                wasResized = true;
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

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Storage;
using Roj.Storage.Resp;
using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;

namespace Roj.Host.Storage;

/// <summary>The one thread on which a node's part in the store runs, with its clients: nothing is handed from thread to thread between a
/// question and its answer.</summary>
/// <remarks>Commits are carried out here while the disk is quick, and wait for it on another thread while it is not; what comes meanwhile
/// shares the next one. What is not said to be otherwise is on
/// this thread; <see cref="Post"/> brings it here.</remarks>
internal sealed class StoreThread : IDisposable
{
    private const string Ended = "the store has ended here; ask again";

    private const int CompactBytes = 256 * 1024;

    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HousePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompactPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<Action> posted = [];
    private readonly long origin = Stopwatch.GetTimestamp();
    private readonly IPoller poller = OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();
    private readonly StoreOptions options;
    private readonly StoreLog log;
    private readonly StorageShell shell;
    private readonly RespServer server;
    private readonly CommitThread commits;
    private readonly Haste haste = new();
    private readonly DiskWords words;
    private readonly Thread thread;
    private readonly Dictionary<ulong, Action<StorageAnswer>> own = [];
    private Instant housekeepAt;
    private bool hasMoreToKeep;
    private bool hasFailed;
    private readonly Lock gate = new();
    private Action<bool>? ending; // who wants to know whether it may end
    private bool isClosing;
    private bool isOver;
    private int isAwake;
    private int port;
    private ulong lastOwn = 1UL << 63; // clients' calls are counted from below
    private Moment at;

    /// <summary>Opens what was kept; nothing is served before <see cref="Start"/>.</summary>
    /// <exception cref="NodeException">It can't be opened.</exception>
    public StoreThread(StoreOptions options)
    {
        this.options = options;
        words = new DiskWords(options.Warn);
        log = StoreLog.Open(options.Path, options.Self, options.Life, options.Warn);
        var settings = new StoreSettings { Self = options.Self, Boot = log.Boot, Copies = options.Copies, Servers = options.Servers };
        if (options.HintsMax is var (hints, hintBytes))
            settings = settings with { HintsMax = hints, HintBytesMax = hintBytes };
        var store = new Store(settings, new LogShelf(log.Log), new Rng((ulong)Identity.Draw().Value));
        shell = new StorageShell(options.Self, store, log.Log);
        server = new RespServer(poller, options.Password, Ask, () => at);
        commits = new CommitThread(log.Disk, commit => Post(() => Committed(commit)));
        thread = new Thread(Run) { IsBackground = true, Name = "store" };
        at = Now();
    }

    /// <summary>Its part in the store. On its thread only.</summary>
    public Store Store => shell.Store;

    /// <summary>Its clients. On its thread only.</summary>
    public RespServer Server => server;

    /// <summary>How its log stands. On its thread only.</summary>
    public LogFigures Figures => log.Log.Figures;

    /// <summary>Whether the disk has no room. On its thread only.</summary>
    public bool IsFull => log.Log.IsFull;

    /// <summary>Begins to serve.</summary>
    public void Start() => thread.Start();

    /// <summary>Listens for clients; before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It can't be listened there.</exception>
    public IPEndPoint Listen(IPEndPoint where)
    {
        var listens = server.Listen(where);
        port = listens.Port;
        return listens;
    }

    /// <summary>Has something done on the thread. From any thread.</summary>
    public void Post(Action what)
    {
        lock (gate)
        {
            posted.Enqueue(what);
            if (isOver)
                DoPosted();
            else if (Interlocked.Exchange(ref isAwake, 1) == 0)
                poller.Wake();
        }
    }

    /// <summary>Carries out a call. From any thread.</summary>
    public Task<StorageAnswer> AskAsync(StorageCall call)
    {
        var answered = new TaskCompletionSource<StorageAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            own.Add(++lastOwn, answered.SetResult);
            Ask(lastOwn, call);
        });
        return answered.Task;
    }

    /// <summary>Tells the store something. From any thread.</summary>
    public void Give(Action<Moment, Store, StorageOutbox> input) => Post(() =>
    {
        if (hasFailed || isClosing)
            return;
        input(at, shell.Store, shell.Outbox);
        Carry();
    });

    /// <summary>Serves no more if nothing is kept; told on the thread whether that is so, when what was asked for has been answered. From
    /// any thread.</summary>
    public void EndIfEmpty(Action<bool> told) => Post(() => ending = told);

    /// <summary>Ends: what was asked for before is answered where it can be.</summary>
    public void Dispose()
    {
        Post(() => isClosing = true);
        if (thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted) || thread.Join(EndPatience))
        {
            lock (gate)
            {
                isClosing = isOver = true;
                DoPosted(); // what came too late: nobody waits for ever
            }

            commits.Dispose();
            foreach (var told in own.Values)
                told(new StorageAnswer.Failed(StorageFault.NoQuorum, Ended, Applied.Unknown));
            own.Clear();
            server.Dispose();
            log.Dispose();
            poller.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            shell.Store.Start(Now());
            while (!isClosing)
            {
                poller.Wait(Turn());
                at = Now();
            }

            Turn();
        }
#pragma warning disable CA1031 // whatever it is, the node can't go on without its store
        catch (Exception e)
#pragma warning restore CA1031
        {
            options.Fail($"the store failed: {e}");
        }
    }

    // All that is to be done now; and how many milliseconds may be slept then.
    private int Turn()
    {
        Interlocked.Exchange(ref isAwake, 0);
        DoPosted();
        if (ending is { } told && MayEnd() is { } mayEnd)
        {
            ending = null;
            isClosing |= mayEnd;
            told(mayEnd);
        }

        if (isClosing)
        {
            server.Flush();
            return 0;
        }

        if (hasFailed)
            return -1;
        if (shell.Store.Deadline <= at.Now)
        {
            shell.Store.Tick(at, shell.Outbox);
            Carry();
        }

        if (server.Deadline <= at.Now)
        {
            server.Facts = Facts();
            server.Look();
        }

        server.Flush();
        if (Commit())
            server.Flush();
        var due = Instant.Earliest(shell.Store.Deadline, server.Deadline);
        if (log.Log.IsFull || hasMoreToKeep || log.Log.IsDirty)
            due = Instant.Earliest(due, housekeepAt);
        if (shell.WantsCommit && !log.Log.IsFull)
            return 0; // what came with the answers to what was committed just now
        return due is not { } next ? -1 : (int)Math.Clamp(Math.Ceiling((next - at.Now).TotalMilliseconds), 0, 60_000);
    }

    private void Answer(ulong id, StorageAnswer answer)
    {
        if (own.Remove(id, out var told))
            told(answer);
        else
            server.Answer(id, answer);
    }

    // Null while it can't be said.
    private bool? MayEnd() => shell.Store.IsEmpty is not true ? shell.Store.IsEmpty : shell.Store.Calls == 0 ? true : null;

    private void DoPosted()
    {
        while (posted.TryDequeue(out var what))
            what();
    }

    private RespFacts Facts() => new()
    {
        Version = typeof(StoreThread).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
        Mode = "available",
        RunId = $"{options.Self}",
        Port = port,
        ProcessId = Environment.ProcessId,
        Uptime = Stopwatch.GetElapsedTime(origin),
        Clients = server.Clients,
        ClientsMax = RespServer.ClientsMax,
        ClientsEver = server.ClientsEver,
        CommandsEver = server.CallsEver,
        MemoryBytes = Environment.WorkingSet,
        OtherCopies = Math.Max(0, Math.Min(options.Copies, options.Servers ?? shell.Store.Map?.Nodes.Count ?? 1) - 1),
        Keys = shell.Store.KeysAbout(),
    };

    private void Ask(ulong id, StorageCall call)
    {
        if (hasFailed)
            return;
        if (isClosing || (ending is not null && shell.Store.IsEmpty is true))
        {
            Answer(id, new StorageAnswer.Failed(StorageFault.NoQuorum, Ended, Applied.No));
            return;
        }

        shell.Store.Ask(at, id, call, shell.Outbox);
        Carry();
    }

    private void Carry()
    {
        shell.Drain(at);
        while (shell.TryTakeMessage(out var to, out var message))
            options.Send(to, message!);
        while (shell.TryTakeAnswer(out var answer))
            Answer(answer!.Call, answer.With);

        while (shell.TryTakeEvent(out var what))
        {
            words.Hear(at.Now, what!);
            options.Heard(what!);
        }
    }

    // Whether one is carried out by now.
    private bool Commit()
    {
        var isFull = log.Log.IsFull;
        words.Room(isFull);
        var isKept = at.Now >= housekeepAt && (isFull || hasMoreToKeep || shell.WantsCommit);
        if (isKept)
        {
            hasMoreToKeep = log.Log.Compact(CompactBytes);
            housekeepAt = at.Now + (isFull ? FullPause : hasMoreToKeep ? CompactPause : HousePause);
        }

        if ((!isKept && isFull) || !shell.WantsCommit || shell.BeginCommit() is not { } commit)
            return false;
        if (!haste.IsQuick(at.Now) || commit.Bytes > Haste.BytesMax)
        {
            commits.Carry(commit);
            return false;
        }

        var began = Stopwatch.GetTimestamp();
        commit.Write(log.Disk);
        commit.Sync(log.Disk);
        at = Now();
        haste.Took(at.Now, Stopwatch.GetElapsedTime(began));
        Committed(commit);
        return true;
    }

    private void Committed(LogCommit commit)
    {
        if (shell.EndCommit(at, commit) is LogStatus.Quarantined)
        {
            hasFailed = true;
            options.Fail($"the disk under {StoreLog.DirectoryName} in the data directory failed ({log.Disk.Reason}): nobody knows what it "
                + "has kept. See to the disk; what it says after a new start is checked again");
            return;
        }

        Carry();
    }

    private Moment Now() => new(new Instant(Stopwatch.GetElapsedTime(origin).Ticks), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}

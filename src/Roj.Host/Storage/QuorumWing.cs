using System.Diagnostics;
using System.Net;
using Roj.Agreement;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>A node's part in the store where a majority decides: on the loop, as its part in agreement is, and so are the clients' sockets,
/// so that nothing is handed from thread to thread between a question and the registers.</summary>
internal sealed class QuorumWing : IStoreWing
{
    private readonly EventLoop loop;
    private readonly StoreWingOptions options;
    private readonly Func<AgreementService?> agreement;
    private readonly IPoller poller = OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();
    private readonly RespServer server;
    private readonly ChangeTalk changes;
    private readonly Dictionary<ulong, Action<StorageAnswer>> own = [];
    private readonly long origin = Stopwatch.GetTimestamp();
    private readonly Queue<AgreementEvent> heard = []; // while nothing can be kept, they wait
    private QuorumStore? store;
    private ulong lastOwn = 1UL << 63; // clients' calls are counted from below

    /// <summary>Listens for clients.</summary>
    /// <exception cref="NodeException">That can't be done.</exception>
    public QuorumWing(EventLoop loop, StoreWingOptions options, Func<AgreementService?> agreement)
    {
        (this.loop, this.options, this.agreement) = (loop, options, agreement);
        server = new RespServer(poller, RespDoor.PasswordOf(options.Keys), Ask, () => new Moment(loop.Now, Unix));
        changes = new ChangeTalk(loop, options, agreement);
        try
        {
            Clients = RespDoor.Listen(options, server.Listen);
        }
        catch
        {
            changes.Dispose();
            poller.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IPEndPoint? Clients { get; }

    /// <inheritdoc/>
    public Watchers Watchers => changes.Watchers;

    private static long Unix => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static Moment Now => new(BootClock.Now, Unix);

    /// <inheritdoc/>
    public Task<StorageAnswer> AskAsync(StorageCall call)
    {
        var answered = new TaskCompletionSource<StorageAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                own.Add(++lastOwn, answered.SetResult);
                Ask(lastOwn, call);
            },
            null);
        return answered.Task;
    }

    /// <inheritdoc/>
    public Task<StoreStatus> StatusAsync()
    {
        var told = new TaskCompletionSource<StoreStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => told.SetResult(Status()), null);
        return told.Task;
    }

    /// <inheritdoc/>
    public void Start() => loop.WaitWith(poller);

    /// <inheritdoc/>
    public void MembersChanged(IReadOnlyList<Member> members) => changes.MembersChanged(members); // registers are told too

    /// <inheritdoc/>
    public void Evicted(NodeId node)
    {
        // Registers are told.
    }

    /// <inheritdoc/>
    public void Take(Channel channel, LinkHello hello, uint source) => changes.Take(channel, hello, source);

    /// <inheritdoc/>
    public void Heard(AgreementEvent what)
    {
        if (what is AgreementEvent.Chosen chosen)
            changes.Heard(chosen);
        else if (store is not null && what is AgreementEvent.Ended or AgreementEvent.Walked)
            heard.Enqueue(what);
    }

    /// <inheritdoc/>
    public void Leads(Term? leads)
    {
        // Any router is as good as another.
    }

    /// <inheritdoc/>
    public bool HasNews => store?.HasAnswers is true || (heard.Count > 0 && agreement()?.CanBeAsked is true);

    /// <inheritdoc/>
    public Instant? Turn()
    {
        Hear();
        if (store?.Deadline <= BootClock.Now)
            agreement()?.TryDo((_, outbox) => store.Tick(Now, outbox));
        if (server.Deadline <= loop.Now)
        {
            server.Facts = Facts();
            server.Look();
        }

        do
        {
            Hear();
            TakeAnswers();
            server.Flush(); // which takes up what clients said meanwhile
        }
        while (HasNews);
        changes.Turn();
        var own = Instant.Earliest(store?.Deadline, changes.Deadline);
        var due = own is { } deadline ? loop.Now + (deadline - BootClock.Now) : (Instant?)null;
        return Instant.Earliest(due, server.Deadline);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        loop.WaitWith(null);
        changes.Dispose();
        server.Dispose();
        poller.Dispose();
    }

    private void Ask(ulong id, StorageCall call)
    {
        var isAsked = agreement() is { } service && service.TryDo((registers, outbox) =>
        {
            store ??= new QuorumStore(new QuorumSettings(), registers, new Rng((ulong)Identity.Draw().Value));
            store.Ask(Now, id, call, outbox);
        });
        if (!isAsked)
            Answer(id, new StorageAnswer.Failed(StorageFault.NoQuorum, "this node can't keep anything at the moment", Applied.No));
    }

    private void Hear()
    {
        if (heard.Count == 0 || agreement() is not { CanBeAsked: true } service)
            return;
        var now = Now;
        service.TryDo((_, outbox) =>
        {
            while (heard.TryDequeue(out var what))
            {
                if (what is AgreementEvent.Ended(var outcome))
                    store!.Ended(now, outcome, outbox);
                else if (what is AgreementEvent.Walked part)
                    store!.Walked(now, part, outbox);
            }
        });
    }

    private void TakeAnswers()
    {
        while (store?.TryTakeAnswer(out var id, out var answer) is true)
            Answer(id, answer!);
    }

    private void Answer(ulong id, StorageAnswer answer)
    {
        if (own.Remove(id, out var told))
            told(answer);
        else
            server.Answer(id, answer);
    }

    private StoreStatus Status()
    {
        var sets = Sets();
        IReadOnlyList<(NodeId Node, int Slots)> behind = [];
        agreement()?.TryDo((registers, _) =>
            behind = [.. registers.Behind.GroupBy(one => one.Node).Select(one => (one.Key, one.Count()))]);
        return new StoreStatus
        {
            Mode = "quorum",
            Copies = CopiesOf(sets),
            Replicas = [.. sets.Select(set => set?.Members ?? [])],
            MovingSlots = sets.Count(set => set?.Next is not null),
            Behind = behind,
            Log = agreement()?.Status.Log,
            IsFull = agreement()?.Status.IsFull is true,
            Calls = store?.Calls ?? 0,
            Clients = server.Clients,
            Listen = Clients,
        };
    }

    // Who accepts for each slot, as far as this node knows.
    private ReplicaSet?[] Sets()
    {
        var sets = new ReplicaSet?[KeySlots.Count];
        agreement()?.TryDo((registers, _) =>
        {
            for (var slot = 0; slot < sets.Length; slot++)
                sets[slot] = registers.SetOf((ushort)(slot + 1));
        });
        return sets;
    }

    private RespFacts Facts() => new()
    {
        Version = typeof(QuorumWing).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
        Mode = "quorum",
        RunId = $"{options.Self}",
        Port = Clients?.Port ?? 0,
        ProcessId = Environment.ProcessId,
        Uptime = Stopwatch.GetElapsedTime(origin),
        Clients = server.Clients,
        ClientsMax = RespServer.ClientsMax,
        ClientsEver = server.ClientsEver,
        CommandsEver = server.CallsEver,
        MemoryBytes = Environment.WorkingSet,
        OtherCopies = CopiesOf(Sets()) / 2, // a majority has what was acknowledged
    };

    // Of the slot that has the fewest: so many every key has.
    private int CopiesOf(ReplicaSet?[] sets) => sets.OfType<ReplicaSet>().ToArray() is { Length: > 0 } known
        ? known.Min(set => set.Members.Count)
        : Placement.CopiesOf(agreement()?.Roster?.Members.Count ?? 0, RegistersSettings.CopiesUsual);
}

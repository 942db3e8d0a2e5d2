using System.Buffers.Binary;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Simulation.Disk;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Simulation.Storage;

/// <summary>A machine that runs the production <see cref="Store"/> behind the production <see cref="StorageShell"/> and log: frames as
/// datagrams, so that they are lost and overtake each other as no stream would let them.</summary>
/// <remarks>A datagram is 16 to whom | 16 from whom | frame; or, as a hello, 16 zeros | 16 from whom | its term | the greatest it
/// knows.</remarks>
internal sealed class StoreNode : Machine
{
    private const ushort Port = 7074;
    private const int HeaderLength = 2 * NodeId.Length;
    private const int CompactBytes = 16 * 1024;
    private const long UnixAtZero = 1_700_000_000_000;
    private static readonly TimeSpan restartAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan retryWhenFull = TimeSpan.FromMilliseconds(200);

    private readonly StoreTown town;
    private DurableLog? log;
    private StorageShell? shell;
    private StoreCompany? company;
    private (Term? Term, NodeId[] Members, NodeId[] Gone) told = (null, [], []);
    private bool isRetrying;

    public StoreNode(StoreTown town, int index)
        : base(town.World, $"n{index}", 0x0A000001 + (uint)index)
    {
        (this.town, Index) = (town, index);
        Identity = NodeId.Random(Rng);
        Offset = town.Setup.Offsets[index];
    }

    public int Index { get; }

    /// <summary>Who it is: another one once its disk was wiped.</summary>
    public NodeId Identity { get; private set; }

    /// <summary>Which of its lives this is, as counted on its disk.</summary>
    public uint Life { get; private set; }

    /// <summary>How many milliseconds its wall clock is ahead.</summary>
    public long Offset { get; set; }

    /// <summary>The greatest term that it has heard of, which outlives its lives.</summary>
    public Term Greatest { get; private set; }

    /// <summary>Its part in the store; null while it is down, or failed.</summary>
    public Store? Store => shell?.Store;

    /// <summary>What it keeps.</summary>
    public IShelf? Shelf { get; private set; }

    /// <summary>Whether it can be asked something now.</summary>
    public bool IsAble => State is MachineState.Up && shell is not null;

    /// <summary>Who is here, as it believes.</summary>
    public IReadOnlyList<NodeId> Here => company?.Here ?? [];

    /// <summary>Whom it follows, or that it leads.</summary>
    public Term Term => company?.Term ?? default;

    /// <summary>What its clocks show.</summary>
    public Moment Moment => new(Now, UnixAtZero + Offset + (long)Now.SinceZero.TotalMilliseconds);

    /// <summary>There is, or was, this term.</summary>
    public void Know(Term term) => Greatest = term > Greatest ? term : Greatest;

    public void Ask(ulong call, StorageCall what) => Do(store => store.Ask(Moment, call, what, shell!.Outbox));

    /// <summary>It never comes back as who it is: it is somebody new, with an empty disk, when it is next started.</summary>
    public void Retire()
    {
        PowerCut();
        Disk.Wipe();
        town.Gone.Add(Identity); // as somebody has told them
        Identity = NodeId.Random(Rng);
        Greatest = default;
        town.Watch.Wiped();
        World.Trace.Add(this, "store.new");
    }

    /// <summary>What is read meanwhile is what is on the disk, whatever ails it.</summary>
    public T Undisturbed<T>(Func<T> read)
    {
        var faults = Disk.Faults;
        Disk.Faults = DiskFaults.None;
        var result = read();
        Disk.Faults = faults;
        return result;
    }

    /// <inheritdoc/>
    protected internal override void OnStart()
    {
        Bind(Port);
        var disk = new SimLogDisk(Disk);
        if (!DurableLog.Open(disk, town.Setup.Log).TryGet(out log, out _) || !TryCountBoot(disk))
        {
            Fail();
            return;
        }

        var settings = new StoreSettings
        {
            Self = Identity,
            Boot = Life,
            Copies = town.Setup.Copies,
            ComparePause = town.Setup.ComparePause,
            HintsMax = town.Setup.HintsMax,
            MessageAge = town.Setup.MessageAge,
            BuryPatience = StoreSetup.BuryPatience,
            BuryPause = town.Setup.BuryPause,
            BuryEvery = town.Setup.BuryEvery,
            OutcastPatience = town.Setup.OutcastPatience,
        };
        Shelf = new StoreShelf(new LogShelf(log), town.Watch);
        shell = new StorageShell(Identity, new Store(settings, Shelf, Rng.Fork()), log);
        company = new StoreCompany(town, this, Now);
        told = (null, [], []);
        Do(store => store.Start(Moment));
        LookAround();
    }

    /// <inheritdoc/>
    protected internal override void OnShutdown()
    {
        foreach (var other in town.Nodes.Where(other => other != this))
            Send(Port, new Endpoint(other.Address, Port), Hello(default).AsSpan(0, HeaderLength));
    }

    /// <inheritdoc/>
    protected internal override void OnStopped() => Forget();

    /// <inheritdoc/>
    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (shell is null || payload.Length < HeaderLength)
            return;
        var reader = new ByteReader(payload.Span);
        var (target, sender) = (new NodeId(reader.UInt128()), new NodeId(reader.UInt128()));
        if (target == default && payload.Length == HeaderLength)
            company!.Bye(sender);
        else if (target == default)
            HearHello(sender, ReadTerm(ref reader), ReadTerm(ref reader));
        else if (target == Identity && StorageFrame.TryRead(payload.Span[HeaderLength..], out var message, out _) is ReadStatus.Done)
            Do(store => store.Receive(Moment, sender, message!, shell!.Outbox));
    }

    /// <inheritdoc/>
    protected internal override void OnWake() => Do(store => store.Tick(Moment, shell!.Outbox));

    private void Do(Action<Store> what)
    {
        if (!IsAble)
            return;
        what(shell!.Store);
        CarryOut();
    }

    private void LookAround()
    {
        if (!IsAble)
            return;
        if (log!.IsFull)
        {
            log.Compact(CompactBytes); // there may be room again
            CarryOut();
        }

        if (!IsAble)
            return;
        var isOther = company!.Look(Now);
        town.Watch.Looked(this);
        if (isOther)
            Do(store => store.See(Moment, company.Here, shell!.Outbox));
        NodeId[] members = [.. company.Here.Append(Identity).Where(node => !town.Gone.Contains(node)).Order()];
        NodeId[] gone = [.. town.Gone];
        if (told.Term != company.Leads || !told.Members.SequenceEqual(members) || !told.Gone.SequenceEqual(gone))
        {
            told = (company.Leads, members, gone);
            Do(store => store.Lead(Moment, company.Leads, members, gone, shell!.Outbox));
        }

        if (!IsAble)
            return;
        foreach (var other in town.Nodes.Where(other => other != this))
            Send(Port, new Endpoint(other.Address, Port), Hello(company.Term));
        After(town.Setup.HelloEvery, LookAround);
    }

    private byte[] Hello(Term term)
    {
        var hello = new byte[HeaderLength + (2 * Term.Length)];
        var writer = new ByteWriter(hello);
        writer.UInt128(0);
        writer.UInt128(Identity.Value);
        foreach (var each in (Term[])[term, Greatest])
        {
            writer.UInt64(each.Counter);
            writer.UInt128(each.Leader.Value);
        }

        return hello;
    }

    private static Term ReadTerm(ref ByteReader reader) => new(reader.UInt64(), new NodeId(reader.UInt128()));

    private void HearHello(NodeId from, Term term, Term greatest)
    {
        Know(greatest);
        company!.Hears(Now, from, term);
    }

    // The count is in the same log as what rests on it, and durable before the first word.
    private bool TryCountBoot(SimLogDisk disk)
    {
        var bytes = new byte[sizeof(uint)];
        switch (log!.Find("boot"u8, out var kept))
        {
            case LogFinding.Found when kept.Length == sizeof(uint):
                Life = BinaryPrimitives.ReadUInt32BigEndian(kept.Span) + 1;
                break;
            case LogFinding.Absent:
                Life = 1;
                break;
            default:
                return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes, Life);
        if (log.Append("boot"u8, bytes, isUrgent: true) is not LogStatus.Done || log.BeginCommit() is not { } commit)
            return false;
        commit.Write(disk);
        commit.Sync(disk);
        return log.EndCommit(commit) is LogStatus.Done;
    }

    private void CarryOut()
    {
        shell!.Drain(Moment);
        while (shell is not null && shell.TryTakeEvent(out var what))
            town.Watch.Hears(this, what!);
        while (shell is not null && shell.TryTakeMessage(out var to, out var message))
            Say(to, message!);
        while (shell is not null && shell.TryTakeAnswer(out var answer))
            town.Answer(this, answer!);
        if (shell is null)
            return;
        if (shell.WantsCommit && !isRetrying)
            Commit();
        SetAlarm(shell.Store.Deadline);
    }

    private void Say(NodeId to, StorageMessage message)
    {
        World.Trace.Comment(this, "store.says", (to.ToString()[..8], message));
        if (town.PlaceOf(to) is not { } place)
            return;
        var frame = StorageFrame.Write(message);
        var datagram = new byte[HeaderLength + frame.Length];
        var writer = new ByteWriter(datagram);
        writer.UInt128(to.Value);
        writer.UInt128(Identity.Value);
        writer.Bytes(frame);
        Check.That(Send(Port, new Endpoint(place.Address, Port), datagram));
        if (message is not StorageMessage.Put || !town.Lingering.Chance(town.Setup.LingersPerMille, 1000))
            return;
        World.Schedule(Now + town.Lingering.Next(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)), () =>
        {
            if (IsAble)
                Send(Port, new Endpoint(place.Address, Port), datagram);
        });
    }

    // Written and synced apart, with time between, in which the power may go.
    private void Commit()
    {
        if (shell!.BeginCommit() is not { } commit)
            return;
        var disk = new SimLogDisk(Disk);
        After(Disk.CostOfTransfer(commit.Bytes), () =>
        {
            commit.Write(disk);
            After(Disk.CostOfSync(), () =>
            {
                commit.Sync(disk);
                Committed(commit);
            });
        });
    }

    private void Committed(LogCommit commit)
    {
        switch (shell?.EndCommit(Moment, commit))
        {
            case null:
                break;
            case LogStatus.Done:
                log!.Compact(CompactBytes);
                CarryOut();
                break;
            case LogStatus.Full:
                town.Watch.Sights.Saw("the disk is full");
                TryAgainLater();
                break;
            default:
                town.Watch.Sights.Saw("the log is in quarantine");
                Fail();
                break;
        }
    }

    private void TryAgainLater()
    {
        if (isRetrying)
            return;
        isRetrying = true;
        After(retryWhenFull, () =>
        {
            isRetrying = false;
            log?.Compact(CompactBytes);
            if (shell is not null)
                CarryOut();
        });
    }

    private void Fail()
    {
        Forget();
        InThisLife(restartAfterFailure, () =>
        {
            Crash();
            Boot();
        });
    }

    private void Forget()
    {
        (log, shell, company, Shelf, isRetrying) = (null, null, null, null, false);
        town.Stopped(this);
    }
}

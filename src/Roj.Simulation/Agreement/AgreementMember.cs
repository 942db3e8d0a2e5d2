using System.Buffers.Binary;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Agreement;

/// <summary>A machine that runs the production <see cref="Registers"/> behind the production <see cref="AgreementShell"/> and log: frames
/// as datagrams, so that they are lost, repeated and overtake each other as no stream would let them.</summary>
/// <remarks>A datagram is 16 to whom | 16 from whom | 4 in which of his lives | 8 the how manieth | frame.</remarks>
public class AgreementMember : Machine
{
    private const ushort Port = 7071;
    private const int HeaderLength = 16 + 16 + 4 + 8;
    private const int CompactBytes = 16 * 1024;
    private static readonly TimeSpan RestartAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromMilliseconds(200);

    private readonly AgreementSetup setup;
    private readonly AgreementTown town;
    private int expected;
    private DurableLog? log;
    private AgreementShell? shell;
    private ulong sent;
    private int startsSinceSetBack;
    private bool isRetrying;
    private bool isCondemned; // found corrupt, and not replaced yet

    internal AgreementMember(AgreementTown town, int index, AgreementSetup setup)
        : base(town.World, $"n{index}", 0x0A000001 + (uint)index)
    {
        (this.town, this.setup) = (town, setup);
        expected = setup.ExpectedOf(index);
        Identity = NodeId.Random(Rng);
        Clock.SetPace(setup.PaceOf(index));
    }

    /// <summary>Who it is: another one once its disk was wiped.</summary>
    public NodeId Identity { get; private set; }

    /// <summary>Which of its lives this is, as counted on its disk.</summary>
    public uint Life { get; private set; }

    /// <summary>Its part in agreement; null while it is down, or failed.</summary>
    public Registers? Registers => shell?.Registers;

    /// <summary>Whether it can be asked something now.</summary>
    public bool IsAble => State == MachineState.Up && shell is { IsReady: true };

    /// <summary>Whether its disk was set back to before something that it has promised.</summary>
    internal bool WasSetBack { get; private set; }

    /// <summary>Whether bits of its disk have flipped, which nobody has found out yet.</summary>
    internal bool IsCorrupt { get; private set; }

    /// <summary>How many slots the store has.</summary>
    internal int Slots => setup.Slots;

    /// <summary>What it has saved; null while it is down, or failed.</summary>
    internal LogStore? Store => log is null ? null : new LogStore(log);

    /// <summary>Gives an input to its part in agreement and carries out what follows.</summary>
    internal T? Do<T>(Func<Registers, AgreementOutbox, T> what)
    {
        if (!IsAble)
            return default;
        var result = what(shell!.Registers, shell.Outbox);
        CarryOut();
        return result;
    }

    internal void Do(Action<Registers, AgreementOutbox> what) => Do<object?>((registers, outbox) =>
    {
        what(registers, outbox);
        return null;
    });

    /// <summary>It never comes back as who it is: it is somebody new, with an empty disk, when it is next started.</summary>
    internal void Retire()
    {
        PowerCut();
        town.Watch.Retired(this);
        Disk.Wipe();
        expected = 0; // it joins what is there
        (Identity, WasSetBack, IsCorrupt, startsSinceSetBack, isCondemned) = (NodeId.Random(Rng), false, false, 0, false);
        World.Trace.Add(this, "agreement.new");
    }

    /// <summary>Its disk is what it was in an earlier life.</summary>
    internal void SetBack(DiskImage image)
    {
        PowerCut();
        Disk.Restore(image);
        (WasSetBack, startsSinceSetBack) = (true, 0);
        World.Trace.Add(this, "agreement.setback");
    }

    /// <summary>Some bits of its disk flip. Once that is found out it is replaced, as <see cref="Retire"/> says.</summary>
    internal void Corrupt(int flips)
    {
        PowerCut();
        for (var i = 0; i < flips && Disk.List() is { Count: > 0 } files; i++)
            Disk.FlipBit(Rng.Pick(files));
        IsCorrupt = true;
        World.Trace.Add(this, "agreement.corrupt", flips);
    }

    /// <summary>Somebody cuts one of its files short, but not the last of its log: what is lost there nobody could tell from what was never
    /// written. Once that is found out it is replaced, as <see cref="Retire"/> says.</summary>
    /// <returns>Whether there was such a file.</returns>
    internal bool CutShort()
    {
        PowerCut();
        var last = Disk.List().LastOrDefault(name => name.EndsWith(".segment", StringComparison.Ordinal));
        if (Disk.List().Where(name => name != last && Disk.LengthOf(name) > 0).ToArray() is not { Length: > 0 } files)
            return false;
        var file = Rng.Pick(files);
        Disk.TruncateBehind(file, Rng.Next((int)(Disk.LengthOf(file) ?? 0)));
        IsCorrupt = true;
        World.Trace.Add(this, "agreement.cut", file);
        return true;
    }

    /// <summary>Somebody looks through its disk, finds that it is corrupt, and replaces it.</summary>
    internal void Replace()
    {
        town.Watch.Saw("a corrupted disk is replaced");
        isCondemned = true;
        Stop();
    }

    /// <inheritdoc/>
    protected internal override void OnStart()
    {
        if (WasSetBack && ++startsSinceSetBack > 1)
        {
            // Nobody was there to tell it. Started often enough it would count past what they remember: an operator looks at it first.
            Stop();
            return;
        }

        if (isCondemned)
        {
            // Whoever knows of it replaces it, though it was started once more: what was torn has been cut off, and shows no longer.
            Stop();
            return;
        }

        Bind(Port);
        var disk = new SimLogDisk(Disk);
        var opened = DurableLog.Open(disk, setup.Log);
        // In the very last commit damage looks like a commit that the power has ended: whoever knows of it takes no chances.
        if (IsCorrupt && (opened.Fault is LogFault.Corrupt || opened.Tail is not null))
        {
            Replace();
            return;
        }

        if (!opened.TryGet(out log, out _) || !TryCountBoot(disk))
        {
            FailOrReplace();
            return;
        }

        var settings = new RegistersSettings
        {
            Self = Identity,
            Boot = Life,
            Expected = expected,
            AliveBeforeVote = setup.AliveBeforeVote,
            StewardPatience = setup.StewardPatience,
            Slots = setup.Slots,
            Proposing = new ProposerSettings { Patience = setup.Patience },
            PlacementPause = setup.PlacementPause,
            RepairPause = setup.RepairPause,
            RepairRest = setup.RepairRest,
        };
        var registers = new Registers(Now, settings, new LogStore(log), Rng.Fork()) { TellsChosen = setup.TellsChosen };
        if (registers.IsDamaged)
        {
            FailOrReplace();
            return;
        }

        shell = new AgreementShell(Identity, registers, log);
        town.Watch.Started(this, log);
        Do((all, outbox) => all.Start(Now, outbox));
        LookAround();
    }

    /// <inheritdoc/>
    protected internal override void OnStopped()
    {
        (log, shell, isRetrying) = (null, null, false);
        town.Stopped(this);
    }

    /// <inheritdoc/>
    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (shell is not { IsReady: true } || payload.Length < HeaderLength)
            return; // silent, as if it were away
        var reader = new ByteReader(payload.Span);
        var (target, sender) = (new NodeId(reader.UInt128()), new NodeId(reader.UInt128()));
        var (boot, number) = (reader.UInt32(), reader.UInt64());
        if (target != Identity
            || AgreementCodec.TryRead(payload.Span[HeaderLength..], out var message, out _) is not ReadStatus.Done)
        {
            return;
        }

        // A stream brings a request once or never.
        if (message is AgreementMessage.Forward && !town.Watch.IsFirst(sender, boot, number))
            return;
        Do((registers, outbox) => registers.Receive(Now, sender, message!, outbox));
    }

    /// <inheritdoc/>
    protected internal override void OnWake() => Do((registers, outbox) => registers.Tick(Now, outbox));

    /// <summary>Who is here, as far as this machine believes.</summary>
    private protected virtual IReadOnlyCollection<NodeId> WhoIsHere() => town.SeenBy(this);

    private void LookAround()
    {
        Do((registers, outbox) => registers.Alive(Now, WhoIsHere(), outbox));
        After(Rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(600)), LookAround);
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
        shell!.Drain(Now);
        while (shell is not null && shell.TryTakeEvent(out var what))
            Hear(what!);
        while (shell is not null && shell.TryTakeMessage(out var to, out var message))
            Say(to, message!);
        if (shell is null)
            return;
        if (shell.WantsCommit)
            Commit();
        if (!shell.IsReady)
            TryAgainLater();
        SetAlarm(shell.Registers.Deadline);
        town.Watch.Look(this);
    }

    private void Hear(AgreementEvent what)
    {
        World.Trace.Comment(this, "agreement.event", what);
        town.Hear(this, what);
        if (what is AgreementEvent.SetBack)
            Stop();
        else if (what is AgreementEvent.Damaged && IsCorrupt)
            Replace();
    }

    private void Say(NodeId to, AgreementMessage message)
    {
        World.Trace.Comment(this, "agreement.says", message);
        town.Watch.Says(this, to, message);
        if (town.PlaceOf(to) is not { } place)
            return;
        var frame = AgreementCodec.Write(message);
        var datagram = new byte[HeaderLength + frame.Length];
        var writer = new ByteWriter(datagram);
        writer.UInt128(to.Value);
        writer.UInt128(Identity.Value);
        writer.UInt32(Life);
        writer.UInt64(++sent);
        writer.Bytes(frame);
        Send(Port, new Endpoint(place.Address, Port), datagram);
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
        switch (shell?.EndCommit(Now, commit))
        {
            case null:
                break;
            case LogStatus.Done:
                log!.Compact(CompactBytes);
                CarryOut();
                break;
            case LogStatus.Full:
                town.Watch.Saw("the disk is full");
                TryAgainLater();
                break;
            default:
                town.Watch.Saw("the log is in quarantine");
                Fail();
                break;
        }
    }

    private void TryAgainLater()
    {
        if (isRetrying)
            return;
        isRetrying = true;
        After(RetryWhenFull, () =>
        {
            isRetrying = false;
            log?.Compact(CompactBytes);
            if (shell is not null)
                CarryOut();
        });
    }

    private void Stop()
    {
        (log, shell) = (null, null);
        town.Stopped(this);
        InThisLife(RestartAfterFailure, () =>
        {
            Retire();
            Boot();
        });
    }

    private void FailOrReplace()
    {
        if (IsCorrupt)
            Replace();
        else
            Fail();
    }

    private void Fail()
    {
        (log, shell) = (null, null);
        town.Stopped(this);
        InThisLife(RestartAfterFailure, () =>
        {
            Crash();
            Boot();
        });
    }
}

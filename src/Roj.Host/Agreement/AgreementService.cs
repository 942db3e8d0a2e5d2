using System.Net.Sockets;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Log;
using Roj.Membership.Keeping;
using Roj.Node;
using AgreementOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Agreement.Wire.AgreementMessage, Roj.Agreement.AgreementEvent, Roj.Agreement.AgreementEffect>;

namespace Roj.Host.Agreement;

/// <summary>Runs one node's part in agreement on a real disk and real sockets.</summary>
/// <remarks>On the node's loop only, like all of it: the loop calls <see cref="Turn"/> after each batch of inputs, and what they caused
/// goes out together. Commits wait for the disk on a thread of their own; what comes meanwhile shares the next one, and whatever rests on
/// it waits with it.</remarks>
internal sealed class AgreementService : IDisposable
{
    private const int CompactBytes = 256 * 1024;

    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HousePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CompactPause = TimeSpan.FromMilliseconds(5); // 50 MiB a second, more than is written

    private readonly EventLoop loop;
    private readonly AgreementOptions options;
    private readonly AgreementLog log;
    private readonly Registers registers;
    private readonly AgreementShell shell;
    private readonly CommitThread commits;
    private readonly Links<AgreementMessage> links;
    private readonly ClientDoor door;
    private readonly Neighbours neighbours = new();
    private readonly AgreementWords words;
    private readonly Awaited<ChangeId, Outcome> own = new();
    private readonly Awaited<NodeId, string?> leaving = new();
    private Keyring? known;
    private Instant housekeepAt;
    private bool hasMoreToKeep;
    private bool isAliveUntold;
    private bool hasFailed;
    private bool isClosed;
    private (long Changes, long Readings, long Refusals, long Dropped) counts;

    /// <summary>Takes up what the log remembers; nothing is said before <see cref="Start"/>.</summary>
    /// <param name="loop">The node's.</param>
    /// <param name="log">Opened; owned from here on.</param>
    /// <param name="options">What else it is given.</param>
    /// <exception cref="NodeException">What it remembers can't be read.</exception>
    public AgreementService(EventLoop loop, AgreementLog log, AgreementOptions options)
    {
        (this.loop, this.log, this.options) = (loop, log, options);
        var settings = new RegistersSettings
        {
            Self = options.Self,
            Boot = log.Boot,
            Expected = options.Expected,
            Proposing = options.Proposing,
        };
        registers = new Registers(BootClock.Now, settings, new LogStore(log.Log), new Rng((ulong)Identity.Draw().Value));
        if (registers.IsDamaged)
        {
            // It would take itself for a new node, and might be born a second time.
            log.Dispose();
            throw new NodeException(
                $"in {AgreementLog.DirectoryName} of its data directory: what this node belongs to can't be read; {AgreementLog.Rejoin}");
        }

        shell = new AgreementShell(options.Self, registers, log.Log);
        var hello = new LinkHello(LinkKind.Node, options.Cluster, options.Self, log.Boot);
        var (from, over) = (options.Own, (Func<Socket, PlainChannel>)loop.ChannelOver);
        var calling = new LinkSettings { Own = hello, From = from, PlaceOf = neighbours.PlaceOf, Tls = options.Tls, Over = over };
        links = new Links<AgreementMessage>(calling, AgreementFrames.Codec, () => loop.Now, Receive) { Lost = Lost };
        door = new ClientDoor(hello, AskFor);
        known = options.Keys?.Current;
        words = new AgreementWords(neighbours.NameOf, () => loop.Now);
        commits = new CommitThread(log.Disk, commit => loop.Post(_ => Committed(commit), null));
    }

    /// <summary>Told when the node has a roster for the first time that it knows of.</summary>
    public Action? Seated { get; init; }

    /// <summary>How it stands.</summary>
    public AgreementStatus Status => new()
    {
        Expected = options.Expected,
        Roster = registers.Roster,
        IsVoting = registers.IsVoting,
        Awaited = registers.Awaited,
        Changes = counts.Changes,
        Readings = counts.Readings,
        Refusals = counts.Refusals,
        Log = log.Log.Figures,
        IsFull = log.Log.IsFull,
        Links = links.Counts with
        {
            Clients = door.Count,
            Dropped = links.Counts.Dropped + counts.Dropped,
            Malformed = links.Counts.Malformed + door.Malformed,
            Refused = links.Counts.Refused + door.Refused,
        },
    };

    /// <summary>Begins.</summary>
    public void Start()
    {
        registers.Start(BootClock.Now, shell.Outbox);
        Carry();
    }

    /// <summary>Who is here has changed, or where.</summary>
    public void MembersChanged(IReadOnlyList<Member> members)
    {
        isAliveUntold |= neighbours.Update(members);
        links.PlacesChanged();
    }

    /// <summary>Somebody has called; his hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What he said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source)
    {
        if (isClosed)
            channel.Dispose();
        else if (hello.Kind is LinkKind.Node)
            links.Take(channel, hello, source);
        else
            door.Take(channel, hello);
    }

    /// <summary>Changes a register, or reads it.</summary>
    /// <param name="name">Which.</param>
    /// <param name="change">What to do with it; null to read.</param>
    public Task<Outcome> AskAsync(RegisterName name, RegisterChange? change) =>
        TryAsk((its, outbox) => its.Ask(BootClock.Now, 0, name, change, outbox))
            ?? Task.FromResult(new Outcome(default, Applied.No, Refusal.Busy, 0, null));

    /// <summary>Asks the registers for something that ends.</summary>
    /// <param name="what">Names what was asked for; null if that can't be.</param>
    /// <returns>How it ended; null if it was not asked for.</returns>
    public Task<Outcome>? TryAsk(Func<Registers, AgreementOutbox, ChangeId?> what)
    {
        if (!CanTake() || what(registers, shell.Outbox) is not { } id)
            return null;
        var ended = own.Of(id);
        Carry();
        return ended;
    }

    /// <summary>Whether registers can be asked for something now.</summary>
    public bool CanBeAsked => shell.IsReady && !hasFailed && !isClosed;

    /// <summary>Has the registers asked for something by who follows their events (<see cref="AgreementOptions.Heard"/>).</summary>
    /// <returns>Whether they were: not while nothing can be kept.</returns>
    public bool TryDo(Action<Registers, AgreementOutbox> what)
    {
        if (!CanTake())
            return false;
        what(registers, shell.Outbox);
        Carry();
        return true;
    }

    /// <summary>Who votes; null while no cluster is known.</summary>
    public ReplicaSet? Roster => registers.Roster;

    /// <summary>Has it told when a lease is nobody's any more.</summary>
    public void Watch(RegisterName name) => registers.Watch(name);

    /// <summary>Claims a lease for this node; null while nothing can be kept.</summary>
    public ChangeId? Claim(RegisterName name, TimeSpan duration)
    {
        if (!CanTake())
            return null;
        var id = registers.Claim(BootClock.Now, name, duration, shell.Outbox);
        Carry();
        return id;
    }

    /// <summary>Holds a lease that was handed over to this node.</summary>
    /// <param name="name">Which.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="duration">For how long it is.</param>
    /// <param name="since">When, on <see cref="BootClock"/>, it surely was not this node's yet.</param>
    /// <returns>Whether it is held: else it is over already.</returns>
    public bool TakeOver(RegisterName name, ulong epoch, TimeSpan duration, Instant since) =>
        CanTake() && registers.TakeOver(BootClock.Now, name, epoch, duration, since);

    /// <summary>In which of its lives this node is.</summary>
    public uint Boot => log.Boot;

    /// <summary>Under which epoch this node holds a lease; null if it does not.</summary>
    public ulong? EpochOf(RegisterName name) => registers.EpochOf(BootClock.Now, name);

    /// <summary>How long this node surely still holds a lease; null if it does not.</summary>
    public TimeSpan? LeftOf(RegisterName name)
    {
        var now = BootClock.Now;
        return registers.HeldUntil(now, name) - now;
    }

    /// <summary>A fence to write under; null if the lease is not held.</summary>
    public Fence? NextFence(RegisterName name) => registers.NextFence(BootClock.Now, name);

    /// <summary>Takes a node's seat in the roster away; this one's too.</summary>
    /// <returns>Why that came to nothing; null if it did not.</returns>
    public Task<string?> UnseatAsync(NodeId node)
    {
        if (!CanTake())
            return Task.FromResult<string?>("this node can't keep anything at the moment: its disk is full, or has failed");
        if (leaving.Has(node))
            return leaving.Of(node);
        var ended = leaving.Of(node);
        registers.Evict(BootClock.Now, node, shell.Outbox);
        Carry();
        return ended;
    }

    /// <summary>Does what is due, and sends what was said since the last time.</summary>
    /// <returns>When to be called again though nothing came, on the loop's clock; null for never.</returns>
    public Instant? Turn()
    {
        if (hasFailed || isClosed)
            return null;
        var (now, boot) = (loop.Now, BootClock.Now);
        if (options.Keys?.Current is { } ring && ring != known)
            KeysChanged(known = ring);
        if (isAliveUntold && shell.IsReady)
        {
            isAliveUntold = false;
            registers.Alive(boot, neighbours.Alive, shell.Outbox);
            Carry();
        }

        if (registers.Deadline <= boot && shell.IsReady)
        {
            registers.Tick(boot, shell.Outbox);
            Carry();
        }

        var isFull = log.Log.IsFull;
        Commit(now, isFull);
        if (registers.Roster is null && options.Expected > 0
            && words.Waits(options.Expected, neighbours.Alive.Count, registers.Awaited) is { } news)
        {
            options.Tell(news);
        }

        links.Flush();
        door.Flush();
        var due = registers.Deadline is { } deadline ? now + (deadline - boot) : (Instant?)null;
        if (!shell.IsReady && due <= now)
            due = null; // until there is room nothing can be done of what is due
        return isFull || hasMoreToKeep ? Instant.Earliest(due, housekeepAt) : due;
    }

    /// <summary>Hangs up on all, and lets go of the log.</summary>
    public void Dispose()
    {
        if (isClosed)
            return;
        isClosed = true;
        links.Dispose();
        door.Dispose();
        commits.Dispose();
        log.Dispose();
        own.EndAll(new Outcome(default, Applied.Unknown, Refusal.None, 0, null));
        leaving.EndAll("the node ends");
    }

    // Who came in by a key that is none any more goes.
    private void KeysChanged(Keyring ring)
    {
        bool IsKey(uint id) => ring.Find(id) is not null;
        links.KeysChanged(IsKey);
        door.KeysChanged(IsKey);
    }

    // While there is no room on the disk, what is said to us is lost, as anything may be: the protocol repeats itself.
    private bool CanTake()
    {
        if (CanBeAsked)
            return true;
        counts.Dropped++;
        return false;
    }

    private void Receive(NodeId from, AgreementMessage message)
    {
        if (!CanTake())
            return;
        registers.Receive(BootClock.Now, from, message, shell.Outbox);
        Carry();
    }

    private void Lost(NodeId node)
    {
        if (!CanTake())
            return;
        registers.Lost(BootClock.Now, node, shell.Outbox);
        Carry();
    }

    private void AskFor(AgreementMessage.Forward forward)
    {
        if (!CanTake())
        {
            door.Ended(new Outcome(forward.Id, Applied.No, Refusal.Busy, 0, null));
            return;
        }

        var (slot, name, id, change, since) = forward;
        registers.Ask(BootClock.Now, slot, name, change, shell.Outbox, id, since, forward.AskedAt);
        Carry();
    }

    private void Carry()
    {
        shell.Drain(BootClock.Now);
        TakeOut();
    }

    private void TakeOut()
    {
        while (shell.TryTakeMessage(out var to, out var message))
            links.Send(to, message!);
        while (shell.TryTakeEvent(out var what))
            Happened(what!);
    }

    // On a full disk what waits is tried again when the house is kept, which may make room, and not at each turn.
    private void Commit(Instant now, bool isFull)
    {
        var isKept = now >= housekeepAt && (isFull || hasMoreToKeep || shell.WantsCommit);
        if (isKept)
        {
            hasMoreToKeep = log.Log.Compact(CompactBytes);
            housekeepAt = now + (isFull ? FullPause : hasMoreToKeep ? CompactPause : HousePause);
            Carry(); // what found no room is tried again
        }

        if ((isKept || !isFull) && shell.WantsCommit && shell.BeginCommit() is { } commit)
            commits.Carry(commit);
    }

    private void Committed(LogCommit commit)
    {
        if (isClosed)
            return;
        var wasFull = log.Log.IsFull;
        var status = shell.EndCommit(BootClock.Now, commit);
        if (status is LogStatus.Quarantined)
        {
            Fail($"the disk under {AgreementLog.DirectoryName} in the data directory failed ({log.Disk.Reason}): nobody knows what it has "
                + "kept, so this node votes no more and ends. See to the disk; what it says after a new start is checked again");
            return;
        }

        if (wasFull != log.Log.IsFull)
            options.Tell(AgreementWords.Room(log.Log.IsFull));
        TakeOut();
    }

    private void Happened(AgreementEvent what)
    {
        options.Heard(what);
        switch (what)
        {
            case AgreementEvent.Ended(var outcome):
                Ended(outcome);
                break;
            case AgreementEvent.RosterChanged(var node, false, var isDone, var why):
                leaving.Ended(node, isDone ? null : why ?? "it came to nothing");
                break;
            case AgreementEvent.SetBack(var witness, var boot):
                Fail(AgreementWords.SetBack(neighbours.NameOf(witness), boot, log.Boot));
                break;
            case AgreementEvent.Seated(0, _):
                Seated?.Invoke();
                break;
        }

        if (words.Of(what) is { } news)
            options.Tell(news);
    }

    private void Ended(Outcome outcome)
    {
        var isReading = door.Ended(outcome);
        own.Ended(outcome.Id, outcome);
        if (outcome.Applied is not Applied.Yes)
            counts.Refusals++;
        else if (isReading is true)
            counts.Readings++;
        else
            counts.Changes++;
    }

    private void Fail(string why)
    {
        hasFailed = true;
        options.Fail(new NodeException(why));
    }
}

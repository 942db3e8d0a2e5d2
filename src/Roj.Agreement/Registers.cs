using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A node's whole part in agreement: acceptor, proposer, router, holder of leases, and steward of the roster.</summary>
/// <remarks>
/// <para>Lost, repeated, delayed and reordered messages do no harm. What stands behind an <see cref="AgreementEffect.Save"/> in the outbox,
/// to this node itself too, waits until that is durable.</para>
/// <para><c>now</c> must be a clock that goes on while the machine is suspended, and whose pace differs from the others' by less than a
/// tenth.</para>
/// </remarks>
public sealed class Registers
{
    private readonly RegistersSettings settings;
    private readonly Slots slots;
    private readonly Acceptor acceptor;
    private readonly Proposer proposer;
    private readonly Router router;
    private readonly Leases leases;
    private readonly Burials burials;
    private readonly Witnesses witnesses;
    private readonly Birth birth;
    private readonly Stewards stewards;
    private readonly Seating seating;
    private readonly Relocation relocation;
    private readonly Repairs repairs;
    private readonly SeatTalk seatTalk;
    private readonly Desk desk;
    private bool isAppointed;
    private readonly Scans scans;

    /// <summary>A node's part, with what it saved in earlier lives.</summary>
    public Registers(Instant now, RegistersSettings settings, IStableStore store, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentOutOfRangeException.ThrowIfZero(settings.Boot);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)settings.Expected, (uint)ReplicaSet.MembersMax);
        this.settings = settings;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)settings.Slots - 1, Placement.SlotsMax - 1U);
        var (self, boot) = (settings.Self, settings.Boot);
        slots = new Slots(self, store);
        acceptor = new Acceptor(self, now, slots, store);
        router = new Router(self, slots, settings.Proposing);
        proposer = new Proposer(self, boot, slots, router, settings.Proposing, rng.Fork());
        leases = new Leases(self, boot, slots);
        burials = new Burials(slots, settings.Proposing);
        witnesses = new Witnesses(self, boot, rng.NextUInt64(), slots, store, settings.Proposing);
        birth = new Birth(self, settings.Expected, slots, store, rng.Fork());
        stewards = new Stewards(self, slots, settings.Proposing);
        seating = new Seating(settings, slots, router, acceptor, stewards.OfRoster);
        var lookups = new Lookups(slots, settings);
        var departures = new Departures(self);
        repairs = new Repairs(settings, slots, router, acceptor, store);
        relocation = new Relocation(settings, slots, router, seating, stewards, lookups, departures);
        scans = new Scans(slots, settings.Proposing);
        desk = new Desk(settings, proposer, router, leases, burials, stewards, lookups, relocation, departures, repairs, scans);
        seatTalk = new SeatTalk(slots, proposer, birth, witnesses, seating, stewards, relocation);
    }

    /// <summary>Who votes; null while no cluster is known.</summary>
    public ReplicaSet? Roster => slots.Find(0)?.Set;

    /// <summary>Whether it can't be read what this node belongs to: it is given nothing, and starts again when its disk works.</summary>
    /// <remarks>It would take itself for a new one, and might be born a second time.</remarks>
    public bool IsDamaged => slots.IsDamaged || birth.IsDamaged || witnesses.IsDamaged;

    /// <summary>Whether this node takes part in what is decided.</summary>
    public bool IsVoting => acceptor.IsVoting && Roster?.Has(settings.Self) is true;

    /// <summary>Whether <see cref="AgreementEvent.Chosen"/> is told.</summary>
    public bool TellsChosen { get => proposer.TellsChosen; set => proposer.TellsChosen = value; }

    /// <summary>Whom this node waits for to begin a cluster with; empty if for nobody in particular.</summary>
    public IReadOnlyList<NodeId> Awaited => birth.Awaited;

    /// <summary>When <see cref="Tick"/> is next due; null while there is nothing to be done.</summary>
    public Instant? Deadline
    {
        get
        {
            var asked = Instant.Earliest(proposer.Deadline, router.Deadline);
            var own = Instant.Earliest(asked, Instant.Earliest(leases.Deadline, acceptor.Deadline));
            var moves = Instant.Earliest(Instant.Earliest(stewards.Deadline, relocation.Deadline), repairs.Deadline);
            var seats = Instant.Earliest(Instant.Earliest(witnesses.Deadline, birth.Deadline), seating.Deadline);
            var side = Instant.Earliest(burials.Deadline, scans.Deadline);
            return Instant.Earliest(Instant.Earliest(own, side), Instant.Earliest(seats, moves));
        }
    }

    /// <summary>Begins: call once, first.</summary>
    public void Start(Instant now, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        slots.Start(outbox);
        repairs.Start(now);
        birth.Tick(now, outbox);
        witnesses.Start(now, outbox);
        Settle(now, outbox);
    }

    /// <summary>Changes a register.</summary>
    /// <param name="now">The time.</param>
    /// <param name="slot">Which slot it is in; 0 for the system's own, 1 to <see cref="RegistersSettings.Slots"/> for the store's.</param>
    /// <param name="name">Which.</param>
    /// <param name="change">What to do with it; null to read it.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <param name="id">The client's own id of this request, by which it is applied once however often it is asked for; null for a new
    /// one.</param>
    /// <param name="triedSince">If it may have been asked for before: at which version at the earliest, 0 if that is not known; null if it
    /// surely has not.</param>
    /// <param name="askedAt">If it has not, but will be, of this node or another, if no answer comes in time: at which version at the
    /// earliest. Else one that comes late, behind sixteen others, would be made again (rule 6).</param>
    /// <returns>The id by which <see cref="AgreementEvent.Ended"/> will name it.</returns>
    public ChangeId Ask(
        Instant now,
        ushort slot,
        RegisterName name,
        RegisterChange? change,
        AgreementOutbox outbox,
        ChangeId? id = null,
        ulong? triedSince = null,
        ulong? askedAt = null)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slot, settings.Slots);
        var request = desk.New(now, slot, name, id ?? desk.NextId(), change, triedSince, Asker.Program, askedAt);
        desk.Ask(now, request, outbox);
        Settle(now, outbox);
        return request.Id;
    }

    /// <summary>Lists a part of a slot: what a majority of its replicas has. No register is missed that was there throughout.</summary>
    /// <param name="now">The time.</param>
    /// <param name="slot">Which slot.</param>
    /// <param name="from">From which place on: 0, or what the last part said.</param>
    /// <param name="about">About how many registers to look at.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <returns>The number by which <see cref="AgreementEvent.Walked"/> will name it.</returns>
    public ulong Scan(Instant now, ushort slot, ulong from, int about, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, Place.AtMax);
        var number = scans.Begin(now, slot, from, about, outbox);
        Settle(now, outbox);
        return number;
    }

    /// <summary>Claims a lease for this node: <see cref="AgreementEvent.Held"/> tells when it is its own, and
    /// <see cref="AgreementEvent.Lapsed"/> when it is not any more; it is renewed until it is given back.</summary>
    /// <param name="now">The time.</param>
    /// <param name="name">Which.</param>
    /// <param name="duration">For how long, each time.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <param name="patience">How long another's is waited for; null for as long as for any change.</param>
    /// <returns>The id by which <see cref="AgreementEvent.Ended"/> will name the claim.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Shorter than <see cref="Lease.DurationMin"/>, or longer than
    /// <see cref="Lease.DurationMax"/>; or the name is longer than <see cref="Fence.LeaseBytesMax"/>.</exception>
    public ChangeId Claim(Instant now, RegisterName name, TimeSpan duration, AgreementOutbox outbox, TimeSpan? patience = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, Lease.DurationMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, Lease.DurationMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Bytes.Length, Fence.LeaseBytesMax, nameof(name));
        var claim = new RegisterChange.Claim(settings.Self, settings.Boot, duration);
        return ProposeHere(now, name, claim, outbox, patience); // acceptors keep a lease for who proposed it
    }

    /// <summary>Changes a register whose lease this node holds: others' attempts would be kept away.</summary>
    /// <returns>The id by which <see cref="AgreementEvent.Ended"/> will name it; null if the lease is not held.</returns>
    public ChangeId? AskAsHolder(Instant now, RegisterName name, RegisterChange change, AgreementOutbox outbox) =>
        leases.Find(now, 0, name) is null ? null : ProposeHere(now, name, change, outbox);

    /// <summary>Gives a lease back.</summary>
    /// <returns>The id by which <see cref="AgreementEvent.Ended"/> will tell that others know it; null if the lease is not held.</returns>
    public ChangeId? Release(Instant now, RegisterName name, AgreementOutbox outbox) =>
        leases.Release(0, name, outbox) is { } epoch ? ProposeHere(now, name, new RegisterChange.Release(epoch), outbox) : null;

    /// <summary>Has a lease be another's from now on: under the same epoch, for as long, and never nobody's in between.</summary>
    /// <param name="now">The time.</param>
    /// <param name="name">Which.</param>
    /// <param name="to">Whose it is to be: he has to <see cref="TakeOver"/> it when it is told that it is.</param>
    /// <param name="boot">In which of his lives.</param>
    /// <param name="data">What the register holds afterwards.</param>
    /// <param name="outbox">Where what follows is asked for.</param>
    /// <returns>The id by which <see cref="AgreementEvent.Ended"/> will name it; null if the lease is not held. However that ends, it is
    /// not held any more.</returns>
    public ChangeId? Hand(Instant now, RegisterName name, NodeId to, uint boot, ReadOnlyMemory<byte> data, AgreementOutbox outbox) =>
        leases.Release(0, name, outbox) is { } epoch
            ? ProposeHere(now, name, new RegisterChange.Hand(epoch, to, boot, data), outbox)
            : null;

    /// <summary>Holds a lease that <see cref="Hand"/> has made this node's: it must have ended well.</summary>
    /// <param name="now">The time.</param>
    /// <param name="name">Which.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="duration">For how long it is.</param>
    /// <param name="since">When it surely was not this node's yet: time runs from then.</param>
    /// <returns>Whether it is held: else it is over already.</returns>
    public bool TakeOver(Instant now, RegisterName name, ulong epoch, TimeSpan duration, Instant since) =>
        leases.TakeOver(now, 0, name, new Lease(epoch, settings.Self, settings.Boot, duration), since);

    /// <summary>Has it told by <see cref="AgreementEvent.Vacant"/> when a lease is nobody's any more: who votes hears renewals.</summary>
    public void Watch(RegisterName name) => acceptor.Watch(0, name);

    /// <summary>Under which epoch this node holds a lease; null if it does not.</summary>
    public ulong? EpochOf(Instant now, RegisterName name) => leases.Find(now, 0, name)?.Lease.Epoch;

    /// <summary>Until when this node surely holds a lease; null if it does not: given no inputs, nothing else tells.</summary>
    public Instant? HeldUntil(Instant now, RegisterName name) => leases.Find(now, 0, name)?.StopAt;

    /// <summary>A fence to write under; null if the lease is not held.</summary>
    public Fence? NextFence(Instant now, RegisterName name) =>
        leases.Find(now, 0, name) is { } holding ? new Fence(name.ToText(), holding.Lease.Epoch, ++holding.Sequence) : null;

    /// <summary>Takes a node out of the roster: <see cref="AgreementEvent.RosterChanged"/> tells how that ended.</summary>
    public void Evict(Instant now, NodeId node, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        seating.Wish(now, new RosterWish(node, IsMember: false), outbox);
        Settle(now, outbox);
    }

    /// <summary>Has this node see to it that slots are where they should be, whoever leads: for trials without leaders.</summary>
    internal void Lead(Instant now, bool leads, IReadOnlyCollection<NodeId> shunned, AgreementOutbox outbox)
    {
        (isAppointed, relocation.Shunned) = (leads, shunned);
        Settle(now, outbox);
    }

    /// <summary>Who accepts for a slot of the store, as far as this node knows; null if it does not.</summary>
    public ReplicaSet? SetOf(ushort slot) => slots.Find(slot)?.Set;

    /// <summary>Who lacked something of which slot when this node compared what it has with him last: what he lacks is sent to
    /// him.</summary>
    /// <remarks>What a node missed while it was away it is read past: a majority has it.</remarks>
    public IReadOnlyCollection<(NodeId Node, ushort Slot)> Behind => repairs.Behind;

    /// <summary>Who is here, as far as membership knows.</summary>
    public void Alive(Instant now, IReadOnlyCollection<NodeId> nodes, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(outbox);
        SortedSet<NodeId> alive = [.. nodes, settings.Self];
        router.Alive(alive);
        birth.Alive(alive);
        seating.Alive(now, alive, outbox);
        router.HurryFor(now);
        desk.Late(now, outbox);
        Settle(now, outbox);
    }

    /// <summary>The connection to a node has ended, or none could be made: it may have died. Until it is heard again others are asked in
    /// its place, and what it was asked for is carried out here. Membership takes longer to be sure.</summary>
    public void Lost(Instant now, NodeId node, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        router.Lost(now, node);
        desk.Late(now, outbox);
        Settle(now, outbox);
    }

    /// <summary>Another node says something.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage message, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        router.Heard(from);
        if (message.SlotAbout > settings.Slots)
            return; // there is none; its sender is of another make
        switch (message)
        {
            case AgreementMessage.Prepare or AgreementMessage.Accept or AgreementMessage.Ask or AgreementMessage.Renew
                or AgreementMessage.Raise or AgreementMessage.Forget:
                acceptor.Receive(now, from, (AgreementMessage.OfRegister)message, outbox);
                break;
            case AgreementMessage.Renewed renewed:
                if (leases.Receive(from, renewed) is { } unkept)
                    desk.Keep(now, unkept, outbox);
                break;
            case AgreementMessage.OfRegister answer:
                proposer.Receive(now, from, answer, outbox);
                burials.Receive(from, answer, outbox);
                if (answer is AgreementMessage.Refused refused)
                    repairs.Receive(refused);
                break;
            case AgreementMessage.Compare compare:
                acceptor.Receive(from, compare, outbox);
                break;
            case AgreementMessage.Lacking lacking:
                repairs.Receive(now, from, lacking, outbox);
                break;
            case AgreementMessage.List list:
                acceptor.Receive(from, list, outbox);
                break;
            case AgreementMessage.Walk walk:
                acceptor.Receive(from, walk, outbox);
                break;
            case AgreementMessage.Walked walked:
                scans.Receive(from, walked, outbox);
                break;
            case AgreementMessage.Listed listed:
                stewards.Receive(now, from, listed, outbox);
                break;
            case AgreementMessage.Forward forward:
                var (slot, name, id, change, since) = forward;
                desk.Propose(now, desk.New(now, slot, name, id, change, since, Asker.Other(from), forward.AskedAt), outbox);
                break;
            case AgreementMessage.Answer(var outcome):
                if (router.Take(from, outcome) is { } request)
                    desk.Answered(now, request, outcome, outbox);
                break;
            default:
                seatTalk.Receive(now, from, message, outbox);
                break;
        }

        Settle(now, outbox);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        leases.Tick(now, outbox); // first: what is over is over before anything else is done
        acceptor.Tick(now, outbox);
        desk.Late(now, outbox);
        proposer.Tick(now, outbox);
        burials.Tick(now);
        scans.Tick(now, outbox);
        if (witnesses.Deadline <= now)
            witnesses.Tick(now, outbox);
        if (birth.Deadline <= now)
            birth.Tick(now, outbox);
        stewards.Tick(now, outbox);
        seating.Tick(now, outbox);
        relocation.Tick(now, outbox);
        repairs.Tick(now, outbox);
        Settle(now, outbox);
    }

    private ChangeId ProposeHere(
        Instant now, RegisterName name, RegisterChange change, AgreementOutbox outbox, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        var until = now + (patience ?? settings.Proposing.Patience);
        var request = new Request(0, name, desk.NextId(), change, null, until) { Asker = Asker.Program };
        desk.Propose(now, request, outbox);
        Settle(now, outbox);
        return request.Id;
    }

    // What one part does may be something for another: on until all are quiet.
    private void Settle(Instant now, AgreementOutbox outbox)
    {
        for (var isQuiet = false; !isQuiet;)
        {
            isQuiet = true;
            while (slots.TakeChanged() is { } slot)
            {
                Follow(now, slot, outbox);
                isQuiet = false;
            }

            relocation.Lead(now, isAppointed || leases.Find(now, 0, Placement.Leader) is not null);
            isQuiet &= !desk.GoOn(now, outbox);
            if (witnesses.IsConfirmed && !proposer.IsSpeaking)
            {
                proposer.Speak(now, outbox);
                isQuiet = false;
            }
            else if (!witnesses.IsConfirmed)
            {
                proposer.Hush(); // somebody remembers, who was not asked before enough had confirmed
            }

            acceptor.IsVoting = witnesses.IsConfirmed;
        }
    }

    private void Follow(Instant now, ushort slot, AgreementOutbox outbox)
    {
        acceptor.Follow(slot);
        proposer.Follow(now, slot, outbox);
        scans.Follow(now, slot, outbox);
        leases.Follow(now, slot, outbox);
        stewards.Follow(now, slot);
        repairs.Follow(now, slot);
        if (slot != 0)
            return;
        witnesses.Follow(now, outbox);
        seating.Follow(now);
    }
}

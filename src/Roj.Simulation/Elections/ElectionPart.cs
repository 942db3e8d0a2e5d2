using Roj.Agreement;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Answer = Roj.Agreement.Outcome;

namespace Roj.Simulation.Elections;

/// <summary>One life of a node's part in elections: the production <see cref="LeaderElection"/>, driven as the daemon drives it, with
/// datagrams for all that is said.</summary>
/// <remarks>A datagram's first byte is its <see cref="Word"/>. Its sender is whoever is at the address that it comes from.</remarks>
internal sealed class ElectionPart
{
    public const ushort Port = 7072;

    private const ulong Cluster = 7;


    private readonly ElectionTown town;
    private readonly ElectionNode node;
    private readonly Machine machine;
    private readonly AgreementMember? agreement;
    private readonly ElectionOutbox outbox = new();
    private readonly Surroundings around;
    private readonly Alarm alarm;
    private readonly RegistrationCalls registrations;
    private readonly byte[] datagram = new byte[1 + ElectionCodec.LengthMax];
    private ChangeId? claim;
    private bool areMembersUntold = true;
    private bool isCarrying;
    private bool isLeaving;

    public ElectionPart(ElectionTown town, ElectionNode node, Term kept)
    {
        (this.town, this.node, machine, agreement) = (town, node, node.Machine, node.Agreement);
        around = new Surroundings(town, node);
        alarm = new Alarm(town.World, () => machine.Inbox.Post(new Input(InputKind.Action, Action: Turn)));
        (registrations, Ring, Registers) = (new(this, node), new RingCalls(this, machine), new LeaderRegisters(this, node));
        var setup = town.Setup;
        Election = new LeaderElection(
            new ElectionSettings
            {
                Self = node.Identity,
                Own = new Endpoint(machine.Address, Port),
                Kind = setup.Kind,
                NewClientTimeout = setup.NewClientTimeout,
                NomineePatience = setup.NomineePatience,
                Heartbeat = setup.Heartbeat,
                StandstillMax = setup.StandstillMax,
                IsToAgree = setup.IsQuorum,
            },
            kept,
            town.World.RngFor($"election/{node.Identity}/{kept}"));
    }

    /// <summary>The first byte of a datagram.</summary>
    internal enum Word : byte
    {
        Hello = 1,
        Bye,
        Election,
        Register,
        Registered,
        Command,
    }

    /// <summary>The register whose lease makes a leader.</summary>
    public static RegisterName Leader { get; } = RegisterName.Of("leader");

    public LeaderElection Election { get; }

    /// <summary>What goes to the right neighbour, and comes from the left.</summary>
    public RingCalls Ring { get; }

    /// <summary>What it reads and writes of registers.</summary>
    public LeaderRegisters Registers { get; }

    /// <summary>Whether the election was told that somebody else is here.</summary>
    public bool HasOthers { get; private set; }

    /// <summary>Whether what it tells of who leads gets lost.</summary>
    public bool IsMute { get; set; }

    /// <summary>Whether it answers nothing that comes round the ring.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Who is here, as far as it knows.</summary>
    public IReadOnlyList<Peer> Here => around.Here;

    private IReadOnlyList<NodeId>? Seats => agreement is null ? null : agreement.Registers?.Roster is { } roster ? [.. roster.All] : [];

    public void Start()
    {
        agreement?.Registers!.Watch(Leader);
        Give(now => Election.Start(now, outbox));
        LookAround();
        new LeaderCommands(town, node, this).Begin();
    }

    public void End()
    {
        IsOver = true;
        alarm.Set(null);
    }

    /// <summary>It goes in good order; the machine is switched off then.</summary>
    public void Leave()
    {
        isLeaving = true;
        Give(now => Election.Leave(now, outbox));
        foreach (var other in town.Nodes.Where(other => other != node))
            Send(other, [(byte)Word.Bye]);
        Turn();
    }

    /// <summary>Says something in another's name.</summary>
    public void Forge(ElectionNode to, ElectionMessage.Heartbeat heartbeat) => Send(to, heartbeat);

    /// <summary>Posts once more what somebody has posted.</summary>
    public void Repeat(ElectionNode to, byte[] body) => Ring.Post(to, body, (_, _) => { });

    public void Receive(uint address, ReadOnlySpan<byte> bytes)
    {
        if (IsOver || bytes.IsEmpty || town.At(address) is not { } from)
            return;
        var now = machine.Now;
        var reader = new ByteReader(bytes[1..]);
        switch ((Word)bytes[0])
        {
            case Word.Hello when reader.Byte() is var colour && !reader.Failed:
                around.Hello(now, from.Identity, (Colour)colour, isLeaving: false);
                break;
            case Word.Bye:
                around.Hello(now, from.Identity, Colour.None, isLeaving: true);
                break;
            case Word.Election when Knows(from.Identity):
                Hear(from, bytes[1..]);
                break;
            case Word.Register when reader.UInt64() is var number && !reader.Failed:
                registrations.Answer(from, number);
                break;
            case Word.Registered when reader.UInt64() is var number && !reader.Failed:
                registrations.Answered(number, reader.Rest);
                break;
            case Word.Command when Knows(from.Identity):
                var term = new Term(reader.UInt64(), new NodeId(reader.UInt128()));
                if (!reader.Failed && Election.Term == term)
                    town.Watch.Accepts(node, term);
                break;
        }

        Turn();
    }

    /// <summary>A follower registers.</summary>
    /// <returns>The colours; null if this node does not lead, or does not know the other yet.</returns>
    public Colouring? Register(NodeId follower)
    {
        Colouring? colouring = null;
        Give(now => colouring = Election.Register(now, outbox));
        return colouring?.Colours.ContainsKey(follower) is true ? colouring : null;
    }

    /// <summary>What came of registering.</summary>
    public void Registered(NodeId leader, Colouring? colouring) =>
        Give(now => Election.Registered(now, leader, colouring, outbox));

    /// <summary>Something comes round the ring.</summary>
    /// <returns>The later term for which it is refused; null if it is not, or for another reason.</returns>
    public Term? Receive(RingMessage message)
    {
        RingRefusal? refusal = null;
        Give(now =>
        {
            refusal = Election.Receive(now, message, outbox);
            town.Ring.Hears(node, message, refusal);
        });
        var known = Election.Greatest;
        Turn();
        return refusal == RingRefusal.Stale ? known : null;
    }

    /// <summary>Agreement tells something.</summary>
    public void Hear(AgreementEvent what)
    {
        switch (what)
        {
            case AgreementEvent.Held(var name, var epoch) when name == Leader:
                Registers.Granted(epoch);
                break;
            case AgreementEvent.Lapsed(var name, var epoch) when name == Leader:
                Give(now => Election.Lapsed(now, epoch, outbox));
                break;
            case AgreementEvent.Vacant(var name) when name == Leader:
                Give(now => Election.Vacant(now, outbox));
                break;
            case AgreementEvent.Seated(0, _):
                areMembersUntold = true;
                break;
        }

        Turn();
    }

    /// <summary>It has the lease of the leader.</summary>
    public void Granted(ulong epoch, Colouring? remembered)
    {
        if (node.Epoch == epoch)
            Give(now => Election.Granted(now, epoch, remembered, outbox));
    }

    /// <summary>Agreement answers.</summary>
    public void Hear(Answer answer)
    {
        if (answer.Id == claim)
        {
            claim = null;
            // Granted too late, it is over already, and nothing else tells so.
            if (answer.Applied is not Applied.Yes || node.Epoch is null)
                Give(now => Election.Denied(now, answer.Refusal.ToString(), outbox));
        }
        else
        {
            Registers.Hear(answer);
        }

        Turn();
    }

    /// <summary>What the daemon's loop does after each batch of inputs.</summary>
    public void Turn()
    {
        if (IsOver || isCarrying || machine.State is not MachineState.Up)
            return;
        if (areMembersUntold)
        {
            areMembersUntold = false;
            Give(now => Election.Meet(now, around.Here, Seats, outbox));
            HasOthers = around.Here.Count > 0;
        }

        // While the disk is full agreement tells nothing, of the lease's end neither.
        if (agreement is not null && node.Epoch is null && Election.Standing is Standing.Leading(var term))
            Give(now => Election.Lapsed(now, term.Counter, outbox));
        if (Election.Deadline <= machine.Now)
            Give(now => Election.Tick(now, outbox));
        var due = Instant.Earliest(Election.Deadline, agreement?.Registers?.HeldUntil(machine.Now, Leader));
        alarm.Set(!IsOver && due is { } at ? machine.Clock.ToWorld(at) : null);
    }

    /// <summary>Sends a datagram.</summary>
    public void Send(ElectionNode to, ReadOnlySpan<byte> bytes)
    {
        if (machine.State is MachineState.Up)
            machine.Send(Port, new Endpoint(to.Machine.Address, Port), bytes);
    }

    private bool Knows(NodeId id) => around.Here.Any(peer => peer.Node == id);

    private void LookAround()
    {
        if (IsOver || isLeaving)
            return;
        areMembersUntold |= around.Look(machine.Now);
        foreach (var other in town.Nodes.Where(other => other != node))
            Send(other, [(byte)Word.Hello, (byte)Election.Own]);
        Turn();
        machine.After(town.Setup.HelloEvery, LookAround);
    }

    private void Give(Action<Instant> input)
    {
        if (IsOver)
            return;
        town.Watch.Wakes(node, machine.Now);
        input(machine.Now);
        if (isCarrying)
            return; // an output led to another input: its outputs stand behind the ones being carried out
        isCarrying = true;
        for (var i = 0; i < outbox.Count && !IsOver; i++)
        {
            if (outbox[i].Message is { } message)
                Say(outbox[i].To, message);
            else if (outbox[i].Effect is { } effect)
                Do(effect);
            else
                town.Watch.Tells(node, outbox[i].Event!);
        }

        outbox.Clear();
        isCarrying = false;
    }

    private void Hear(ElectionNode from, ReadOnlySpan<byte> bytes)
    {
        if (ElectionCodec.TryRead(bytes, out var cluster, out _, out var message) is not ReadStatus.Done || cluster != Cluster)
            return;
        if (message is ElectionMessage.Heartbeat heartbeat)
        {
            if (heartbeat.Term.Leader == from.Identity)
                town.Watch.Hears(node, heartbeat.Term);
            Give(now => Election.Hear(now, from.Identity, heartbeat, outbox));
        }
        else if (message is ElectionMessage.Resigned resigned)
        {
            HasOthers &= resigned.Successor is null || around.Here.Any(peer => peer.Node != from.Identity); // who goes is here no more
            Give(now => Election.Hear(now, from.Identity, resigned, outbox));
        }
        else if (message is ElectionMessage.Outdated outdated)
        {
            Give(now => Election.Hear(now, outdated, outbox));
        }
    }

    private void Say(NodeId to, ElectionMessage message)
    {
        if (!Knows(to) || town.PlaceOf(to) is not { } other)
        {
            if (message is RingMessage)
                Give(now => Election.Undelivered(now, to, outbox));
            return;
        }

        if (message is ElectionMessage.Register)
            registrations.Call(other);
        else if (message is RingMessage passed)
            Post(other, passed);
        else
            Send(other, message);
    }

    private void Post(ElectionNode neighbour, RingMessage message)
    {
        if (machine.State is not MachineState.Up)
            return;
        var body = RingJson.Write(message);
        town.Ring.Says(node, neighbour, message, body);
        Ring.Post(neighbour, body, (isAnswered, later) =>
        {
            if (IsOver)
                return;
            if (later is { } known)
                town.Watch.Hears(node, known);
            Give(now =>
            {
                if (isAnswered)
                    Election.Delivered(now, neighbour.Identity, later, outbox);
                else
                    Election.Undelivered(now, neighbour.Identity, outbox);
            });
            Turn();
        });
    }

    private void Send(ElectionNode to, ElectionMessage message)
    {
        if (IsMute)
            return;
        datagram[0] = (byte)Word.Election;
        Send(to, datagram.AsSpan(0, 1 + ElectionCodec.Write(Cluster, message, datagram.AsSpan(1))));
    }

    private void Do(ElectionEffect effect)
    {
        switch (effect)
        {
            case ElectionEffect.Keep(var term):
                node.Keep(term);
                break;
            case ElectionEffect.Claim:
                claim = null;
                agreement!.Do((registers, out_) => { claim = registers.Claim(machine.Now, Leader, town.Setup.Lease, out_); });
                if (claim is null && !agreement.IsAble)
                    machine.After(TimeSpan.Zero, CannotClaim);
                break;
            case ElectionEffect.Release:
                agreement!.Do((registers, out_) => registers.Release(machine.Now, Leader, out_));
                break;
            case ElectionEffect.Write(var colouring):
                ElectionWatch.RequireRight(node, colouring);
                Registers.Write(colouring);
                break;
        }
    }

    private void CannotClaim()
    {
        Give(now => Election.Denied(now, "this node can't keep anything at the moment", outbox));
        Turn();
    }
}

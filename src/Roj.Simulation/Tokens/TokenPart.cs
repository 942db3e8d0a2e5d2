using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Network;
using Roj.Token;
using Roj.Token.Wire;
using Answer = Roj.Agreement.Outcome;
using TokenOutput = Roj.Kernel.Output<
    Roj.Kernel.NodeId, Roj.Token.Wire.TokenMessage, Roj.Token.TokenEvent, Roj.Token.TokenEffect>;

namespace Roj.Simulation.Tokens;

/// <summary>One life of a node's part in passing a token: the production <see cref="TokenPassing"/>, driven as the daemon drives
/// it.</summary>
/// <remarks>A datagram is a hello (nothing), a goodbye (one byte) or a token's.</remarks>
internal sealed class TokenPart
{
    public const ushort Port = 7072;

    private const string Token = "pi";
    private const ulong Cluster = 7;
    private static readonly TimeSpan keepEvery = TimeSpan.FromSeconds(1);

    private readonly TokenTown town;
    private readonly TokenNode node;
    private readonly Machine machine;
    private readonly TokenOutbox outbox = new();
    private readonly Queue<TokenOutput> outputs = [];
    private readonly Company company;
    private readonly Alarm alarm;
    private readonly TokenLease? lease;
    private readonly List<(NodeId To, SimStream Stream)> given = [];
    private readonly byte[] datagram = new byte[TokenCodec.LengthMax];
    private bool areOthersUntold;
    private bool isCarrying;
    private bool isKeeping;
    private bool hasSaidBye;
    private bool keepsSoon;

    public TokenPart(TokenTown town, TokenNode node, TokenMemory memory)
    {
        (this.town, this.node, machine) = (town, node, node.Machine);
        company = new Company(town, node);
        alarm = new Alarm(town.World, () => machine.Inbox.Post(new Input(InputKind.Action, Action: Turn)));
        var settings = new TokenSettings
        {
            Self = node.Identity,
            Boot = node.Agreement?.Life ?? (uint)machine.Boots,
            Lease = town.Setup.Lease,
            StandstillMax = town.Setup.StandstillMax,
        };
        if (node.Agreement is { } agreement)
        {
            var leased = new LeasedPassing(settings, memory);
            (Passing, lease) = (leased, new TokenLease(this, leased, node, agreement, town.Setup.Lease));
        }
        else
        {
            Passing = new FreePassing(settings, memory);
        }

        Work = new TokenWork(town, node, this);
    }

    /// <summary>The register whose lease makes an owner.</summary>
    public static RegisterName Register { get; } = RegisterName.Of(TokenName.LeaseOf(Token));

    public TokenPassing Passing { get; }

    /// <summary>What is done while the token is here.</summary>
    public TokenWork Work { get; }

    /// <summary>Who is here, as far as it was told.</summary>
    public IReadOnlyList<TokenNode> Here { get; private set; } = [];

    /// <summary>Whether a connection is cut now.</summary>
    public bool IsToBeCut =>
        !town.IsHealed && town.Setup.CutsPerMille > 0 && town.Rng.Chance(town.Setup.CutsPerMille, 1000);

    /// <summary>Whether it has ended.</summary>
    public bool IsOver { get; private set; }

    public void Start()
    {
        node.Agreement?.Registers!.Watch(Register);
        Give((now, to) => Passing.Start(now, to));
        LookAround();
    }

    public void End()
    {
        IsOver = true;
        alarm.Set(null);
    }

    /// <summary>It goes in good order: the machine is switched off a while later, after <see cref="SayBye"/>.</summary>
    public void Leave()
    {
        Work.Stop();
        Give((now, to) => Passing.Leave(now, to));
        Turn();
    }

    public void SayBye()
    {
        hasSaidBye = true;
        foreach (var other in town.Nodes.Where(other => other != node))
            Send(other, [1]);
    }

    /// <summary>A datagram comes.</summary>
    public void Receive(uint address, ReadOnlySpan<byte> bytes)
    {
        if (IsOver || town.At(address) is not { } from)
            return;
        if (bytes.Length == 1)
            company.Bye(from);
        else if (bytes.IsEmpty)
            company.Hears(machine.Now, from);
        if (bytes.Length > 1 && TokenCodec.TryRead(bytes, out var heard) is ReadStatus.Done && heard!.Cluster == Cluster)
            Give((now, to) => Passing.Receive(now, heard.Sender, heard.Message, to));
        Turn();
    }

    /// <summary>A frame comes, or comes once more.</summary>
    public void Receive(uint address, TokenFrame frame)
    {
        if (IsOver || town.At(address) is not { } from)
            return;
        town.Watch.Hears(from, node, frame);
        Give((now, to) => Passing.Receive(now, from.Identity, frame.Message, to));
        Turn();
    }

    /// <summary>Agreement tells something.</summary>
    public void Hear(AgreementEvent what)
    {
        lease!.Hear(what);
        Turn();
    }

    /// <summary>Agreement answers.</summary>
    public void Hear(Answer answer)
    {
        lease!.Hear(answer);
        Turn();
    }

    /// <summary>What the daemon's loop does after each batch of inputs.</summary>
    public void Turn()
    {
        if (IsOver || isCarrying || machine.State is not MachineState.Up)
            return;
        if (areOthersUntold)
        {
            (areOthersUntold, Here) = (false, company.Here);
            Give((now, to) => Passing.Meet(now, [.. Here.Select(other => other.Identity)], to));
        }

        lease?.Look();
        if (Passing.Deadline <= machine.Now)
            Give((now, to) => Passing.Tick(now, to));
        var due = Instant.Earliest(Passing.Deadline, node.Agreement?.Registers?.HeldUntil(machine.Now, Register));
        alarm.Set(!IsOver && due is { } at ? machine.Clock.ToWorld(at) : null);
    }

    /// <summary>Gives the core an input, and carries out what it asks for.</summary>
    public void Give(Action<Instant, TokenOutbox> input)
    {
        if (IsOver)
            return;
        town.Watch.Wakes(node, machine.Now);
        input(machine.Now, outbox);
        town.Watch.Look(node);
        for (var i = 0; i < outbox.Count; i++)
            outputs.Enqueue(outbox[i]);
        outbox.Clear();
        TakeBack();
        CarryOut();
    }

    // What is given to nobody any more must not arrive when the network is whole again.
    private void TakeBack()
    {
        for (var i = given.Count - 1; i >= 0; i--)
        {
            if (Passing.State is TokenState.Passing && Passing.To == given[i].To)
                continue;
            given[i].Stream.Abort();
            given.RemoveAt(i);
        }
    }

    // What stands behind what is to be kept waits for the disk.
    private void CarryOut()
    {
        if (isCarrying)
            return;
        isCarrying = true;
        while (!IsOver && !isKeeping && outputs.TryDequeue(out var output))
        {
            if (output.Message is { } message)
                Say(output.To, message);
            else if (output.Effect is { } effect)
                Do(effect);
            else
                Hear(output.Event!);
        }

        isCarrying = false;
    }

    private void Hear(TokenEvent what)
    {
        town.Watch.Tells(node, what);
        Work.Hear(what);
    }

    private void Say(NodeId to, TokenMessage message)
    {
        if (machine.State is not MachineState.Up || town.PlaceOf(to) is not { } other)
            return;
        if (TokenCodec.IsDatagram(message))
        {
            Send(other, datagram.AsSpan(0, TokenCodec.Write(Cluster, node.Identity, Token, message, datagram)));
            return;
        }

        var take = message as TokenMessage.Take;
        var stream = TokenCalls.Send(machine, other, new TokenFrame(Token, message).Write(), isSent =>
        {
            // What became of an answer, or of an earlier turn, says nothing of what is given now.
            if (take is null || Passing.Own.Turn != take.Stamp.Turn)
                return;
            Give((now, outputs) => Passing.Undelivered(now, to, isSent, outputs));
            Turn();
        });
        if (take is not null)
            given.Add((to, stream));
    }

    private void Do(TokenEffect effect)
    {
        switch (effect)
        {
            case TokenEffect.Keep:
                Keep(isNeeded: true);
                break;
            case TokenEffect.KeepSoon when !keepsSoon:
                keepsSoon = true;
                machine.After(keepEvery, KeepNow);
                break;
            case TokenEffect.KeepSoon:
                break;
            default:
                lease!.Do(effect);
                break;
        }
    }

    private void KeepNow()
    {
        if (isKeeping)
        {
            machine.After(keepEvery / 10, KeepNow);
            return;
        }

        keepsSoon = false;
        Keep(isNeeded: false);
    }

    private void Keep(bool isNeeded)
    {
        if (IsOver || machine.State is not MachineState.Up)
            return;
        isKeeping = true;
        node.Store.Keep(MemoryCodec.Write(Passing.Memory, town.Setup.IsQuorum), isDone =>
        {
            isKeeping = false;
            if (IsOver)
                return;
            if (isNeeded && !isDone)
            {
                node.Fail();
                return;
            }

            CarryOut();
            Turn();
        });
    }

    private void Send(TokenNode to, ReadOnlySpan<byte> bytes)
    {
        if (machine.State is MachineState.Up)
            machine.Send(Port, new Endpoint(to.Machine.Address, Port), bytes);
    }

    private void LookAround()
    {
        if (IsOver)
            return;
        areOthersUntold |= company.Look(machine.Now);
        foreach (var other in town.Nodes.Where(other => other != node && !hasSaidBye))
            Send(other, []);
        Turn();
        machine.After(town.Setup.HelloEvery, LookAround);
    }
}

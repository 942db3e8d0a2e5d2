using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Simulation.Network;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>A machine that runs one <see cref="Neighbourhood"/>, as <c>roj node</c> does: finding and keeping on one UDP port, exchanges on
/// the TCP port of the same number, the count of its lives and whom it knew on its disk.</summary>
public sealed class SimMember : SealedMachine
{
    /// <summary>Where all of them listen.</summary>
    public const ushort Port = 7071;

    /// <summary>The first incarnation of a machine's first life.</summary>
    internal const ulong FirstLife = 1UL << 32;

    private const int RoundsMax = 10_000; // an input that leads to more than this leads to no end
    private const int AcceptedMax = 64;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestartAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly ulong Cluster = SwimCodec.ClusterHash("sim");

    private readonly SimMemberSettings settings;
    private readonly MemberInvariants invariants;
    private readonly MemberStore store;
    private readonly List<SimExchange> exchanges = [];
    private Neighbourhood? neighbourhood;
    private readonly AnswerLedger answers;
    private bool failed;

    /// <summary>Puts a machine into the world.</summary>
    public SimMember(World world, string name, uint address, SimMemberSettings settings, MemberInvariants invariants)
        : base(world, name, address, Port)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(invariants);
        this.settings = settings;
        this.invariants = invariants;
        store = new MemberStore(Disk);
        Profile = new Profile(name, 0, 0, 0, 1, 0);
        answers = new AnswerLedger(name);
        invariants.Knows(this);
    }

    /// <summary>Who it is.</summary>
    public NodeId NodeId => settings.Id;

    /// <summary>Whether it said farewell in this life.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether it runs and means to stay.</summary>
    public bool IsHere => State != MachineState.Down && !failed && !IsLeaving && neighbourhood is not null;

    /// <summary>What it says of itself.</summary>
    public Profile Profile { get; }

    /// <summary>What it believes; null while it is down.</summary>
    public Keeper? Members => neighbourhood?.Members;

    /// <summary>The first incarnation of the current life, or of the last.</summary>
    public ulong FirstIncarnation { get; private set; }

    /// <summary>Bytes of hellos that it sent so far, in all its lives.</summary>
    public long FindingBytes { get; private set; }

    /// <summary>Bytes of datagrams between members that it sent so far.</summary>
    public long KeepingBytes { get; private set; }

    /// <summary>Bytes that it wrote to streams so far.</summary>
    public long StreamBytes { get; private set; }

    /// <summary>How often it heard that somebody else uses its identity.</summary>
    public int Clashes { get; private set; }

    /// <summary>How often it ended because another with its identity ran longer.</summary>
    public int Superseded { get; private set; }

    /// <summary>Lets it remember places from an earlier life.</summary>
    public void Remember(IReadOnlyList<Endpoint> places) => store.Save(places);

    /// <summary>Its operator has a member forgotten; nothing while it does not run.</summary>
    public Eviction? Evict(NodeId id)
    {
        if (State != MachineState.Up || !IsHere)
            return null;
        World.Trace.Add(this, "evict");
        var eviction = neighbourhood!.Evict(Now, id);
        CarryOut();
        return eviction;
    }

    /// <summary>Says farewell, and ends a second later or when all has been told.</summary>
    public void Leave()
    {
        if (State != MachineState.Up || !IsHere)
            return;
        IsLeaving = true;
        World.Trace.Add(this, "leave");
        neighbourhood!.Leave(Now);
        CarryOut();
        AwaitFarewell(World.Now + Farewell);
    }

    /// <inheritdoc/>
    protected internal override void OnStart()
    {
        (failed, IsLeaving) = (false, false);
        Bind(Port);
        Listen(Port);
        BeginSession(settings.HasKey, settings.Id);
        if (!store.TryBeginLife(out var life))
        {
            Fail();
            return;
        }

        var own = new Endpoint(Address, Port);
        var keeping = settings.ForKeeping(own, life);
        FirstIncarnation = keeping.Incarnation;
        neighbourhood = new Neighbourhood(
            settings.ForFinding(own, Rng), keeping, Profile, new byte[] { (byte)Id }, Rng.Fork());
        invariants.Born(this);
        if (settings.Known is { } known)
            neighbourhood.Assume(Now, known());
        neighbourhood.Start(Now, settings.Configured, store.Load());
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnShutdown()
    {
        if (!IsHere)
            return;
        IsLeaving = true;
        neighbourhood!.Leave(Now);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnStopped()
    {
        neighbourhood = null;
        exchanges.Clear();
    }

    /// <inheritdoc/>
    protected override void OnSaid(Endpoint from, ReadOnlyMemory<byte> said)
    {
        if (failed)
            return;
        if (!SwimCodec.IsOne(said.Span))
        {
            if (HelloCodec.TryRead(said.Span, out var hello) != ReadStatus.Done)
                return;
            answers.Begin(hello!.Kind == HelloKind.Ask ? from : null);
            neighbourhood!.Greeted(Now, from, hello);
        }
        else if (SwimCodec.TryRead(said.Span, out var cluster, out var message) == ReadStatus.Done && cluster == Cluster)
        {
            World.Trace.Comment(this, "hears", message!);
            answers.Begin(from, message!);
            neighbourhood!.Receive(Now, from, message!);
        }

        CarryOut();
        answers.Settle(from, said.Length);
    }

    /// <inheritdoc/>
    protected override void OnIntroduced(Endpoint from)
    {
        if (failed)
            return;
        neighbourhood!.Introduced(Now, from);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnAccepted(SimStream stream, Endpoint from)
    {
        if (failed || exchanges.Count >= AcceptedMax)
        {
            stream.Close();
            return;
        }

        var exchange = new SimExchange(World.Now, null) { Stream = stream };
        stream.Token = exchange;
        exchanges.Add(exchange);
        WatchSilence(exchange, Silence);
    }

    /// <inheritdoc/>
    protected internal override void OnConnected(SimStream stream)
    {
        if (!failed && stream.Token is SimExchange { HasEnded: false } exchange)
            WriteOrEnd(exchange, exchange.IsDispute ? neighbourhood!.Claim(Now) : neighbourhood!.Members.Opening());
    }

    /// <inheritdoc/>
    protected internal override void OnConnectFailed(object? token, StreamEnd reason)
    {
        if (token is SimExchange exchange)
            End(exchange);
    }

    /// <inheritdoc/>
    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes)
    {
        if (failed || stream.Token is not SimExchange exchange)
            return;
        exchange.Append(World.Now, bytes.Span);
        while (!exchange.HasEnded)
        {
            var status = ExchangeCodec.TryRead(exchange.Held, out var cluster, out var message, out var consumed);
            if (status == ReadStatus.NeedMore)
                return;
            if (status == ReadStatus.Malformed || cluster != Cluster)
            {
                End(exchange);
                return;
            }

            exchange.Drop(consumed);
            World.Trace.Comment(this, "hears", message!);
            var reply = neighbourhood!.Reply(Now, message!);
            CarryOut();
            WriteOrEnd(exchange, reply);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnClosed(SimStream stream)
    {
        if (stream.Token is SimExchange exchange)
            End(exchange);
    }

    /// <inheritdoc/>
    protected internal override void OnWake()
    {
        if (!failed)
            CarryOut();
    }

    private void CarryOut()
    {
        var rounds = 0;
        do
        {
            if (++rounds > RoundsMax)
                throw new BrokenInvariantException($"{Name} never comes to rest: it has ever more to do");
            invariants.Counts(this, neighbourhood!.Members.Incarnation);
            for (var i = 0; i < neighbourhood.Finding.Count; i++)
                CarryOut(neighbourhood.Finding[i]);
            for (var i = 0; i < neighbourhood.Keeping.Count; i++)
                CarryOut(neighbourhood.Keeping[i]);
            neighbourhood.Clear();
            answers.End();
        }
        while (Tick());
        SetAlarm(neighbourhood.Deadline);
    }

    private bool Tick()
    {
        if (!(neighbourhood!.Deadline <= Now))
            return false;
        neighbourhood.Tick(Now);
        return true;
    }

    private void CarryOut(Output<Endpoint, Hello, FindingEvent, NoEffect> output)
    {
        if (output.Message is { } hello)
        {
            Span<byte> datagram = stackalloc byte[HelloCodec.Length];
            var length = HelloCodec.Write(hello, datagram);
            if (hello.Kind == HelloKind.Answer)
                answers.Said(output.To, length);
            FindingBytes += length;
            Say(output.To, datagram[..length]);
        }
        else if (output.Event is FindingEvent.PeersChanged)
        {
            SavePlaces();
        }
        else if (output.Event is FindingEvent.IdentityClash clash)
        {
            Clashes++;
            World.Trace.Add(this, "clash", clash.Node.Address);
        }
    }

    private void CarryOut(Output<Endpoint, SwimMessage, MembershipEvent, KeepingEffect> output)
    {
        if (output.Message is { } message)
        {
            Span<byte> datagram = stackalloc byte[SwimCodec.Length];
            var length = SwimCodec.Write(Cluster, message, datagram);
            World.Trace.Comment(this, "says", message);
            invariants.Said(this, message);
            answers.Said(output.To, length, message);
            KeepingBytes += length;
            Say(output.To, datagram[..length]);
        }
        else if (output.Event is { } happened)
        {
            World.Trace.Comment(this, "event", happened);
            invariants.Happened(this, happened);
            if (happened is MembershipEvent.Superseded)
            {
                Superseded++;
                InThisLife(TimeSpan.FromMilliseconds(1), Crash); // what it answered at the same moment still goes out
            }

            if (happened is MembershipEvent.Changed(_, null))
                SavePlaces();
        }
        else if (output.Effect is KeepingEffect.Exchange(var with))
        {
            Begin(with, isDispute: false);
        }
        else if (output.Effect is KeepingEffect.Confront(var clone))
        {
            Begin(clone, isDispute: true);
        }
    }

    private void SavePlaces()
    {
        if (settings.KeepsPlaces)
            store.Save(neighbourhood!.Remembered);
    }

    private void Begin(Endpoint with, bool isDispute)
    {
        var exchange = new SimExchange(World.Now, with, isDispute);
        exchanges.Add(exchange);
        exchange.Stream = Connect(with, exchange);
        WatchSilence(exchange, Silence);
    }

    private void WriteOrEnd(SimExchange exchange, ExchangeMessage? message)
    {
        if (message is null)
        {
            End(exchange);
            return;
        }

        invariants.Said(this, message);
        var frame = ExchangeCodec.Write(Cluster, message);
        StreamBytes += frame.Length;
        exchange.Stream!.Write(frame);
    }

    private void WatchSilence(SimExchange exchange, TimeSpan after) => After(after, () =>
    {
        if (exchange.HasEnded || failed)
            return;
        var rest = exchange.HeardAt + Silence - World.Now;
        if (rest > TimeSpan.Zero)
            WatchSilence(exchange, rest);
        else
            End(exchange);
    });

    private void End(SimExchange exchange)
    {
        if (exchange.HasEnded)
            return;
        exchange.HasEnded = true;
        exchanges.Remove(exchange);
        exchange.Stream?.Close();
        if (exchange.Asked is not { } with || failed || neighbourhood is null)
            return;
        Action<Instant, Endpoint> ended = exchange.IsDispute ? neighbourhood.Confronted : neighbourhood.Exchanged;
        ended(Now, with);
        CarryOut();
    }

    private void AwaitFarewell(Instant until) => After(TimeSpan.FromMilliseconds(50), () =>
    {
        if (neighbourhood is null)
            return;
        if (World.Now < until && neighbourhood.Members.HasNews)
            AwaitFarewell(until);
        else
            InThisLife(TimeSpan.Zero, Shutdown); // the program ends when its call has returned
    });

    /// <summary>The disk failed: the program ends with exit code 1, and is started again.</summary>
    private void Fail()
    {
        failed = true;
        World.Trace.Add(this, "member.failed");
        InThisLife(TimeSpan.Zero, Crash);
        InThisLife(RestartAfterFailure, () =>
        {
            if (State == MachineState.Down && IsPowered)
                Boot();
        });
    }
}

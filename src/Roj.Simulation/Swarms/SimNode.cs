using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms;

/// <summary>A machine that runs <c>roj sync</c>: the same <see cref="Node.Node"/> as in production, on a simulated network and
/// disk.</summary>
/// <remarks>It does what <c>Roj.Host</c> does, in the same order, and ends with the same errors: a disk that fails ends the program, and
/// somebody starts it again a second later.</remarks>
public sealed class SimNode : Machine
{
    /// <summary>The data file's name on its disk.</summary>
    public const string DataName = SimStore.DataName;

    private const ushort NodePort = 7071;
    private const ushort SwarmPort = 6881;
    private const int CheckedAtATime = 16;
    private const int RoundsMax = 10_000; // an input that leads to more than this leads to no end
    private const int SelfDialsMax = 200;
    private static readonly TimeSpan RestartAfterFailure = TimeSpan.FromSeconds(1);

    private readonly SimNodeSettings settings;
    private readonly SwarmInvariants invariants;
    private readonly SimStore store;
    private readonly SortedDictionary<ConnectionId, SimConnection> connections = [];
    private Node.Node? node;
    private ReadOnlyMemory<byte> payload;
    private bool carrying;
    private bool failed;
    private int claimedBytes;

    /// <summary>Puts a machine into the world; its disk may be filled before it is started.</summary>
    public SimNode(World world, string name, uint address, SimNodeSettings settings, SwarmInvariants invariants)
        : base(world, name, address)
    {
        this.settings = settings;
        this.invariants = invariants;
        store = new SimStore(Disk);
    }

    /// <summary>How it treats its peers.</summary>
    public Manner Manner => settings.Manner;

    /// <summary>How many connections it has, those included that it is opening.</summary>
    public int ConnectionCount => connections.Count;

    /// <summary>How often it called itself, over all its lives.</summary>
    public int SelfDials { get; private set; }

    /// <summary>Whether it runs and believes that its file is right.</summary>
    public bool IsComplete => State == MachineState.Up && node is { Swarm.IsComplete: true };

    /// <summary>How it stands, for the report of a failure.</summary>
    public string Standing => $"{Name}: {State}" + (node is null ? "" : $", {node.Swarm.HaveCount} of {node.Swarm.Info?.PieceCount ?? 0} "
        + $"pieces, {node.Swarm.UncheckedCount} unchecked, {node.Swarm.PeerCount} peers, {node.Company} nodes there");

    /// <summary>Gives it a data file, durably, before it is started.</summary>
    public void Put(ReadOnlySpan<byte> content) => store.Put(content);

    /// <inheritdoc/>
    protected internal override void OnStart()
    {
        failed = false;
        Bind(NodePort);
        Listen(SwarmPort);
        node = new Node.Node(settings.ForNode(new Endpoint(Address, NodePort), SwarmPort, Rng), Rng.Fork());
        claimedBytes = Manner is Manner.Oversized ? Manners.ClaimedBytes(settings.Described?.Bytes.Length ?? 0, Rng) : 0;
        node.Start(Now, settings.Described, store.Load());
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnStopped()
    {
        node = null;
        connections.Clear();
    }

    /// <inheritdoc/>
    protected internal override void OnDatagram(Endpoint from, Endpoint to, ReadOnlyMemory<byte> payload)
    {
        if (failed || HelloCodec.TryRead(payload.Span, out var hello) != ReadStatus.Done)
            return;
        node!.Greeted(Now, from, hello!);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnAccepted(SimStream stream, Endpoint from)
    {
        if (failed || node!.Accept(Now, from) is not { } id)
            stream.Close();
        else
            Adopt(id, stream);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnConnected(SimStream stream)
    {
        if (failed || stream.Token is not ConnectionId id || !connections.ContainsKey(id))
            return;
        Adopt(id, stream);
        node!.Connected(Now, id);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnConnectFailed(object? token, StreamEnd reason)
    {
        if (failed || token is not ConnectionId id || !connections.Remove(id))
            return;
        node!.Closed(Now, id);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnBytes(SimStream stream, ReadOnlyMemory<byte> bytes)
    {
        if (failed || stream.Token is not SimConnection connection)
            return;
        connection.Append(World.Now, bytes.Span);
        while (connections.ContainsKey(connection.Id) && !failed)
        {
            var status = connection.Reader.TryRead(connection.Held.Span, out var handshake, out var message, out var consumed);
            if (status == ReadStatus.NeedMore)
            {
                if (connection.HeldCount > 0)
                    node!.Heard(Now, connection.Id);
                break;
            }

            if (status == ReadStatus.Malformed)
            {
                End(connection);
                break;
            }

            World.Trace.Comment(this, "hears", (object?)message ?? handshake);
            if (message is null)
                node!.Shaken(Now, connection.Id, (connection.Shaken = Manner.Alter(handshake)).Value);
            else
                Receive(connection, message, consumed);
            CarryOut();
            invariants.Holds(this, connections.Values);
            connection.Drop(World.Now, consumed);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnDrained(SimStream stream)
    {
        if (!failed)
            CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnClosed(SimStream stream)
    {
        if (failed || stream.Token is not SimConnection connection || !connections.ContainsKey(connection.Id))
            return;
        End(connection);
        CarryOut();
    }

    /// <inheritdoc/>
    protected internal override void OnWake()
    {
        if (!failed)
            CarryOut();
    }

    private void Adopt(ConnectionId id, SimStream stream)
    {
        var connection = new SimConnection(id, stream);
        stream.Token = connection;
        connections[id] = connection;
    }

    private void End(SimConnection connection)
    {
        connections.Remove(connection.Id);
        connection.Stream.Close();
        node!.Closed(Now, connection.Id);
    }

    private void Receive(SimConnection connection, PeerMessage message, int consumed)
    {
        var payloadBytes = message is PeerMessage.Piece(var block) ? block.Length : 0;
        if (message is PeerMessage.Piece came && World.Network.MachineAt(connection.Stream.Remote.Address) is { } sender)
            settings.Log?.Came(connection.Begun, World.Now, sender.Id, Id, came.Block);
        payload = connection.Held[(consumed - payloadBytes)..consumed];
        node!.Receive(Now, connection.Id, message);
    }

    /// <summary>Carries out all that the node asks for, and what that leads to, until it is content; then sets the alarm.</summary>
    private void CarryOut()
    {
        if (carrying || failed)
            return;
        carrying = true;
        var rounds = 0;
        do
        {
            if (++rounds > RoundsMax)
                throw new BrokenInvariantException($"{Name} never comes to rest: it has ever more to do");
            for (var i = 0; i < node!.Finding.Count && !failed; i++)
                CarryOut(node.Finding[i]);
            for (var i = 0; i < node.Files.Count && !failed; i++)
                CarryOut(node.Files[i]);
            node.Clear();
            payload = default;
        }
        while (!failed && (Drain() || Tick()));
        carrying = false;
        if (!failed)
            SetAlarm(node.Deadline(Now));
    }

    private bool Tick()
    {
        if (!(node!.Deadline(Now) <= Now))
            return false;
        node.Tick(Now);
        return true;
    }

    private bool Drain()
    {
        foreach (var connection in connections.Values)
        {
            if (connection.UndrainedBytes == 0 || connection.Stream.Unsent > 0)
                continue;
            var bytes = connection.UndrainedBytes;
            connection.UndrainedBytes = 0;
            node!.Drained(Now, connection.Id, bytes);
            return true;
        }

        return false;
    }

    private void CarryOut(Output<Endpoint, Hello, FindingEvent, NoEffect> output)
    {
        if (output.Message is { } hello)
        {
            Span<byte> datagram = stackalloc byte[HelloCodec.Length];
            var length = HelloCodec.Write(hello, datagram);
            Send(NodePort, output.To, datagram[..length]);
        }
        else if (output.Event is FindingEvent.PeersChanged)
        {
            store.Save(node!.Memory);
        }
    }

    private void CarryOut(Output<ConnectionId, PeerMessage, SwarmEvent, SwarmEffect> output)
    {
        if (output.Message is { } message)
            Say(output.To, message);
        else if (output.Event is { } happened)
            Follow(happened);
        else
            CarryOut(output.Effect!);
    }

    private void Follow(SwarmEvent happened)
    {
        World.Trace.Comment(this, "event", happened);
        switch (happened)
        {
            case SwarmEvent.Completed:
                World.Trace.Add(this, "completed");
                settings.Log?.Completed(Id, World.Now);
                invariants.Completed(this);
                break;
            case SwarmEvent.PeerBanned(var peer):
                World.Trace.Add(this, "banned", peer.Address);
                invariants.Banned(this, World.Network.MachineAt(peer.Address) as SimNode);
                break;
        }
    }

    private void CarryOut(SwarmEffect effect)
    {
        switch (effect)
        {
            case SwarmEffect.Connect(var id, var peer):
                Dial(id, peer);
                break;
            case SwarmEffect.Shake(var id, var handshake):
                Span<byte> bytes = stackalloc byte[Handshake.Length];
                Manner.Alter(handshake).Write(bytes);
                connections.GetValueOrDefault(id)?.Stream.Write(bytes);
                break;
            case SwarmEffect.Close(var id, _):
                if (connections.Remove(id, out var closed))
                    closed.Stream.Close();
                break;
            case SwarmEffect.Open(var info):
                Open(info);
                break;
            case SwarmEffect.Write(var block):
                if (!store.TryWrite(node!.Swarm.Info!, block, payload.Span))
                    Fail("write");
                break;
            case SwarmEffect.Verify(var piece):
                After(Disk.CostOfTransfer(node!.Swarm.Info!.PieceSize(piece)), () => Judge(piece));
                break;
            case SwarmEffect.Copy(var from, var to):
                After(2 * Disk.CostOfTransfer(node!.Swarm.Info!.PieceSize(from)), () => Copy(from, to));
                break;
            case SwarmEffect.Remember:
                store.Save(node!.Memory);
                break;
        }
    }

    private void Dial(ConnectionId id, Endpoint peer)
    {
        var stream = Connect(peer, id);
        connections[id] = new SimConnection(id, stream);
        // A call that a fault ends teaches nothing, and is repeated at least every two seconds; this is a circle.
        if (peer == node!.Own && ++SelfDials > SelfDialsMax * Boots)
            throw new BrokenInvariantException($"{Name} calls itself again and again");
    }

    private void Say(ConnectionId to, PeerMessage meant)
    {
        if (!connections.TryGetValue(to, out var connection))
            return;
        var payloadBytes = meant is PeerMessage.Piece(var block) ? block.Length : 0;
        connection.UndrainedBytes += payloadBytes;
        if (Manner.Alter(meant, claimedBytes) is not { } message)
            return;
        World.Trace.Comment(this, "says", message);
        if (Manner is not Manner.Spoiling)
            invariants.Said(this, connection, message);
        if (!connection.TrySay(message, node!.Swarm.Info, store, Manner, Rng))
            Fail("read");
    }

    private void Open(InfoDictionary info)
    {
        if (store.TryOpen(info))
            Check(info, 0);
        else
            Fail("open");
    }

    private void Check(InfoDictionary info, int first)
    {
        var count = Math.Min(CheckedAtATime, info.PieceCount - first);
        if (count <= 0)
            return;
        After(Disk.CostOfTransfer(count * info.PieceLength), () =>
        {
            for (var piece = first; piece < first + count && !failed; piece++)
                Judge(piece);
            if (!failed)
                Check(info, first + count);
        });
    }

    private void Copy(int from, int to)
    {
        if (failed)
            return;
        if (store.TryCopy(node!.Swarm.Info!, from, to))
            Judge(to);
        else
            Fail("copy");
    }

    private void Judge(int piece)
    {
        if (failed)
            return;
        if (!store.TryVerify(node!.Swarm.Info!, piece, out var right))
        {
            Fail("read");
            return;
        }

        node.Verified(Now, piece, right);
        CarryOut();
    }

    /// <summary>The disk failed: the program ends with exit code 1, and is started again.</summary>
    private void Fail(string what)
    {
        if (failed)
            return;
        failed = true;
        var boot = Boots;
        World.Trace.Add(this, "node.failed", what);
        World.Schedule(World.Now, () =>
        {
            if (Boots == boot)
                Crash();
        });
        World.Schedule(World.Now + RestartAfterFailure, () =>
        {
            if (Boots == boot && State == MachineState.Down && IsPowered)
                Boot();
        });
    }
}

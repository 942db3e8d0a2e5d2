using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Tests.Files;

/// <summary>Many swarms that only have connections: no hello, no payload. What one says the other hears a millisecond later.</summary>
internal sealed class SwarmMeeting
{
    private static readonly TimeSpan latency = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<Action, (Instant At, long Number)> events = new();
    private readonly Node[] nodes;
    private long scheduled;

    /// <summary>The first has the file; all others know the first.</summary>
    internal SwarmMeeting(int count, InfoDictionary file, ulong seed, SwarmSettings settings)
    {
        nodes = [.. Enumerable.Range(0, count).Select(number => new Node(this, number, seed, settings))];
        foreach (var node in nodes)
        {
            node.Swarm.Describe(Now, file, node.Outbox);
            for (var piece = 0; piece < file.PieceCount; piece++)
                node.Swarm.Verified(Now, piece, right: node == nodes[0], node.Outbox);
            if (node != nodes[0])
                node.Swarm.Learn(Now, nodes[0].Endpoint, isStatic: true, restarted: false);
            node.CarryOut();
        }
    }

    internal Instant Now { get; private set; }

    /// <summary>Connections that a node has had at one time at most, those being opened and the lobby included.</summary>
    internal int SocketsMax => nodes.Max(node => node.SocketsMax);

    internal int FewestPeers => nodes.Min(node => node.Swarm.PeerCount);

    /// <summary>Whether everybody can reach everybody by connections that are open at both ends.</summary>
    internal bool IsConnected
    {
        get
        {
            var reached = new HashSet<Node> { nodes[0] };
            var pending = new Stack<Node>(reached);
            while (pending.TryPop(out var node))
            {
                foreach (var other in node.Peers.Where(reached.Add))
                    pending.Push(other);
            }

            return reached.Count == nodes.Length;
        }
    }

    /// <summary>Goes on until <paramref name="isDone"/>; when that was, null if not before <paramref name="limit"/>.</summary>
    internal TimeSpan? Run(TimeSpan limit, Func<bool> isDone)
    {
        while (!isDone())
        {
            var next = nodes.Select(node => node.Swarm.Deadline(Now)).Aggregate(Instant.Earliest);
            var isEvent = events.TryPeek(out _, out var first) && !(next < first.At);
            Now = isEvent ? first.At : next > Now ? next.Value : Now;
            if (Now > Instant.Zero + limit)
                return null;
            if (isEvent)
            {
                events.Dequeue()();
                continue;
            }

            foreach (var node in nodes.Where(node => node.Swarm.Deadline(Now) <= Now))
            {
                node.Swarm.Tick(Now, node.Outbox);
                node.CarryOut();
            }
        }

        return Now - Instant.Zero;
    }

    private void Later(Action action) => events.Enqueue(action, (Now + latency, ++scheduled));

    /// <summary>An end of a connection: it is there as long as its node knows it.</summary>
    private sealed class End(Node node, ConnectionId id)
    {
        internal Node Node => node;

        internal ConnectionId Id => id;

        internal End? Other { get; set; }

        internal bool IsOpen => node.Ends.ContainsKey(id);
    }

    private sealed class Node
    {
        private readonly SwarmMeeting meeting;
        private ushort lastPort = 40_000;

        internal Node(SwarmMeeting meeting, int number, ulong seed, SwarmSettings settings)
        {
            this.meeting = meeting;
            Endpoint = Swarming.Place(number + 1);
            Swarm = new Swarm(settings with { PeerId = Swarming.Id(number) }, new Rng(seed + ((ulong)number << 32)));
        }

        internal Endpoint Endpoint { get; }

        internal Swarm Swarm { get; }

        internal SwarmOutbox Outbox { get; } = new();

        internal SortedDictionary<ConnectionId, End> Ends { get; } = [];

        internal SortedSet<ConnectionId> Met { get; } = [];

        internal int SocketsMax { get; private set; }

        internal IEnumerable<Node> Peers =>
            Met.Select(id => Ends[id].Other!).Where(end => end.IsOpen && end.Node.Met.Contains(end.Id)).Select(end => end.Node);

        internal void CarryOut()
        {
            foreach (var output in Outbox.Take())
            {
                if (output.Message is { } message && message is not PeerMessage.Piece)
                    Pass(output.To, (other, id) => other.Swarm.Receive(meeting.Now, id, message, other.Outbox));
                else if (output.Effect is { } effect)
                    Do(effect);
                else if (output.Event is SwarmEvent.PeerMet(var met, _))
                    Met.Add(met);
                else if (output.Event is SwarmEvent.PeerLost(var lost, _))
                    Met.Remove(lost);
            }

            SocketsMax = Math.Max(SocketsMax, Ends.Count);
        }

        private void Do(SwarmEffect effect)
        {
            switch (effect)
            {
                case SwarmEffect.Connect(var id, var place):
                    var end = Ends[id] = new End(this, id);
                    var from = new Endpoint(Endpoint.Address, ++lastPort);
                    meeting.Later(() => meeting.nodes[place.Address - Swarming.Place(1).Address].Called(from, end));
                    break;
                case SwarmEffect.Shake(var id, var handshake):
                    Pass(id, (other, its) => other.Swarm.Shaken(meeting.Now, its, handshake, other.Outbox));
                    break;
                case SwarmEffect.Close(var id, _):
                    Ends.Remove(id, out var closed);
                    if (closed!.Other is { } left)
                        meeting.Later(left.Node.Ended(left));
                    break;
            }
        }

        private void Called(Endpoint from, End caller)
        {
            var id = caller.IsOpen ? Swarm.Accept(meeting.Now, from, Outbox) : null;
            CarryOut();
            if (id is not { } accepted)
            {
                meeting.Later(caller.Node.Ended(caller));
                return;
            }

            var end = Ends[accepted] = new End(this, accepted) { Other = caller };
            SocketsMax = Math.Max(SocketsMax, Ends.Count);
            meeting.Later(() => caller.Node.Answered(caller, end));
        }

        private void Answered(End own, End other)
        {
            own.Other = other;
            if (!own.IsOpen)
            {
                meeting.Later(other.Node.Ended(other));
                return;
            }

            Swarm.Connected(meeting.Now, own.Id, Outbox);
            CarryOut();
        }

        private Action Ended(End end) => () =>
        {
            if (!Ends.Remove(end.Id))
                return;
            Swarm.Closed(meeting.Now, end.Id, Outbox);
            CarryOut();
        };

        private void Pass(ConnectionId id, Action<Node, ConnectionId> input)
        {
            if (!Ends.TryGetValue(id, out var end) || end.Other is not { } other)
                return;
            meeting.Later(() =>
            {
                if (!other.IsOpen)
                    return;
                input(other.Node, other.Id);
                other.Node.CarryOut();
            });
        }
    }
}

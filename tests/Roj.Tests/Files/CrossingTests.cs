using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Two nodes reach each other twice. Whatever comes first at either end, exactly one connection must be left, the same at
/// both.</summary>
public sealed class CrossingTests
{
    [Fact]
    public void Of_two_connections_that_cross_one_survives_and_it_is_the_one_that_the_greater_id_dialled()
    {
        var orders = 0;
        foreach (var (left, right) in new[] { (1, 2), (2, 1) })
        {
            orders += Ends.Explore(
                () => new Ends(left, right, [true, false]),
                ends => Assert.Equal(left > right ? [0] : [1], ends.Left));
        }

        Assert.InRange(orders, 20, 10_000);
    }

    [Fact]
    public void Of_two_that_one_end_dialled_one_after_the_other_the_newer_survives()
    {
        foreach (var (left, right) in new[] { (1, 2), (2, 1) })
            Ends.Explore(() => new Ends(left, right, [true, true], inTurn: true), ends => Assert.Equal([1], ends.Left));
    }

    [Fact]
    public void A_peer_that_lost_its_connection_and_dials_again_is_not_held_to_the_dead_one()
    {
        var peer = new SwarmPair();
        var old = peer.Open(outgoing: false);
        var fresh = peer.Add(outgoing: false);
        Assert.Same(old, peer.Connections.Loser(Instant.Zero, fresh, Swarming.Id(2), Swarming.Id(1)));
    }

    [Fact]
    public void Other_peers_and_connections_that_are_not_open_are_no_rivals()
    {
        var peer = new SwarmPair();
        peer.Add(outgoing: true);
        peer.Open(outgoing: true).PeerId = Swarming.Id(3);
        Assert.Null(peer.Connections.Loser(Instant.Zero, peer.Add(outgoing: false), Swarming.Id(2), Swarming.Id(1)));
    }

    /// <summary>One end: its connections, and dials to as many addresses as are wanted.</summary>
    private sealed class SwarmPair
    {
        private readonly Candidates candidates = new(Swarming.Settings, new Rng(1));
        private int number;

        internal SwarmPair() => Connections = new Connections(Swarming.Settings, candidates);

        internal Connections Connections { get; }

        internal Peer Add(bool outgoing) => outgoing
            ? Connections.Dial(default, candidates.LearnStatic(Swarming.Place(++number))!, default, new SwarmOutbox())
            : Connections.Accept(default, Swarming.Place(++number))!;

        internal Peer Open(bool outgoing)
        {
            var peer = Add(outgoing);
            Shake(peer, Swarming.Id(2));
            return peer;
        }

        internal static void Shake(Peer peer, PeerId id) => (peer.IsOpen, peer.PeerId) = (true, id);
    }

    /// <summary>Two ends and what is on its way between them, in the order of each connection alone.</summary>
    /// <remarks>What a connection carries to an end: a handshake, or its end. The dialler speaks first, the other answers: BEP 3.</remarks>
    private sealed class Ends
    {
        private readonly PeerId[] ids;
        private readonly SwarmPair[] ends = [new(), new()];
        private readonly bool[] dialledByFirst;
        private readonly bool inTurn;
        private readonly Peer?[,] peers;
        private readonly Queue<bool>[,] coming; // to an end, on a connection: true is a handshake, false the end
        private int dialled;

        internal Ends(int first, int second, bool[] dialledByFirst, bool inTurn = false)
        {
            ids = [Swarming.Id(first), Swarming.Id(second)];
            this.dialledByFirst = dialledByFirst;
            this.inTurn = inTurn;
            peers = new Peer?[2, dialledByFirst.Length];
            coming = new Queue<bool>[2, dialledByFirst.Length];
            for (var i = 0; i < 2 * dialledByFirst.Length; i++)
                coming[i % 2, i / 2] = new Queue<bool>();
            while (CanDial(inTurn ? 1 : dialledByFirst.Length))
                Dial();
        }

        /// <summary>The connections that are open at both ends, having asserted that none is open at one end only.</summary>
        internal IEnumerable<int> Left
        {
            get
            {
                for (var connection = 0; connection < dialledByFirst.Length; connection++)
                    Assert.Equal(peers[0, connection]?.IsOpen ?? false, peers[1, connection]?.IsOpen ?? false);
                return Enumerable.Range(0, dialledByFirst.Length).Where(connection => peers[0, connection] is { IsOpen: true });
            }
        }

        private IEnumerable<(int End, int Connection)> Next =>
            from end in new[] { 0, 1 }
            from connection in Enumerable.Range(0, dialledByFirst.Length)
            where coming[end, connection].Count > 0
            select (end, connection);

        /// <summary>Tries every order in which things can arrive; how many there are.</summary>
        internal static int Explore(Func<Ends> make, Action<Ends> check)
        {
            var orders = 0;
            var pending = new Stack<int[]>([[]]);
            while (pending.TryPop(out var choices))
            {
                var ends = make();
                foreach (var choice in choices)
                    ends.Arrive(choice);
                var count = ends.Next.Count();
                for (var choice = 0; choice < count; choice++)
                    pending.Push([.. choices, choice]);
                if (count > 0)
                    continue;
                check(ends);
                orders++;
            }

            return orders;
        }

        private bool CanDial(int limit) => dialled < limit;

        private void Dial()
        {
            var dialler = dialledByFirst[dialled] ? 0 : 1;
            peers[dialler, dialled] = ends[dialler].Add(outgoing: true);
            peers[1 - dialler, dialled] = ends[1 - dialler].Add(outgoing: false);
            coming[1 - dialler, dialled].Enqueue(true);
            dialled++;
        }

        private void Arrive(int choice)
        {
            var (end, connection) = Next.ElementAt(choice);
            var isHandshake = coming[end, connection].Dequeue();
            if (peers[end, connection] is not { } peer)
                return; // closed here already
            if (!isHandshake)
            {
                Forget(end, connection);
                return;
            }

            // As Swarm.Shaken does it.
            if (ends[end].Connections.Loser(Instant.Zero, peer, ids[1 - end], ids[end]) is { } loser)
            {
                Close(end, Enumerable.Range(0, dialledByFirst.Length).Single(other => peers[end, other] == loser));
                if (loser == peer)
                    return;
            }

            if (!peer.Outgoing)
                coming[1 - end, connection].Enqueue(true);
            SwarmPair.Shake(peer, ids[1 - end]);
            if (inTurn && peer.Outgoing && dialled < dialledByFirst.Length)
                Dial();
        }

        private void Close(int end, int connection)
        {
            Forget(end, connection);
            coming[1 - end, connection].Enqueue(false);
        }

        private void Forget(int end, int connection)
        {
            ends[end].Connections.Remove(peers[end, connection]!);
            peers[end, connection] = null;
        }
    }
}

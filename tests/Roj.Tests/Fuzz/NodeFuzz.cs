using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Roj.Node;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>A whole node under all of its inputs in any order that a host may give them: hellos true and false, connections that come
/// and go, peers that say anything, pieces right and wrong, and time.</summary>
public sealed class NodeFuzz
{
    private const ushort NodePort = 7071;

    [Fact]
    public void Every_input_in_any_order()
    {
        var seen = new SortedSet<string>();
        Fuzzing.Run(FuzzedRun.Corpus(), input => Play(input, seen), iterations: 2_000);
        string[] expected = ["Completed", "Remember", "Copy", "Piece", "PeerBanned", "Close Duplicate"];
        Assert.Empty(expected.Except(seen));
    }

    private static bool Play(byte[] input, SortedSet<string> seen)
    {
        if (input.Length < 2)
            return false;
        var file = FuzzedRun.Files[input[0] % FuzzedRun.Files.Length];
        var core = new Core(file);
        var memory = new NodeMemory(input[1] % 4 == 1 ? file : null, [Swarming.Place(3, NodePort), Swarming.Place(100, NodePort)]);
        core.Node.Start(FuzzedRun.Start, input[1] % 4 > 1 ? file : null, memory);
        new FuzzedRun(core, new Hostility(input[2..], file), FuzzedRun.Settings).ToEnd(seen);
        Assert.True(NodeMemory.TryRead(core.Node.Memory.Write(), out var kept));
        Assert.Equal(core.Node.Swarm.Info?.InfoHash, kept.Info?.InfoHash);
        return true;
    }

    private sealed class Core(InfoDictionary file) : FuzzedCore
    {
        private readonly InfoDictionary alias = file.Renamed("alias");

        internal Roj.Node.Node Node { get; } = new(
            new NodeSettings
            {
                Finding = new FinderSettings
                {
                    Cluster = "fuzz",
                    Id = new NodeId(100),
                    Boot = 1,
                    Own = Swarming.Place(100, NodePort),
                    SwarmPort = FuzzedRun.Settings.ListenPort,
                    Subnets = [new Subnet(Swarming.Place(100).Address, 28)],
                },
                Swarm = FuzzedRun.Settings,
                Peers = [Swarming.Place(1).Address, Swarming.Place(2).Address],
            },
            new Rng(1));

        internal override SwarmOutbox Outbox => Node.Files;

        internal override Instant? Deadline(Instant now) => Node.Deadline(now);

        internal override void Hint(Instant now, Hostility hostility)
        {
            var number = hostility.Next(10);
            CatalogueEntry[] catalogue = hostility.Next(4) switch
            {
                0 => [],
                1 => [Entry(alias)],
                2 => [Entry(file), Entry(alias)],
                _ => [Entry(file)],
            };
            var hello = new Hello(
                hostility.Next(2) == 0 ? HelloKind.Ask : HelloKind.Answer,
                hostility.Next(16) == 0 ? "other" : "fuzz",
                new NodeId((uint)(hostility.Next(16) == 0 ? 100 : number)),
                (ulong)(1 + hostility.Next(3)),
                (ulong)hostility.Next(3),
                NodePort,
                (ushort)(hostility.Next(8) == 0 ? 0 : 6880 + hostility.Next(3)),
                catalogue,
                [.. Enumerable.Range(0, hostility.Next(5)).Select(_ => Swarming.Place(hostility.Next(10), NodePort))]);
            Node.Greeted(now, Swarming.Place(number, NodePort), hello);
        }

        internal override ConnectionId? Accept(Instant now, Endpoint remote) => Node.Accept(now, remote);

        internal override void Connected(Instant now, ConnectionId connection) => Node.Connected(now, connection);

        internal override void Closed(Instant now, ConnectionId connection) => Node.Closed(now, connection);

        internal override void Shaken(Instant now, ConnectionId connection, Handshake handshake) =>
            Node.Shaken(now, connection, handshake);

        internal override void Receive(Instant now, ConnectionId connection, PeerMessage message) =>
            Node.Receive(now, connection, message);

        internal override void Drained(Instant now, ConnectionId connection, long bytes) => Node.Drained(now, connection, bytes);

        internal override void Verified(Instant now, int piece, bool right) => Node.Verified(now, piece, right);

        internal override void Changed(Instant now) => Node.Changed(now);

        internal override void Tick(Instant now) => Node.Tick(now);

        internal override void Clear()
        {
            // Every hello that is asked for can be written.
            Span<byte> datagram = stackalloc byte[HelloCodec.Length];
            for (var i = 0; i < Node.Finding.Count; i++)
            {
                if (Node.Finding[i].Message is { } hello)
                    HelloCodec.Write(hello, datagram);
            }

            Node.Clear();
        }

        private static CatalogueEntry Entry(InfoDictionary info) =>
            new(new FileId(info.InfoHash.High, info.InfoHash.Low), info.Name);
    }
}

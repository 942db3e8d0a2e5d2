using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>A swarm among hostile peers, on a lawful host: whatever they say in whatever order, no assertion of ours is tripped, nothing
/// is told of or given that was not verified, what is right is not written to, and all there is has its limits.</summary>
public sealed class SwarmFuzz
{
    [Fact]
    public void Hostile_peers()
    {
        var seen = new SortedSet<string>();
        Fuzzing.Run(FuzzedRun.Corpus(), input => Play(input, seen), iterations: 8_000);

        // What never happened was not tested.
        string[] expected =
        [
            .. Enum.GetNames<CloseReason>().Select(name => $"Close {name}"),
            .. typeof(SwarmEvent).GetNestedTypes().Concat(typeof(SwarmEffect).GetNestedTypes()).Select(type => type.Name)
                .Where(name => name != nameof(SwarmEffect.Close)),
            "Bitfield", "Cancel", "Extended", "Have", "HaveAll", "HaveNone", "Interested", "KeepAlive", "NotInterested", "Piece", "Reject",
            "Request", "Unchoke",
        ];
        Assert.Empty(expected.Except(seen));
    }

    private static bool Play(byte[] input, SortedSet<string> seen)
    {
        if (input.Length < 2)
            return false;
        var file = FuzzedRun.Files[input[0] % FuzzedRun.Files.Length];
        var core = new Core(file);
        if (input[1] % 4 > 0)
            core.Swarm.Describe(FuzzedRun.Start, file, core.Outbox);
        new FuzzedRun(core, new Hostility(input[2..], file), FuzzedRun.Settings).ToEnd(seen);
        return true;
    }

    private sealed class Core(InfoDictionary file) : FuzzedCore
    {
        private readonly InfoDictionary alias = file.Renamed("alias");

        internal Swarm Swarm { get; } = new(FuzzedRun.Settings, new Rng(1));

        internal override SwarmOutbox Outbox { get; } = new();

        internal override Instant? Deadline(Instant now) => Swarm.Deadline(now);

        internal override void Hint(Instant now, Hostility hostility)
        {
            var place = hostility.Place();
            Swarm.Learn(now, place, isStatic: hostility.Next(8) == 0, restarted: hostility.Next(2) == 0);
            if (hostility.Next(4) is not (var choice and < 3))
                return;
            var served = choice == 0 ? alias : file;
            Swarm.Serves(place, [new ServedFile(choice == 2 ? Sha1Digest.Of("another"u8) : served.InfoHash, served.Name)]);
        }

        internal override ConnectionId? Accept(Instant now, Endpoint remote) => Swarm.Accept(now, remote, Outbox);

        internal override void Connected(Instant now, ConnectionId connection) => Swarm.Connected(now, connection, Outbox);

        internal override void Closed(Instant now, ConnectionId connection) => Swarm.Closed(now, connection, Outbox);

        internal override void Shaken(Instant now, ConnectionId connection, Handshake handshake) =>
            Swarm.Shaken(now, connection, handshake, Outbox);

        internal override void Receive(Instant now, ConnectionId connection, PeerMessage message) =>
            Swarm.Receive(now, connection, message, Outbox);

        internal override void Drained(Instant now, ConnectionId connection, long bytes) => Swarm.Drained(now, connection, bytes, Outbox);

        internal override void Verified(Instant now, int piece, bool right) => Swarm.Verified(now, piece, right, Outbox);

        internal override void Changed(Instant now) => Swarm.Changed(now, Outbox);

        internal override void Tick(Instant now) => Swarm.Tick(now, Outbox);

        internal override void Clear() => Outbox.Clear();
    }
}

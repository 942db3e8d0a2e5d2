using System.Collections.Immutable;
using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Swarms;

/// <summary>What one run of the swarm simulation is like: drawn from its seed.</summary>
public sealed record SwarmSetup
{
    /// <summary>The most nodes of a run.</summary>
    public const int NodesMax = 100;

    /// <summary>Faults that a swarm of <c>roj sync</c> must survive. Not among them: bytes that change on disk behind a running node's back
    /// (it would have to hash what it gives), and an address that changes while the program runs (its sockets are bound).</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. FaultProfile.Survivable.Where(one => one is not FaultClass.AddressChange)];

    /// <summary>How many nodes: 3–20, in one run of a hundred up to <see cref="NodesMax"/>.</summary>
    public required int Nodes { get; init; }

    /// <summary>How each of them treats its peers. The first is honest, so that there is always somebody to get the file and its
    /// description from; the harmful ones, at most a half, are the last.</summary>
    public required ImmutableArray<Manner> Manners { get; init; }

    /// <summary>How many, from the second node on, were given the description under another name.</summary>
    public required int Aliases { get; init; }

    /// <summary>The file's length.</summary>
    public required int FileBytes { get; init; }

    /// <summary>The length of a part.</summary>
    public required int PieceBytes { get; init; }

    /// <summary>Who has which parts at the start.</summary>
    public required Holding Holding { get; init; }

    /// <summary>Who knows whom at the start.</summary>
    public required Acquaintance Acquaintance { get; init; }

    /// <summary>Whether only one node has the description.</summary>
    public required bool OneDescription { get; init; }

    /// <summary>What each node can send and receive in a second until everything is healed; null for as much as it likes.</summary>
    public required int? BytesPerSecond { get; init; }

    /// <summary>How many, from the first node on, keep slow links after everything else is healed: <see
    /// cref="SlowBytesPerSecond"/>.</summary>
    public required int SlowForGood { get; init; }

    /// <summary>What goes wrong, and until when.</summary>
    public required FaultProfile Faults { get; init; }

    /// <summary>Whether, when all have the file, it is watched for what complete swarms must not do.</summary>
    public required bool Settles { get; init; }

    /// <summary>How many do harm.</summary>
    public int Harmful => Manners.Count(manner => !manner.IsHonest());

    /// <summary>What a link that stays slow carries in a second. A node without a description asks 16 others twice a second in 640 bytes,
    /// and answers: over less than some 25 kB/s these hellos keep the interface's queue full, and no handshake passes in time.</summary>
    public int SlowBytesPerSecond => Math.Max(BytesPerSecond ?? 0, 40_000);

    /// <summary>How much longer than others a run may take for its slow links: every one of them may be needed for the whole file, more
    /// than once.</summary>
    public TimeSpan SlowTime => SlowForGood == 0 ? default : TimeSpan.FromSeconds(4L * FileBytes / SlowBytesPerSecond);

    /// <summary>Draws a run.</summary>
    public static SwarmSetup Draw(ulong seed)
    {
        var rng = new Rng(seed);
        var actors = new Rng(seed ^ StableHash.Of("actors"));
        var nodes = rng.Next(3, rng.Chance(1, 4) ? 21 : 9);
        var isLarge = actors.Chance(1, 100);
        nodes = isLarge ? actors.Next(21, NodesMax + 1) : nodes;
        var pieceBytes = 256 << rng.Next(9); // 256 B to 64 KiB
        // Some runs are long enough for a partition to outlast every connection (about 40 s).
        var seconds = rng.Chance(1, 4) ? rng.Next(60, 150) : rng.Next(5, 40);
        seconds = isLarge ? Math.Min(seconds, 20) : seconds; // each second of a hundred nodes costs as much as a whole small run
        var until = Instant.Zero + TimeSpan.FromSeconds(seconds);
        var fileBytes = rng.Chance(1, 30) ? 0 : rng.Next(1, Math.Min(pieceBytes * 120, 1 << 20));
        // Slow enough, two times in three, that the transfer goes on while things go wrong: otherwise it is over in milliseconds.
        int? bytesPerSecond = rng.Chance(2, 3) ? 3000 + (3 * fileBytes / seconds) : null;
        IReadOnlyList<FaultClass> classes = bytesPerSecond is null ? Survivable : Survivable.Remove(FaultClass.RateCap);
        return new SwarmSetup
        {
            Nodes = nodes,
            Manners = DrawManners(nodes, spoiling: rng.Chance(1, 3) ? rng.Next((nodes / 4) + 1) : 0, actors),
            Aliases = actors.Chance(1, 8) ? actors.Next(1, (nodes / 2) + 1) : 0,
            Settles = actors.Chance(1, 8) && !isLarge,
            SlowForGood = bytesPerSecond is not null && actors.Chance(1, 4) ? actors.Next(1, nodes + 1) : 0,
            FileBytes = fileBytes,
            BytesPerSecond = bytesPerSecond,
            PieceBytes = pieceBytes,
            Holding = (Holding)rng.Next(3),
            Acquaintance = (Acquaintance)rng.Next(3),
            OneDescription = rng.Chance(1, 2),
            Faults = rng.Chance(1, 6)
                ? new FaultProfile { Until = until }
                : FaultProfile.Draw(rng, until, classes) with { LastsMax = TimeSpan.FromSeconds(rng.Next(1, seconds)) },
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() =>
        $"{Nodes} nodes ({string.Join(", ", Manners.GroupBy(one => one).Select(group => $"{group.Count()} {group.Key}"))}), "
        + $"{FileBytes} bytes in parts of {PieceBytes}, {Holding}, {Acquaintance}, "
        + $"{(OneDescription ? "one description" : "all descriptions")}, {Aliases} of them by another name, "
        + $"{BytesPerSecond?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"} B/s, for good: {SlowForGood}, "
        + $"faults until {Faults.Until}: "
        + (Faults.MeanBetween.IsEmpty ? "none" : string.Join(", ", Faults.MeanBetween.Keys));

    private static ImmutableArray<Manner> DrawManners(int nodes, int spoiling, Rng rng)
    {
        var manners = new Manner[nodes];
        var others = rng.Chance(1, 3) ? rng.Next((nodes / 4) + 1) : 0;
        var plain = rng.Chance(1, 3);
        for (var index = 0; index < nodes; index++)
        {
            if (index >= nodes - spoiling)
                manners[index] = Manner.Spoiling;
            else if (index >= nodes - spoiling - others)
                manners[index] = Swarms.Manners.Harmful[rng.Next(Swarms.Manners.Harmful.Length)];
            else if (plain && rng.Chance(1, 2))
                manners[index] = Manner.Plain;
        }

        return [.. manners];
    }
}

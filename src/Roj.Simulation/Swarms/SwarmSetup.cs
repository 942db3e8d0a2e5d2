using System.Collections.Immutable;
using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Swarms;

/// <summary>What one run of the swarm simulation is like: drawn from its seed.</summary>
public sealed record SwarmSetup
{
    /// <summary>Faults that a swarm of <c>roj sync</c> must survive. Not among them: bytes that change on disk behind a running node's back
    /// (it would have to hash what it gives), and an address that changes while the program runs (its sockets are bound).</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. FaultProfile.Survivable.Where(one => one is not FaultClass.AddressChange)];

    /// <summary>How many nodes, 3–20.</summary>
    public required int Nodes { get; init; }

    /// <summary>How many of them send wrong bytes: at most a quarter.</summary>
    public required int Liars { get; init; }

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

    /// <summary>What goes wrong, and until when.</summary>
    public required FaultProfile Faults { get; init; }

    /// <summary>Draws a run.</summary>
    public static SwarmSetup Draw(ulong seed)
    {
        var rng = new Rng(seed);
        var nodes = rng.Next(3, rng.Chance(1, 4) ? 21 : 9);
        var pieceBytes = 256 << rng.Next(9); // 256 B to 64 KiB
        // Some runs are long enough for a partition to outlast every connection (about 40 s).
        var seconds = rng.Chance(1, 4) ? rng.Next(60, 150) : rng.Next(5, 40);
        var until = Instant.Zero + TimeSpan.FromSeconds(seconds);
        var fileBytes = rng.Chance(1, 30) ? 0 : rng.Next(1, Math.Min(pieceBytes * 120, 1 << 20));
        // Slow enough, two times in three, that the transfer goes on while things go wrong: otherwise it is over in milliseconds.
        int? bytesPerSecond = rng.Chance(2, 3) ? 3000 + (3 * fileBytes / seconds) : null;
        IReadOnlyList<FaultClass> classes = bytesPerSecond is null ? Survivable : Survivable.Remove(FaultClass.RateCap);
        return new SwarmSetup
        {
            Nodes = nodes,
            Liars = rng.Chance(1, 3) ? rng.Next((nodes / 4) + 1) : 0,
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
        $"{Nodes} nodes ({Liars} liars), {FileBytes} bytes in parts of {PieceBytes}, {Holding}, {Acquaintance}, "
        + $"{(OneDescription ? "one description" : "all descriptions")}, "
        + $"{BytesPerSecond?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"} B/s, faults until {Faults.Until}: "
        + (Faults.MeanBetween.IsEmpty ? "none" : string.Join(", ", Faults.MeanBetween.Keys));
}

using System.Globalization;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>What one run of the store where a majority decides is like: drawn from its seed.</summary>
public sealed record QuorumSetup
{
    /// <summary>What its agreement is like.</summary>
    public required AgreementSetup Agreement { get; init; }

    /// <summary>The mean time until another leads, and wants slots elsewhere; null for never.</summary>
    public required TimeSpan? Moves { get; init; }

    /// <summary>How many nodes must have slots at least, whoever leads: what is on one disk alone is gone with it.</summary>
    public required int LeastNodes { get; init; }

    /// <summary>The mean time between two power cuts of all machines at once; null for none.</summary>
    public required TimeSpan? Blackouts { get; init; }

    /// <summary>How far clocks on walls are off at most.</summary>
    public required TimeSpan ClocksApart { get; init; }

    /// <summary>The mean time until one of them is set, to be off by as much at most; null for never.</summary>
    public required TimeSpan? ClockJumps { get; init; }

    /// <summary>The mean time until somebody leaves, to come back later; null for never.</summary>
    public required TimeSpan? Leaves { get; init; }

    /// <summary>How many calls a node asks its registers for at a time.</summary>
    public required int AskedMax { get; init; }

    /// <summary>Draws a run.</summary>
    public static QuorumSetup Draw(ulong seed)
    {
        var drawn = AgreementSetup.Draw(seed);
        var rng = new Rng(seed ^ StableHash.Of("quorum"));
        var machines = Math.Clamp(drawn.Machines, 1, 5);
        var mishap = machines < 3 || rng.Chance(1, 2)
            ? Mishap.None
            : rng.Pick([Mishap.Wiped, Mishap.SetBack, Mishap.Corrupted, Mishap.Cut]);
        // The first of them, and those who join them.
        var founders = rng.Chance(1, 2) ? machines : rng.Pick([1, 1, Math.Min(3, machines)]);
        return new QuorumSetup
        {
            Agreement = drawn with
            {
                Machines = machines,
                Expected = [.. Enumerable.Range(0, machines).Select(index => index < founders ? founders : 0)],
                Paces = [.. drawn.Paces.Take(machines)],
                Clients = Math.Min(drawn.Clients, 5),
                Registers = Math.Clamp(drawn.Registers, 3, 6),
                HasDeletions = true,
                TellsChosen = true,
                Leases = (0, 0),
                Mishap = mishap,
                Evictions = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(2, 8)),
                Thinks = TimeSpan.FromMilliseconds(400),
                PlacementPause = TimeSpan.FromMilliseconds(50),
                RepairPause = TimeSpan.FromMilliseconds(20),
                RepairRest = TimeSpan.FromSeconds(3),
                Patience = rng.Pick([drawn.Patience, drawn.Patience, TimeSpan.FromMilliseconds(500)]),
                // Of few slots each has keys, so that each move has something to lose; and there are fewer to be looked after.
                Slots = rng.Pick([2, 4, 8, 8, 8, 16, 16, Placement.SlotsMax]),
            },
            Moves = rng.Chance(1, founders < machines ? 8 : 3) ? null : TimeSpan.FromSeconds(rng.Next(2, 8)),
            LeastNodes = mishap is Mishap.None ? 1 : 3,
            Blackouts = rng.Chance(2, 3) ? null : TimeSpan.FromSeconds(rng.Next(3, 12)),
            ClocksApart = TimeSpan.FromMilliseconds(rng.Pick([0, 50, 500, 3000])),
            AskedMax = rng.Pick([512, 512, 2]),
            ClockJumps = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(1, 6)),
            Leaves = mishap is not Mishap.None || rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(3, 10)),
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Agreement}; another leads each {Moves?.TotalSeconds ?? 0} s, no power each {Blackouts?.TotalSeconds ?? 0} s, "
            + $"clocks apart {ClocksApart.TotalMilliseconds} ms and set each {ClockJumps?.TotalSeconds ?? 0} s, "
            + $"somebody leaves each {Leaves?.TotalSeconds ?? 0} s, {AskedMax} at a time, {Agreement.Slots} slots");
}

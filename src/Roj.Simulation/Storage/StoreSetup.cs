using System.Collections.Immutable;
using System.Globalization;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Storage;

/// <summary>What one run of the simulation of the store is like: drawn from its seed.</summary>
public sealed record StoreSetup
{
    /// <summary>Faults that the store must survive. Not among them: what streams keep from it (flipped bits, repetitions), and addresses,
    /// which are not its own.</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. FaultProfile.Survivable.Where(one => one is not (FaultClass.Corrupt or FaultClass.Duplicate or FaultClass.AddressChange
            or FaultClass.BroadcastSplit))];

    /// <summary>How long is waited for others before tombstones are dropped.</summary>
    public static TimeSpan BuryPatience { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How many machines.</summary>
    public required int Machines { get; init; }

    /// <summary>When each machine is first started; null: only when all is calm.</summary>
    public required ImmutableArray<TimeSpan?> StartsAt { get; init; }

    /// <summary>How many milliseconds the wall clock of each machine is ahead.</summary>
    public required ImmutableArray<long> Offsets { get; init; }

    /// <summary>Copies of each key.</summary>
    public required int Copies { get; init; }

    /// <summary>How many clients there are.</summary>
    public required int Clients { get; init; }

    /// <summary>How many keys they use, and in how many databases.</summary>
    public required (int Names, int Databases) Keys { get; init; }

    /// <summary>Bytes of a value at most, about.</summary>
    public required int ValueBytes { get; init; }

    /// <summary>How long a client thinks at most before it asks for the next thing.</summary>
    public required TimeSpan Thinks { get; init; }

    /// <summary>How often copies are compared.</summary>
    public required TimeSpan ComparePause { get; init; }

    /// <summary>Hints that a node keeps at most.</summary>
    public required int HintsMax { get; init; }

    /// <summary>How often a machine tells that it is here, and looks who is.</summary>
    public required TimeSpan HelloEvery { get; init; }

    /// <summary>How long who says nothing still counts as here.</summary>
    public required TimeSpan HelloPatience { get; init; }

    /// <summary>How often, of 1,000 looks at another machine, it is believed to be what it is not, for a while.</summary>
    public required int LiesPerMille { get; init; }

    /// <summary>The mean time between two jumps of a wall clock; null for none.</summary>
    public required TimeSpan? Jumps { get; init; }

    /// <summary>The mean time between two that lose their disks, and are others then; null for none.</summary>
    public required TimeSpan? Wipes { get; init; }

    /// <summary>The mean time between two that are told to be gone, and come back later; null for none.</summary>
    public required TimeSpan? Evictions { get; init; }

    /// <summary>Until when the machines are in two halves that have not met yet; null if they are not.</summary>
    public required TimeSpan? MeetAt { get; init; }

    /// <summary>Whether somebody leaves in good order while all is calm.</summary>
    public required bool HasLeave { get; init; }

    /// <summary>How many times slower disks are while all is calm: keys move slowly then.</summary>
    public required int CalmSlowness { get; init; }

    /// <summary>How long what was read or written may be on its way.</summary>
    public required TimeSpan MessageAge { get; init; }

    /// <summary>How long all must have had a tombstone before it is dropped.</summary>
    public required TimeSpan BuryPause { get; init; }

    /// <summary>How often tombstones are looked for.</summary>
    public required TimeSpan BuryEvery { get; init; }

    /// <summary>How long somebody who was told to be gone may be away before he is done without.</summary>
    public required TimeSpan OutcastPatience { get; init; }

    /// <summary>Of how many in 1,000 versions on their way another comes to the same node much later.</summary>
    public required int LingersPerMille { get; init; }

    /// <summary>Whether somebody is told to be gone at the end, and comes back when what was deleted meanwhile is forgotten.</summary>
    public required bool HasExile { get; init; }

    /// <summary>What goes wrong, and until when.</summary>
    public required FaultProfile Faults { get; init; }

    /// <summary>How logs are kept.</summary>
    public required LogSettings Log { get; init; }

    /// <summary>Draws a run.</summary>
    public static StoreSetup Draw(ulong seed)
    {
        var rng = new Rng(seed ^ StableHash.Of("store"));
        var calm = new Rng(seed ^ StableHash.Of("store/calm"));
        var bury = new Rng(seed ^ StableHash.Of("store/bury"));
        var recent = new Rng(seed ^ StableHash.Of("store/recent"));
        var age = TimeSpan.FromMilliseconds(bury.Next(1500, 3000));
        var machines = rng.Chance(1, 12) ? rng.Next(1, 3) : rng.Next(3, rng.Chance(1, 3) ? 7 : 5);
        var until = TimeSpan.FromSeconds(rng.Next(5, rng.Chance(1, 4) ? 30 : 14));
        var copies = machines > 2 && rng.Chance(1, 8) ? 3 : 2;
        var hours = rng.Pick([0, 1, 3]) * 3_600_000;
        return new StoreSetup
        {
            Machines = machines,
            StartsAt =
            [
                .. Enumerable.Range(0, machines).Select(i => rng.Chance(2, 3) ? rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1))
                    : i > copies && rng.Chance(1, 2) ? (TimeSpan?)null : rng.Next(TimeSpan.Zero, until / 2)),
            ],
            Offsets = [.. Enumerable.Range(0, machines).Select(_ => (long)rng.Next(-hours, hours + 1))],
            Copies = copies,
            Clients = rng.Next(1, 5),
            Keys = (rng.Next(1, rng.Chance(1, 2) ? 4 : 25), rng.Next(1, 3)),
            ValueBytes = rng.Pick([20, 20, 300, 3000]),
            Thinks = TimeSpan.FromMilliseconds(rng.Pick([50, 200, 600])),
            ComparePause = TimeSpan.FromSeconds(rng.Next(2, 8)),
            HintsMax = rng.Chance(1, 6) ? rng.Next(1, 6) : 100_000,
            HelloEvery = TimeSpan.FromMilliseconds(rng.Next(300, 601)),
            HelloPatience = TimeSpan.FromMilliseconds(rng.Next(1500, 3001)),
            LiesPerMille = rng.Chance(1, 2) ? 0 : rng.Next(1, 60),
            Jumps = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(1, 6)),
            Wipes = machines < 3 || rng.Chance(2, 3) ? null : TimeSpan.FromSeconds(rng.Next(4, 20)),
            Evictions = machines < 3 || rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(2, 10)),
            MeetAt = machines > 2 && rng.Chance(1, 4) ? rng.Next(until / 2, until) : null,
            HasLeave = machines > 3 && rng.Chance(1, 4),
            CalmSlowness = calm.Chance(1, 2) ? 1 : calm.Next(10, 40),
            MessageAge = age,
            BuryPause = age + BuryPatience + bury.Next(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)),
            BuryEvery = TimeSpan.FromMilliseconds(bury.Next(300, 2000)),
            LingersPerMille = bury.Pick([0, 20, 200]),
            HasExile = machines > 2 && bury.Chance(1, 2),
            OutcastPatience = TimeSpan.FromMilliseconds(bury.Next(500, 5000)),
            Faults = rng.Chance(1, 8)
                ? new FaultProfile { Until = Instant.Zero + until }
                : FaultProfile.Draw(rng, Instant.Zero + until, Survivable) with { LastsMax = TimeSpan.FromSeconds(rng.Next(1, 8)) },
            Log = new LogSettings(1)
            {
                HashSeed = LogShelf.HashSeed,
                SegmentBytes = rng.Pick([16 * 1024, 64 * 1024]),
                PreallocateBytes = rng.Pick([0, 4096]),
                ReserveBytes = rng.Pick([0, 4096]),
                RecentMax = recent.Pick([0, 4, 1024]),
            },
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Machines} machines started at {string.Join(',', StartsAt.Select(at => at is { } time ? Text(time.TotalSeconds) : "calm"))}"
            + $", {Copies} copies, {Clients} clients, {Keys.Names} names in {Keys.Databases} databases, values of {ValueBytes} B, "
            + $"hours {string.Join(',', Offsets.Select(offset => Text(offset / 3_600_000.0)))}, "
            + $"{HintsMax} hints, {LiesPerMille} ‰ lies, jumps each {Jumps?.TotalSeconds ?? 0} s, wipes each {Wipes?.TotalSeconds ?? 0} s, "
            + $"evictions each {Evictions?.TotalSeconds ?? 0} s, met at {MeetAt?.TotalSeconds ?? 0} s{(HasLeave ? ", a leave" : "")}, "
            + $"disks x{CalmSlowness} in the calm, "
            + $"{LingersPerMille} ‰ linger{(HasExile ? ", an exile" : "")}, "
            + $"tombstones {Text(BuryPause.TotalSeconds)} s, gone {Text(OutcastPatience.TotalSeconds)} s, "
            + $"faults until {Faults.Until}: {(Faults.MeanBetween.IsEmpty ? "none" : string.Join(", ", Faults.MeanBetween.Keys))}");

    private static string Text(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
}

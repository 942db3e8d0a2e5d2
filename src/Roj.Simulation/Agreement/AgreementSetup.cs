using System.Collections.Immutable;
using System.Globalization;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Agreement;

/// <summary>What one run of the simulation of agreement is like: drawn from its seed.</summary>
public sealed record AgreementSetup
{
    /// <summary>Faults that agreement must survive. Not among them: flipped bits, which the stream's checksums and ciphers find out; clocks
    /// that differ by more than is assumed; addresses, which are not agreement's.</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. FaultProfile.Survivable.Where(one => one is not (FaultClass.Corrupt or FaultClass.AddressChange or FaultClass.ClockDrift
            or FaultClass.BroadcastSplit))];

    /// <summary>How many machines.</summary>
    public required int Machines { get; init; }

    /// <summary>For how many each machine waits to begin with; 0 for none: it joins.</summary>
    public required ImmutableArray<int> Expected { get; init; }

    /// <summary>Local microseconds per true second, of each machine.</summary>
    public required ImmutableArray<int> Paces { get; init; }

    /// <summary>How many clients there are.</summary>
    public required int Clients { get; init; }

    /// <summary>How many registers they use.</summary>
    public required int Registers { get; init; }

    /// <summary>Whether they delete: versions jump then.</summary>
    public required bool HasDeletions { get; init; }

    /// <summary>How many machines hold leases, and of how many names.</summary>
    public required (int Workers, int Names) Leases { get; init; }

    /// <summary>The mean time between two wishes that somebody be evicted; null for none.</summary>
    public required TimeSpan? Evictions { get; init; }

    /// <summary>What befalls one machine once.</summary>
    public required Mishap Mishap { get; init; }

    /// <summary>How often, of 1,000 looks at another machine, it is believed to be what it is not, for a while.</summary>
    public required int LiesPerMille { get; init; }

    /// <summary>What goes wrong, and until when.</summary>
    public required FaultProfile Faults { get; init; }

    /// <summary>How long a client thinks at most before it asks for the next thing.</summary>
    public required TimeSpan Thinks { get; init; }

    /// <summary>How long a node must have been here before it is given a vote.</summary>
    public required TimeSpan AliveBeforeVote { get; init; }

    /// <summary>How long a change of the roster may stand still before another steward goes on.</summary>
    public required TimeSpan StewardPatience { get; init; }

    /// <summary>How many slots the store has.</summary>
    public int Slots { get; init; } = Placement.SlotsMax;

    /// <summary>How long a change or a reading may take.</summary>
    public TimeSpan Patience { get; init; } = new ProposerSettings().Patience;

    /// <summary>After this whoever leads looks at some slots again.</summary>
    public TimeSpan PlacementPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After this a replica goes on comparing what it has with another.</summary>
    public TimeSpan RepairPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>When it has gone through all it rests for so long.</summary>
    public TimeSpan RepairRest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is told what becomes of registers of the store.</summary>
    public bool TellsChosen { get; init; }

    /// <summary>How logs are kept.</summary>
    public required LogSettings Log { get; init; }

    /// <summary>Whether a cluster must come of it: all who wait wait for the same number, and there are as many.</summary>
    public bool IsBirthSure => Expected.Where(one => one > 0).Distinct().Count() == 1 && Expected.Count(one => one > 0) == Expected.Max();

    /// <summary>Whether nothing goes wrong with wires, machines and disks.</summary>
    public bool IsQuiet => Faults.MeanBetween.IsEmpty;

    /// <summary>For how many a machine waits.</summary>
    public int ExpectedOf(int index) => Expected[index];

    /// <summary>The pace of a machine's clock.</summary>
    public int PaceOf(int index) => Paces[index];

    /// <summary>Draws a run.</summary>
    public static AgreementSetup Draw(ulong seed)
    {
        var rng = new Rng(seed ^ StableHash.Of("agreement"));
        var machines = rng.Chance(1, 12) ? rng.Next(1, 3) : rng.Next(3, rng.Chance(1, 3) ? 8 : 6);
        var seconds = rng.Next(6, rng.Chance(1, 4) ? 40 : 20);
        var until = Instant.Zero + TimeSpan.FromSeconds(seconds);
        var deletes = rng.Chance(1, 3);
        return new AgreementSetup
        {
            Machines = machines,
            Expected = DrawExpected(rng, machines),
            Paces = [.. Enumerable.Range(0, machines).Select(_ => rng.Next(960_000, 1_040_001))],
            // Where versions jump the search for an order takes long, so there is less to be ordered.
            Clients = rng.Next(3, deletes ? 7 : 13),
            Registers = rng.Next(deletes ? 3 : 1, rng.Chance(1, 2) ? 4 : 9),
            HasDeletions = deletes,
            Leases = rng.Chance(1, 3) ? (0, 0) : (rng.Next(1, 4), rng.Next(1, 3)),
            Mishap = machines < 3 || rng.Chance(2, 3) ? Mishap.None : rng.Pick([Mishap.Wiped, Mishap.SetBack, Mishap.SetBack]),
            Evictions = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(2, 8)),
            LiesPerMille = rng.Chance(1, 2) ? 0 : rng.Next(1, 100),
            Faults = rng.Chance(1, 10)
                ? new FaultProfile { Until = until }
                : FaultProfile.Draw(rng, until, Survivable) with { LastsMax = TimeSpan.FromSeconds(rng.Next(1, seconds)) },
            Thinks = TimeSpan.FromMilliseconds(rng.Pick([deletes ? 300 : 50, 300, 600, 1000])),
            AliveBeforeVote = TimeSpan.FromSeconds(rng.Next(1, 4)),
            StewardPatience = TimeSpan.FromMilliseconds(rng.Next(300, 3000)),
            Log = new LogSettings(1)
            {
                Grouped = LogStore.Grouped,
                HashSeed = LogStore.HashSeed,
                SegmentBytes = rng.Pick([4096, 16 * 1024, 64 * 1024]),
                PreallocateBytes = rng.Pick([0, 4096]),
                ReserveBytes = rng.Pick([0, 4096]),
            },
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Machines} machines that wait for {string.Join(',', Expected)}, {Clients} clients, {Registers} registers"
            + $"{(HasDeletions ? " with deletions" : "")}, "
            + $"{Leases.Workers} hold {Leases.Names} leases, evictions each {Evictions?.TotalSeconds ?? 0} s, mishap {Mishap}, "
            + $"{LiesPerMille} ‰ lies, faults until {Faults.Until}: {(IsQuiet ? "none" : string.Join(", ", Faults.MeanBetween.Keys))}");

    // Most know how many they are; who joins later waits for nobody. Sometimes they are told different numbers, or fewer than there are.
    private static ImmutableArray<int> DrawExpected(Rng rng, int machines)
    {
        var founders = rng.Chance(1, 2) ? machines : rng.Next(1, machines + 1);
        var (isOdd, wrong) = (rng.Chance(1, 10), rng.Next(1, machines + 1));
        return
        [
            .. Enumerable.Range(0, machines).Select(index =>
                isOdd ? rng.Chance(1, 2) ? wrong : founders : index < founders ? founders : 0),
        ];
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Roj.Agreement;
using Roj.Election;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Elections;

/// <summary>What one run of the simulation of elections is like: drawn from its seed.</summary>
public sealed record ElectionSetup
{
    /// <summary>Whether a majority grants who leads; else each side of a split network has its leader.</summary>
    public required bool IsQuorum { get; init; }

    /// <summary>Which election nominates.</summary>
    public required ElectionKind Kind { get; init; }

    /// <summary>How many machines there are, how their clocks go, who founds the roster, and what goes wrong.</summary>
    public required AgreementSetup Agreement { get; init; }

    /// <summary>When each machine is first started.</summary>
    public required ImmutableArray<TimeSpan> StartsAt { get; init; }

    /// <summary>How often a leader says that it is there.</summary>
    public required TimeSpan Heartbeat { get; init; }

    /// <summary>How long nobody new must have appeared; on the ring, how long a node waits before it stands, and stands again.</summary>
    public required TimeSpan NewClientTimeout { get; init; }

    /// <summary>How long who is to lead may take.</summary>
    public required TimeSpan NomineePatience { get; init; }

    /// <summary>How long a leader may stand still.</summary>
    public required TimeSpan StandstillMax { get; init; }

    /// <summary>For how long the leader has its lease.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>How often a machine tells that it is here, and looks who is.</summary>
    public required TimeSpan HelloEvery { get; init; }

    /// <summary>How long who says nothing still counts as here.</summary>
    public required TimeSpan HelloPatience { get; init; }

    /// <summary>The mean time between two that leave in good order; null for none.</summary>
    public required TimeSpan? Leaves { get; init; }

    /// <summary>The mean time between two heartbeats in another's name, or two repetitions of what went round the ring; null for
    /// none.</summary>
    public required TimeSpan? Forgeries { get; init; }

    /// <summary>Whether the healed network is split into halves once more, with nothing else wrong.</summary>
    public required bool HasSplit { get; init; }

    /// <summary>Whether one of the healed network is seen by all, but not heard for a while: the leader. On the ring one is not reached
    /// while the leader dies.</summary>
    public required bool HasSilence { get; init; }

    /// <summary>Whether, when all is quiet, the highest address that does not lead goes and comes back.</summary>
    public required bool HasReturn { get; init; }

    /// <summary>How many machines.</summary>
    public int Machines => Agreement.Machines;

    /// <summary>What goes wrong, and until when.</summary>
    public FaultProfile Faults => Agreement.Faults;

    /// <summary>Draws a run.</summary>
    public static ElectionSetup Draw(ulong seed)
    {
        var rng = new Rng(seed ^ StableHash.Of("election"));
        var isQuorum = rng.Chance(1, 2);
        var agreement = Draw(rng, AgreementSetup.Draw(seed), isQuorum);
        var until = agreement.Faults.Until.SinceZero;
        var setup = new ElectionSetup
        {
            Kind = ElectionKind.Bully,
            IsQuorum = isQuorum,
            Agreement = agreement,
            // Founders of a roster may be late too: it waits for them.
            StartsAt =
            [
                .. Enumerable.Range(0, agreement.Machines).Select(_ => rng.Chance(2, 3) ? rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1))
                    : rng.Next(TimeSpan.Zero, until / 2)),
            ],
            Heartbeat = TimeSpan.FromMilliseconds(rng.Pick([200, 500, 1000, 2000])),
            // Shorter than it takes to find the others it makes leaders of those who come.
            NewClientTimeout = TimeSpan.FromMilliseconds(rng.Next(1200, 2501)),
            NomineePatience = TimeSpan.FromMilliseconds(rng.Next(300, 1001)),
            StandstillMax = TimeSpan.FromMilliseconds(rng.Next(500, 3001)),
            Lease = TimeSpan.FromMilliseconds(rng.Next(500, 3001)),
            HelloEvery = TimeSpan.FromMilliseconds(rng.Next(200, 501)),
            HelloPatience = TimeSpan.FromMilliseconds(rng.Next(1500, 4001)),
            Leaves = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(2, 8)),
            Forgeries = rng.Chance(2, 3) ? null : TimeSpan.FromSeconds(rng.Next(1, 4)),
            HasSplit = agreement.Machines > 1 && rng.Chance(1, 3),
            HasReturn = rng.Chance(2, 3),
            HasSilence = false,
        };
        // Whom it does not reach a ring of two can't go past; and where a majority decides, a leader that it hears stays, whoever else does
        // not.
        return rng.Chance(2, 5)
            ? setup with { Kind = ElectionKind.Ring, HasSilence = setup.Machines > 3 && rng.Chance(1, 3) }
            : setup with { HasSilence = !isQuorum && setup.Machines > 1 && rng.Chance(1, 3) };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Machines} machines, {(Kind is ElectionKind.Ring ? "ring" : "bully")}, "
            + $"{(IsQuorum ? $"quorum: {string.Join(',', Agreement.Expected)}, lease {Lease.TotalSeconds} s" : "available")}"
            + $", started at {string.Join(',', StartsAt.Select(at => at.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)))}, "
            + $"heartbeat {Heartbeat.TotalSeconds} s, {Agreement.LiesPerMille} ‰ lies, leaves each {Leaves?.TotalSeconds ?? 0} s, "
            + $"forgeries each {Forgeries?.TotalSeconds ?? 0} s{(HasSplit ? ", a split" : "")}{(HasSilence ? ", a silence" : "")}"
            + $"{(HasReturn ? ", a return" : "")}, "
            + $"faults until {Faults.Until}: {(Agreement.IsQuiet ? "none" : string.Join(", ", Faults.MeanBetween.Keys))}");

    // Of agreement's own run only the registers: no clients, no mishaps, and a birth that must come about.
    private static AgreementSetup Draw(Rng rng, AgreementSetup drawn, bool isQuorum)
    {
        // Seven vote at most: of nine, two only follow.
        var machines = !isQuorum ? rng.Chance(1, 20) ? rng.Next(10, 17) : rng.Next(1, 8)
            : drawn.Machines == ReplicaSet.MembersMax ? 9 : drawn.Machines;
        var founders = Math.Min(ReplicaSet.MembersMax, rng.Chance(1, 2) ? machines : rng.Next(1, machines + 1));
        var expected = Enumerable.Range(0, machines).Select(index => index < founders ? founders : 0).ToArray();
        rng.Shuffle<int>(expected);
        return drawn with
        {
            Machines = machines,
            Expected = [.. expected],
            Paces = [.. Enumerable.Range(0, machines).Select(_ => rng.Next(960_000, 1_040_001))],
            Clients = 0,
            Leases = (0, 0),
            Mishap = Mishap.None,
            Evictions = null,
        };
    }
}

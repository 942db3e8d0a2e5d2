using System.Collections.Immutable;
using System.Globalization;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Tokens;

/// <summary>What one run of the simulation of tokens is like: drawn from its seed.</summary>
public sealed record TokenSetup
{
    /// <summary>Whether the token is a lease that a majority grants; else whoever has it is its owner.</summary>
    public required bool IsQuorum { get; init; }

    /// <summary>How many machines there are, how their clocks go, who founds the roster, and what goes wrong.</summary>
    public required AgreementSetup Agreement { get; init; }

    /// <summary>When each machine is first started.</summary>
    public required ImmutableArray<TimeSpan> StartsAt { get; init; }

    /// <summary>How long an owner works at most before it passes the token on.</summary>
    public required TimeSpan HoldMax { get; init; }

    /// <summary>How long the token's lease is, in quorum mode.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>How long an owner may stand still.</summary>
    public required TimeSpan StandstillMax { get; init; }

    /// <summary>How often a machine tells that it is here, and looks who is.</summary>
    public required TimeSpan HelloEvery { get; init; }

    /// <summary>How long who says nothing still counts as here.</summary>
    public required TimeSpan HelloPatience { get; init; }

    /// <summary>The mean time between two that leave in good order; null for none.</summary>
    public required TimeSpan? Leaves { get; init; }

    /// <summary>The mean time between two repetitions of a token that was given once; null for none.</summary>
    public required TimeSpan? Repeats { get; init; }

    /// <summary>How often, of 1,000 frames, a connection is cut just when its frame has come.</summary>
    public required int CutsPerMille { get; init; }

    /// <summary>Until when the machines are in two halves that have not met yet; null if they are not.</summary>
    public required TimeSpan? MeetAt { get; init; }

    /// <summary>Whether the healed network is split into halves once more, with nothing else wrong.</summary>
    public required bool HasSplit { get; init; }

    /// <summary>Whether, when all is quiet, the owner leaves in good order.</summary>
    public required bool HasLeave { get; init; }

    /// <summary>How many machines.</summary>
    public int Machines => Agreement.Machines;

    /// <summary>What goes wrong, and until when.</summary>
    public FaultProfile Faults => Agreement.Faults;

    /// <summary>Draws a run.</summary>
    public static TokenSetup Draw(ulong seed)
    {
        var rng = new Rng(seed ^ StableHash.Of("token"));
        var isQuorum = IsQuorumIn(seed);
        var agreement = Draw(rng, AgreementSetup.Draw(seed), isQuorum);
        var until = agreement.Faults.Until.SinceZero;
        return new TokenSetup
        {
            IsQuorum = isQuorum,
            Agreement = agreement,
            StartsAt =
            [
                .. Enumerable.Range(0, agreement.Machines).Select(_ => rng.Chance(2, 3) ? rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1))
                    : rng.Next(TimeSpan.Zero, until / 2)),
            ],
            HoldMax = TimeSpan.FromMilliseconds(rng.Pick([100, 200, 400, 1500])),
            Lease = TimeSpan.FromMilliseconds(rng.Next(1000, 3001)),
            StandstillMax = TimeSpan.FromMilliseconds(rng.Next(500, 1501)),
            HelloEvery = TimeSpan.FromMilliseconds(rng.Next(300, 601)),
            HelloPatience = TimeSpan.FromMilliseconds(rng.Next(1500, 4001)),
            Leaves = rng.Chance(1, 2) ? null : TimeSpan.FromSeconds(rng.Next(2, 8)),
            Repeats = rng.Chance(1, 2) ? null : TimeSpan.FromMilliseconds(rng.Next(300, 3000)),
            CutsPerMille = rng.Chance(1, 2) ? 0 : rng.Next(1, 100),
            MeetAt = !isQuorum && agreement.Machines > 1 && rng.Chance(1, 5) ? rng.Next(until / 2, until) : null,
            HasSplit = agreement.Machines > 1 && rng.Chance(1, 3),
            HasLeave = agreement.Machines > 1 && rng.Chance(1, 2),
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Machines} machines, {(IsQuorum ? $"quorum: {string.Join(',', Agreement.Expected)}, lease {Lease.TotalSeconds} s" : "available")}"
            + $", started at {string.Join(',', StartsAt.Select(at => at.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)))}, "
            + $"{Agreement.LiesPerMille} ‰ lies, {CutsPerMille} ‰ cuts, met at {MeetAt?.TotalSeconds ?? 0} s, "
            + $"held for {HoldMax.TotalSeconds} s, leaves each {Leaves?.TotalSeconds ?? 0} s, "
            + $"repetitions each {Repeats?.TotalSeconds ?? 0} s{(HasSplit ? ", a split" : "")}{(HasLeave ? ", a leave" : "")}, "
            + $"faults until {Faults.Until}: {(Agreement.IsQuiet ? "none" : string.Join(", ", Faults.MeanBetween.Keys))}");

    /// <summary>Every other seed is of quorum mode.</summary>
    internal static bool IsQuorumIn(ulong seed) => seed % 2 == 0;

    // Of agreement's own run only the registers: no clients, no mishaps, and a birth that must come about.
    private static AgreementSetup Draw(Rng rng, AgreementSetup drawn, bool isQuorum)
    {
        var machines = isQuorum ? Math.Min(drawn.Machines, 5) : rng.Chance(1, 20) ? rng.Next(8, 13) : rng.Next(1, 7);
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

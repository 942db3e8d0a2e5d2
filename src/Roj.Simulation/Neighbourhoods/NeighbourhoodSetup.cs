using System.Collections.Immutable;
using Roj.Kernel;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>What one run of the simulation of neighbourhoods is like: drawn from its seed.</summary>
public sealed record NeighbourhoodSetup
{
    /// <summary>The most nodes of a run.</summary>
    public const int NodesMax = 100;

    /// <summary>Faults that members must survive. Not among them: flipped bits, which the kernel's checksum of a datagram (RFC 768) takes
    /// for losses, and this network's does not.</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. FaultProfile.Survivable.Where(one => one is not (FaultClass.Corrupt or FaultClass.AddressChange))];

    /// <summary>Faults after which a member has forgotten lives, and whom it knew: where nothing else leads to others it may not
    /// survive them.</summary>
    public static ImmutableArray<FaultClass> Forgetting { get; } = [FaultClass.Wipe, FaultClass.OldSnapshot];

    /// <summary>How many machines: 3–8 in most runs, in one of a hundred up to <see cref="NodesMax"/>.</summary>
    public required int Nodes { get; init; }

    /// <summary>How they come to know of each other.</summary>
    public required Way Way { get; init; }

    /// <summary>How many of them are started at the beginning; the others join later.</summary>
    public required int First { get; init; }

    /// <summary>What goes wrong, and until when.</summary>
    public required FaultProfile Faults { get; init; }

    /// <summary>The mean time between two comings, goings and deaths; null for none.</summary>
    public required TimeSpan? Churn { get; init; }

    /// <summary>How many die for good when everything else is healed.</summary>
    public required int DieAtLast { get; init; }

    /// <summary>Whether a machine with the identity of another comes and goes: a data directory was copied.</summary>
    public required bool HasClone { get; init; }

    /// <summary>Whether they have a key: not drawn, so that a seed is the same run with it.</summary>
    public bool HasKey { get; init; }

    /// <summary>Whether nothing is lost, late or stopped.</summary>
    public bool IsQuiet => Faults.MeanBetween.IsEmpty;

    /// <summary>Draws a run.</summary>
    public static NeighbourhoodSetup Draw(ulong seed)
    {
        var rng = new Rng(seed ^ StableHash.Of("neighbourhood"));
        var isLarge = rng.Chance(1, 100);
        var nodes = isLarge ? rng.Next(21, NodesMax + 1) : rng.Next(3, rng.Chance(1, 8) ? 21 : 9);
        var seconds = isLarge ? rng.Next(5, 15) : rng.Chance(1, 4) ? rng.Next(60, 120) : rng.Next(5, 40);
        var until = Instant.Zero + TimeSpan.FromSeconds(seconds);
        var way = (Way)rng.Next(5);
        var classes = way == Way.Unconfigured ? Survivable.Add(FaultClass.AddressChange) : Survivable;
        if (way != Way.Remembered)
            classes = classes.AddRange(Forgetting);
        return new NeighbourhoodSetup
        {
            Nodes = nodes,
            Way = way,
            First = rng.Chance(1, 2) ? nodes : rng.Next(1, nodes + 1),
            Faults = rng.Chance(1, 4)
                ? new FaultProfile { Until = until }
                : FaultProfile.Draw(rng, until, classes) with { LastsMax = TimeSpan.FromSeconds(rng.Next(1, seconds)) },
            Churn = rng.Chance(1, 3) ? null : TimeSpan.FromSeconds(rng.Next(2, seconds)),
            DieAtLast = rng.Chance(1, 2) ? 0 : rng.Next(0, Math.Min(nodes / 2, 5) + 1),
            HasClone = rng.Chance(1, 10),
        };
    }

    /// <summary>One line for a report.</summary>
    public override string ToString() =>
        $"{Nodes} nodes, {First} at first, {Way}, "
        + $"churn each {Churn?.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} s, "
        + $"{DieAtLast} die at last, {(HasClone ? "a clone, " : "")}{(HasKey ? "a key, " : "")}faults until {Faults.Until}: "
        + (IsQuiet ? "none" : string.Join(", ", Faults.MeanBetween.Keys));
}

using System.Collections.Immutable;
using Roj.Kernel;

namespace Roj.Simulation.Faults;

/// <summary>Which faults a <see cref="Nemesis"/> commits, how often and until when.</summary>
public sealed record FaultProfile
{
    /// <summary>Classes that leave stored data as it was synced: whatever a correct node may be asked to survive.</summary>
    public static ImmutableArray<FaultClass> Survivable { get; } =
        [.. Enum.GetValues<FaultClass>().Where(one => one is not (FaultClass.BitFlip or FaultClass.ExternalTruncate or FaultClass.Wipe
            or FaultClass.OldSnapshot))];

    /// <summary>The mean time between two faults of a class; classes that are not in it don't happen.</summary>
    public ImmutableSortedDictionary<FaultClass, TimeSpan> MeanBetween { get; init; } =
        ImmutableSortedDictionary<FaultClass, TimeSpan>.Empty;

    /// <summary>When it begins.</summary>
    public Instant From { get; init; }

    /// <summary>When everything is healed.</summary>
    public Instant Until { get; init; }

    /// <summary>How long a fault lasts at least.</summary>
    public TimeSpan LastsMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a fault lasts at most.</summary>
    public TimeSpan LastsMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long what was clogged may stay so after everything is healed; zero where nothing is ever clogged.</summary>
    public TimeSpan ClogsLast =>
        MeanBetween.ContainsKey(FaultClass.Clog) || MeanBetween.ContainsKey(FaultClass.Swizzle) ? LastsMax / 2 : TimeSpan.Zero;

    /// <summary>How many machines may be down, paused or slow at a time.</summary>
    public int AfflictedMax { get; init; } = int.MaxValue;

    /// <summary>No faults.</summary>
    public static FaultProfile None { get; } = new();

    /// <summary>The same classes for all, each as often.</summary>
    public static FaultProfile Of(Instant until, TimeSpan meanBetween, params ReadOnlySpan<FaultClass> classes)
    {
        var rates = ImmutableSortedDictionary.CreateBuilder<FaultClass, TimeSpan>();
        foreach (var one in classes)
            rates[one] = meanBetween;
        return new FaultProfile { MeanBetween = rates.ToImmutable(), Until = until };
    }

    /// <summary>About half of <paramref name="classes"/>, each at its own rate: runs that leave faults out find what runs with all of
    /// them hide (swarm testing: Groce et al., ISSTA 2012).</summary>
    /// <param name="rng">Decides.</param>
    /// <param name="until">When everything is healed.</param>
    /// <param name="classes">What may be drawn.</param>
    public static FaultProfile Draw(Rng rng, Instant until, IReadOnlyList<FaultClass> classes)
    {
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentNullException.ThrowIfNull(classes);
        var rates = ImmutableSortedDictionary.CreateBuilder<FaultClass, TimeSpan>();
        foreach (var one in classes)
        {
            if (rng.Chance(1, 2))
                rates[one] = rng.Next(until.SinceZero / 20, until.SinceZero / 2);
        }

        return new FaultProfile { MeanBetween = rates.ToImmutable(), Until = until };
    }
}

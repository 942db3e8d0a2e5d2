using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>What is done when, all of it drawn from a seed before anything begins.</summary>
/// <param name="At">How long after the beginning.</param>
/// <param name="Harm">What.</param>
/// <param name="Length">How long it lasts.</param>
/// <param name="Choice">Whom it meets: any number.</param>
internal readonly record struct HarmPlan(TimeSpan At, Harm Harm, TimeSpan Length, int Choice)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Nodes are killed and stand still.</summary>
    public static IReadOnlyList<HarmPlan> Killing(ulong seed, TimeSpan length) => Draw(seed, length, 4 * Second, rng => rng.Next(10) switch
    {
        < 4 => (Harm.Kill, rng.Next(Second / 5, 5 * Second)),
        < 5 => (Harm.KillTwo, rng.Next(Second / 5, 5 * Second)),
        < 8 => (Harm.KillProposer, rng.Next(Second / 5, 5 * Second)),
        _ => (Harm.Pause, rng.Next(Second, 6 * Second)),
    });

    /// <summary>The network splits and loses, and now and then a node dies besides.</summary>
    public static IReadOnlyList<HarmPlan> Splitting(ulong seed, TimeSpan length) =>
        Draw(seed, length, 6 * Second, rng => rng.Next(10) switch
        {
            < 5 => (Harm.Split, rng.Next(Second, 8 * Second)),
            < 7 => (Harm.CutOneWay, rng.Next(Second, 8 * Second)),
            < 9 => (Harm.Loss, rng.Next(Second, 5 * Second)),
            _ => (Harm.Kill, rng.Next(Second / 5, 5 * Second)),
        });

    private static HarmPlan[] Draw(ulong seed, TimeSpan length, TimeSpan pauseMax, Func<Rng, (Harm Harm, TimeSpan Length)> draw)
    {
        var rng = new Rng(seed);
        List<HarmPlan> plan = [];
        for (var at = rng.Next(TimeSpan.Zero, pauseMax); at < length; at += rng.Next(TimeSpan.Zero, pauseMax))
        {
            var (harm, lasting) = draw(rng);
            plan.Add(new HarmPlan(at, harm, lasting, rng.Next(int.MaxValue)));
        }

        return [.. plan];
    }
}

using System.Globalization;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>A <see cref="MembersResult"/> as a line of a table for people.</summary>
public static class MembersTable
{
    /// <summary>What stands in which column.</summary>
    public static string Head =>
        "nodes        seed  all see all s  kill known by one: p50    p99    max  "
        + "by all: max  idle B/s (most)  in a kill B/s  false deaths  of paused  healed s  B a belief";

    /// <summary>The run in one line.</summary>
    public static string Line(MembersResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var known = result.Known;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Setup.Nodes,5} {result.Setup.Seed,11} {Seconds(result.AllSeeAll),14} "
                + $"{At(known, 50),23} {At(known, 99),6} {At(known, 100),6} "
                + $"{Seconds(result.AllKnew.Count == 0 ? null : result.AllKnew.Max()),12} "
                + $"{result.IdleRate,9:F0} {$"({result.IdleRateMax:F0})",6} "
                + $"{result.KillRate,14:F0} {result.FalseDeaths,13} {result.PausedDeaths,10} {Seconds(result.Healed),9} "
                + $"{result.BytesPerBelief,11}");
    }

    private static string At(IReadOnlyList<TimeSpan> sorted, int percent) =>
        Seconds(sorted.Count == 0 ? null : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)]);

    private static string Seconds(TimeSpan? time) => time?.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture) ?? "-";
}

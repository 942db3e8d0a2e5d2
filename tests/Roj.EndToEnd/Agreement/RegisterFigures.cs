using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Histories;
using Known = Roj.Simulation.Histories.Outcome;

namespace Roj.EndToEnd.Agreement;

/// <summary>What a trial came to, in one line.</summary>
internal sealed class RegisterFigures(IReadOnlyList<Operation> operations, HarmDriver driver)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        long[] done = [.. Changes(Known.Yes).Select(change => change.Returned.GetValueOrDefault()).Order()];
        var (refused, unknown) = (Changes(Known.No).Count(), Changes(Known.Unknown).Count());
        var readings = operations.Where(one => !one.Kind.IsChange).ToArray();
        var read = readings.Count(one => one.Outcome is Known.Yes);
        var (gap, since) = driver.Majority.Select(one => LongestGap(done, one.From, one.To)).DefaultIfEmpty().Max();
        var gapAt = driver.Majority.Count == 0 ? 0 : Stopwatch.GetElapsedTime(driver.Majority[0].From, since).TotalSeconds;
        var after = driver.KillsOfProposer.Select(NextAfter).OfType<double>().Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            kills {driver.Kills}  pauses {driver.Pauses}  cuts {driver.Cuts}  operations {operations.Count}
              changes acknowledged {done.Length}, refused {refused}, unknown {unknown}
              readings {read}, in vain {readings.Length - read}
              longest without a change though a majority ran {gap:F2} s, {gapAt:F1} s after the beginning
              from the proposer's death to the next change, {after.Length} times: {Percentiles(after)}
            """);
    }

    private static string Percentiles(double[] seconds)
    {
        double At(int percent) => seconds[Math.Min(seconds.Length * percent / 100, seconds.Length - 1)];
        return seconds.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"p50 {At(50):F3} s, p99 {At(99):F3} s, max {seconds[^1]:F3} s");
    }

    private IEnumerable<Operation> Changes(Known outcome) => operations.Where(one => one.Kind.IsChange && one.Outcome == outcome);

    // What was asked for before may have been answered before he died.
    private double? NextAfter(long death)
    {
        var next = Changes(Known.Yes).Where(change => change.Invoked > death).Select(change => change.Returned).Min();
        return next is { } at ? Stopwatch.GetElapsedTime(death, at).TotalSeconds : null;
    }

    private static (double Seconds, long Since) LongestGap(long[] done, long from, long to)
    {
        var first = Array.BinarySearch(done, from);
        var (longest, before) = ((Seconds: 0.0, Since: from), from);
        for (var i = first < 0 ? ~first : first; i < done.Length && done[i] <= to; i++)
        {
            longest = Longer(longest, before, done[i]);
            before = done[i];
        }

        return Longer(longest, before, to);
    }

    private static (double Seconds, long Since) Longer((double Seconds, long Since) longest, long from, long to) =>
        Stopwatch.GetElapsedTime(from, to).TotalSeconds is var length && length > longest.Seconds ? (length, from) : longest;
}

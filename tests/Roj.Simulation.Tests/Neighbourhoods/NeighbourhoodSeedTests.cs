using System.Collections.Concurrent;
using System.Globalization;
using Roj.Simulation.Neighbourhoods;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

public sealed class NeighbourhoodSeedTests : TraceTests
{
    /// <summary>Invariants M1 to M7 at every step, the truth at the end: see <see cref="NeighbourhoodRun"/>. With a key who meets is
    /// introduced first; a quarter of the seeds.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 4)]
    public void Every_seed_comes_right(bool hasKey, int oneIn)
    {
        var wrong = new ConcurrentBag<string>();
        var (heals, kills) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var (runs, comparisons, quiet, falseDeaths) = (0, 0L, 0, 0L);
        Parallel.For(0, Math.Max(1, Seeds.Count / oneIn), offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var run = new NeighbourhoodRun(seed, null, hasKey);
            if (run.Run() is { } fault)
                wrong.Add($"seed {seed}: {fault}\n  {run.Setup}\n  again: {run.Command}");
            Interlocked.Increment(ref runs);
            Interlocked.Add(ref comparisons, run.Comparisons);
            Interlocked.Add(ref quiet, run.Setup.IsQuiet ? 1 : 0);
            Interlocked.Add(ref falseDeaths, run.FalseDeaths);
            heals.Add(run.HealTime.TotalSeconds);
            if (run.KillTime is { } killTime)
                kills.Add(killTime.TotalSeconds);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{runs} seeds from {Seeds.First}: {comparisons} comparisons, {quiet} without faults, {falseDeaths} false deaths under faults, "
            + $"healed in {Figures(heals)} s, a kill known in {Figures(kills)} s (median, p99, most)");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        // What never happened proves nothing.
        Assert.True(comparisons > 100 * runs);
        Assert.InRange(quiet, 1, runs / 2);
        Assert.True(falseDeaths > 0 && !kills.IsEmpty, "nobody was ever killed, nor believed to be dead");
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new NeighbourhoodRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }

    private static string Figures(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return sorted.Length == 0 ? "no"
            : string.Create(
                CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:F1}, {sorted[sorted.Length * 99 / 100]:F1}, {sorted[^1]:F1}");
    }
}

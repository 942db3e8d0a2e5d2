using System.Collections.Concurrent;
using System.Globalization;
using Roj.Simulation.Neighbourhoods;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

public sealed class NeighbourhoodSeedTests
{
    private const string TraceSeedsVariable = "ROJ_TRACE_SEEDS";
    private const string TraceFileVariable = "ROJ_TRACE_FILE";

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
            var run = new NeighbourhoodRun(seed, hasKey: hasKey);
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

    [Fact]
    public void A_seed_gives_the_same_trace_twice_and_another_seed_another()
    {
        Assert.Equal(TraceOf(11), TraceOf(11));
        Assert.NotEqual(TraceOf(11), TraceOf(12));
    }

    [Fact]
    public void Watching_a_run_does_not_change_it()
    {
        var lines = 0;
        var watched = new NeighbourhoodRun(11, _ => lines++);
        watched.Run();
        Assert.Equal(TraceOf(11), watched.World.Trace.Hash);
        Assert.True(lines > 1000, $"only {lines} lines");
    }

    /// <summary>One seed in a hundred a second time, in another process: string hashes and memory addresses differ there.</summary>
    [Fact]
    public void One_seed_in_a_hundred_has_the_same_trace_in_another_process()
    {
        var count = Math.Clamp(Seeds.Count / 100, 2, 50);
        ulong[] seeds = [.. Enumerable.Range(0, count).Select(i => Seeds.First + (100 * (ulong)i))];
        var file = Path.GetTempFileName();
        try
        {
            AnotherProcess.RunsTest(
                typeof(NeighbourhoodSeedTests),
                nameof(Writes_traces_for_another_process),
                (TraceSeedsVariable, string.Join(',', seeds)),
                (TraceFileVariable, file));
            Assert.Equal(seeds.Select(Line), File.ReadAllLines(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The other process's half of the test above; by itself it checks that a run does something at all.</summary>
    [Fact]
    public void Writes_traces_for_another_process()
    {
        if (Environment.GetEnvironmentVariable(TraceSeedsVariable) is not { Length: > 0 } seeds)
            Assert.NotEqual(0UL, TraceOf(1));
        else
            File.WriteAllLines(
                Environment.GetEnvironmentVariable(TraceFileVariable)!,
                seeds.Split(',').Select(seed => Line(ulong.Parse(seed, CultureInfo.InvariantCulture))));
    }

    private static string Line(ulong seed) => $"{seed} {TraceOf(seed):x16}";

    private static ulong TraceOf(ulong seed)
    {
        var run = new NeighbourhoodRun(seed);
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

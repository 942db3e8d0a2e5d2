using System.Collections.Concurrent;
using System.Globalization;
using Roj.Simulation.Agreement;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

public sealed class AgreementSeedTests
{
    private const string TraceSeedsVariable = "ROJ_TRACE_SEEDS";
    private const string TraceFileVariable = "ROJ_TRACE_FILE";
    private const int EnoughToSeeAll = 1_000;

    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a change takes one round trip",
        "a disk does not give back what was saved",
        "a disk that was set back is found out",
        "a fence keeps a late one away",
        "a floor keeps somebody away",
        "a guard keeps somebody away",
        "a lease has another holder",
        "a lease is held",
        "a lease is not renewed",
        "a lease is renewed",
        "a register is forgotten",
        "an eviction was done",
        "an eviction was not done",
        "another steward goes on",
        "expectations differ",
        "it can't be told",
        "somebody of another cluster",
        "somebody repairs",
        "somebody was first",
        "the disk is full",
        "the log is in quarantine",
        "the same change is asked for elsewhere",
        "two majorities are asked",
        "what was forgotten comes back",
    ];

    /// <summary>Invariants A1 to A6: see <see cref="AgreementRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var wrong = new ConcurrentBag<string>();
        var seen = new ConcurrentDictionary<string, int>();
        var (operations, unknowns, undecided) = (0L, 0L, 0);
        Parallel.For(0, Seeds.Count, offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var run = new AgreementRun(seed);
            if (run.Run() is { } fault)
                wrong.Add($"seed {seed}: {fault}\n  {run.Setup}\n  again: {run.Command}");
            Interlocked.Add(ref operations, run.Operations);
            Interlocked.Add(ref unknowns, run.Unknowns);
            Interlocked.Add(ref undecided, run.IsUndecided ? 1 : 0);
            foreach (var what in run.Sights.Counts.Keys)
                seen.AddOrUpdate(what, 1, (_, count) => count + 1);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Seeds.Count} seeds from {Seeds.First}: {operations} operations, {unknowns} of unknown outcome, {undecided} undecided; seen: "
            + string.Join(", ", seen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")));
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        // What never happened proves nothing, nor what nobody found out.
        Assert.True(operations > 100 * Seeds.Count && unknowns < operations / 5);
        Assert.InRange(undecided, 0, 1 + (Seeds.Count / 100));
        if (Seeds.Count >= EnoughToSeeAll)
            Assert.All(mustBeSeen, one => Assert.True(seen.ContainsKey(one), one));
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
        var watched = new AgreementRun(11, _ => lines++);
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
                typeof(AgreementSeedTests),
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
        var run = new AgreementRun(seed);
        run.Run();
        return run.World.Trace.Hash;
    }
}

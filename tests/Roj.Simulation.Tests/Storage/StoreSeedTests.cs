using System.Collections.Concurrent;
using System.Globalization;
using Roj.Simulation.Storage;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

public sealed class StoreSeedTests
{
    private const string TraceSeedsVariable = "ROJ_TRACE_SEEDS";
    private const string TraceFileVariable = "ROJ_TRACE_FILE";
    private const int EnoughToSeeAll = 1_000;

    // Two hundred milliseconds each: until they are cheaper, a thousand of them are for ./test --all.
    private const int Usual = 200;

    private static int Count => Environment.GetEnvironmentVariable("ROJ_ALL") == "1" ? Seeds.Count : Math.Min(Seeds.Count, Usual);

    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a copy can't be read",
        "a copy is repaired",
        "a disk is wiped",
        "a slot is handed on",
        "a wall clock jumps",
        "all copies are wiped",
        "all keys are listed while somebody dies",
        "another map",
        "hints are delivered",
        "hints are kept",
        "refused: Full",
        "refused: NoServer",
        "refused: TimedOut",
        "somebody comes back when all is forgotten",
        "somebody is evicted",
        "somebody is evicted who is there",
        "somebody joins while all is calm",
        "somebody leaves while all is calm",
        "the disk is full",
        "the log is in quarantine",
        "tombstones are dropped",
        "two halves meet",
        "who was done without throws away what he had",
    ];

    /// <summary>That nothing acknowledged is lost, that all copies become alike, that nobody misses a key: see <see
    /// cref="StoreRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var wrong = new ConcurrentBag<string>();
        var seen = new ConcurrentDictionary<string, int>();
        Parallel.For(0, Count, offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var run = new StoreRun(seed);
            if (run.Run() is { } fault)
                wrong.Add($"seed {seed}: {fault}\n  {run.Setup}\n  again: {run.Command}");
            foreach (var what in run.Sights.Counts.Keys)
                seen.AddOrUpdate(what, 1, (_, count) => count + 1);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Count} seeds from {Seeds.First}; seen: "
            + string.Join(", ", seen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")));
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        if (Count >= EnoughToSeeAll)
            Assert.All(mustBeSeen, one => Assert.True(seen.ContainsKey(one), one)); // what never happened proves nothing
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
        var watched = new StoreRun(11, _ => lines++);
        watched.Run();
        Assert.Equal(TraceOf(11), watched.World.Trace.Hash);
        Assert.True(lines > 500, $"only {lines} lines");
    }

    /// <summary>One seed in a hundred a second time, in another process: string hashes and memory addresses differ there.</summary>
    [Fact]
    public void One_seed_in_a_hundred_has_the_same_trace_in_another_process()
    {
        var count = Math.Clamp(Count / 100, 2, 50);
        ulong[] seeds = [.. Enumerable.Range(0, count).Select(i => Seeds.First + (100 * (ulong)i))];
        var file = Path.GetTempFileName();
        try
        {
            AnotherProcess.RunsTest(
                typeof(StoreSeedTests),
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
        var run = new StoreRun(seed);
        run.Run();
        return run.World.Trace.Hash;
    }
}

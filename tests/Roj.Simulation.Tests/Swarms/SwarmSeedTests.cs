using System.Collections.Concurrent;
using Roj.Simulation.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Swarms;

public sealed class SwarmSeedTests : TraceTests
{
    /// <summary>Safety at every step, byte equality of every honest node at the end: see <see cref="SwarmRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var wrong = new ConcurrentBag<string>();
        var (runs, comparisons, bans, faulty, lying) = (0, 0L, 0, 0, 0);
        Parallel.For(0, Seeds.Count, offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var run = new SwarmRun(seed);
            if (run.Run() is { } fault)
                wrong.Add($"seed {seed}: {fault}\n  {run.Setup}\n  again: roj sim --seed {seed} --trace");
            Interlocked.Increment(ref runs);
            Interlocked.Add(ref comparisons, run.Comparisons);
            Interlocked.Add(ref bans, run.Bans);
            Interlocked.Add(ref faulty, run.Deeds.Count > 1 ? 1 : 0);
            Interlocked.Add(ref lying, run.Setup.Harmful > 0 ? 1 : 0);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{runs} seeds from {Seeds.First}: {comparisons} comparisons, {faulty} with faults, {lying} with liars, {bans} bans");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        // What never happened proves nothing.
        Assert.True(comparisons > 100 * runs);
        Assert.InRange(faulty, runs / 2, runs);
        Assert.True(bans > 0 && lying > 0, "no liar was ever banned");
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new SwarmRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }
}

using System.Collections.Concurrent;
using Roj.Simulation.Logs;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Logs;

public sealed class LogSeedTests
{
    private const int RunsPerSeed = 5; // a run takes a few milliseconds

    /// <summary>What was acknowledged is there after power cuts, failed syncs, full disks: see <see cref="LogRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var wrong = new ConcurrentBag<string>();
        var (cuts, torn, quarantines, fulls, commits) = (0, 0, 0, 0, 0);
        var runs = Seeds.Count * RunsPerSeed;
        Parallel.For(0, runs, offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var run = new LogRun(seed);
            if (run.Run() is { } fault)
                wrong.Add($"seed {seed}: {fault}");
            Interlocked.Add(ref cuts, run.Cuts);
            Interlocked.Add(ref torn, run.TornTails);
            Interlocked.Add(ref quarantines, run.Quarantines);
            Interlocked.Add(ref fulls, run.Fulls);
            Interlocked.Add(ref commits, run.Commits);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{runs} runs: {commits} commits, {cuts} power cuts, {torn} torn, {quarantines} quarantines, {fulls} full");
        Assert.True(wrong.IsEmpty, $"{wrong.Count}:\n" + string.Join('\n', wrong.Order().Take(20)));
        // What never happened proves nothing.
        Assert.True(commits > 5 * runs && cuts > 2 * runs && torn > runs / 10 && quarantines > runs / 10 && fulls > runs / 10);
    }

    [Fact]
    public void A_seed_does_the_same_twice()
    {
        Assert.Equal(TraceOf(3), TraceOf(3));
        Assert.NotEqual(TraceOf(3), TraceOf(4));

        static List<string> TraceOf(ulong seed)
        {
            var lines = new List<string>();
            new LogRun(seed, lines.Add).Run();
            return lines;
        }
    }
}

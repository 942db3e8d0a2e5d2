using System.Globalization;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests;

/// <summary>That a seed is all that a simulation depends on: neither the time, nor the process, nor who looks on.</summary>
public abstract class TraceTests
{
    private const string SeedsVariable = "ROJ_TRACE_SEEDS";
    private const string FileVariable = "ROJ_TRACE_FILE";

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
        Assert.Equal(TraceOf(11), TraceOf(11, _ => lines++));
        Assert.True(lines > 500, $"only {lines} lines");
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
                GetType(),
                nameof(Writes_traces_for_another_process),
                (SeedsVariable, string.Join(',', seeds)),
                (FileVariable, file));
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
        if (Environment.GetEnvironmentVariable(SeedsVariable) is not { Length: > 0 } seeds)
            Assert.NotEqual(0UL, TraceOf(1));
        else
            File.WriteAllLines(
                Environment.GetEnvironmentVariable(FileVariable)!,
                seeds.Split(',').Select(seed => Line(ulong.Parse(seed, CultureInfo.InvariantCulture))));
    }

    /// <summary>Runs a seed to its end.</summary>
    /// <param name="seed">Which.</param>
    /// <param name="watch">Told each line of the trace.</param>
    /// <returns>The hash of its trace.</returns>
    protected abstract ulong TraceOf(ulong seed, Action<string>? watch = null);

    private string Line(ulong seed) => $"{seed} {TraceOf(seed):x16}";
}

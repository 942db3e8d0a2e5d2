using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Roj.Cli;

/// <summary>A command that runs seeds, reports those that go wrong, or the only one, and counts what was seen.</summary>
internal static class SeedRuns
{
    /// <summary>The command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Runs a seed; is told whom to give each event to, or null.</param>
    /// <param name="summary">What else there is to be said of all of them; null for nothing.</param>
    /// <param name="more">Options of its own.</param>
    public static Command Command(
        string name,
        string description,
        Func<ParseResult, ulong, Action<string>?, SeedRun> run,
        Func<string>? summary = null,
        params ReadOnlySpan<Option> more)
    {
        var from = new Option<ulong>("--seed")
        {
            Description = "The (first) seed.",
            DefaultValueFactory = _ => 1,
            CustomParser = Arguments.Number("--seed", ulong.MinValue, ulong.MaxValue),
        };
        var count = new Option<int>("--seeds")
        {
            Description = "How many seeds, counted up from the first.",
            DefaultValueFactory = _ => 1,
            CustomParser = Arguments.Number("--seeds", 1, int.MaxValue),
        };
        var trace = new Option<bool>("--trace") { Description = "Print every event." };
        var command = new Command(name, description) { from, count, trace };
        foreach (var option in more)
            command.Options.Add(option);
        command.SetAction(parsed => Run(
            parsed.GetValue(from),
            parsed.GetValue(count),
            seed => run(parsed, seed, parsed.GetValue(trace) ? Console.WriteLine : null),
            summary));
        return command;
    }

    private static int Run(ulong first, int count, Func<ulong, SeedRun> run, Func<string>? summary)
    {
        var failures = 0;
        SortedDictionary<string, (int Seeds, long Times)> sights = new(StringComparer.Ordinal);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var seed = unchecked(first + (ulong)i);
            var one = run(seed);
            failures += one.Fault is null ? 0 : 1;
            foreach (var (what, times) in one.Sights)
                sights[what] = (sights.GetValueOrDefault(what).Seeds + 1, sights.GetValueOrDefault(what).Times + times);
            if (count == 1 || one.Fault is not null)
                Report(seed, one);
        }

        foreach (var (what, (seeds, times)) in sights)
            Console.WriteLine($"  {what}: {times} times in {seeds} seeds");
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine($"{count - failures} seeds right, {failures} wrong{(summary is null ? "" : ", " + summary())}; in {seconds} s");
        return failures == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Report(ulong seed, SeedRun one)
    {
        Console.WriteLine($"seed {seed}: {one.Setup}");
        foreach (var deed in one.Deeds)
            Console.WriteLine($"  {deed}");
        foreach (var standing in one.Standings)
            Console.WriteLine($"  {standing}");
        Console.WriteLine($"  {one.World.Now} s of virtual time, {one.World.Events} events, trace {one.World.Trace.Hash:x16}");
        if (one.More is { } more)
            Console.WriteLine($"  {more}");
        Console.WriteLine(one.Fault is null ? "  right" : $"  WRONG: {one.Fault}\n  again: {one.Command}");
    }
}

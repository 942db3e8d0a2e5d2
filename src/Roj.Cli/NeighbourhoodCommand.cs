using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Neighbourhoods;

namespace Roj.Cli;

/// <summary><c>roj sim neighbourhood</c>: members that find and keep each other, under the faults that a seed draws.</summary>
internal static class NeighbourhoodCommand
{
    public static Command Create()
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
        var key = new Option<bool>("--key") { Description = "Seal their datagrams, as a cluster key does." };
        var trace = new Option<bool>("--trace") { Description = "Print every event." };
        var command = new Command(
            "neighbourhood", "Simulate members that find and keep each other under faults. Example: roj sim neighbourhood --seed 7")
        {
            from, count, key, trace,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(from), parsed.GetValue(count), parsed.GetValue(key), parsed.GetValue(trace)));
        return command;
    }

    private static int Run(ulong first, int count, bool hasKey, bool trace)
    {
        var failures = 0;
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var seed = unchecked(first + (ulong)i);
            var run = new NeighbourhoodRun(seed, trace ? Console.WriteLine : null, hasKey);
            var fault = run.Run();
            failures += fault is null ? 0 : 1;
            if (count == 1 || fault is not null)
                Report(seed, run, fault);
        }

        if (count > 1)
        {
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
            Console.WriteLine($"{count - failures} seeds right, {failures} wrong, in {seconds} s");
        }

        return failures == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Report(ulong seed, NeighbourhoodRun run, string? fault)
    {
        Console.WriteLine($"seed {seed}: {run.Setup}");
        foreach (var deed in run.Deeds)
            Console.WriteLine($"  {deed}");
        foreach (var standing in run.Standings)
            Console.WriteLine($"  {standing}");
        Console.WriteLine($"  {run.World.Now} s of virtual time, {run.World.Events} events, trace {run.World.Trace.Hash:x16}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  healed in {run.HealTime.TotalSeconds:F1} s, a kill known in {run.KillTime?.TotalSeconds ?? 0:F1} s, "
                + $"at most {run.IdleRate:F0} + {run.FindingRate:F0} bytes/s idle, "
                + $"{run.FalseDeaths} false deaths, {run.Comparisons} comparisons"));
        Console.WriteLine(fault is null ? "  right" : $"  WRONG: {fault}\n  again: {run.Command}");
    }
}

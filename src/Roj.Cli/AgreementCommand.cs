using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Agreement;

namespace Roj.Cli;

/// <summary><c>roj sim agreement</c>: nodes that agree on registers, leases and their roster, under the faults that a seed draws.</summary>
internal static class AgreementCommand
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
        var trace = new Option<bool>("--trace") { Description = "Print every event." };
        var command = new Command(
            "agreement", "Simulate nodes that agree under faults, and check what clients saw. Example: roj sim agreement --seed 7")
        {
            from, count, trace,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(from), parsed.GetValue(count), parsed.GetValue(trace)));
        return command;
    }

    private static int Run(ulong first, int count, bool trace)
    {
        var (failures, undecided, operations, unknowns) = (0, 0, 0L, 0L);
        SortedDictionary<string, (int Seeds, long Times)> sights = new(StringComparer.Ordinal);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var seed = unchecked(first + (ulong)i);
            var run = new AgreementRun(seed, trace ? Console.WriteLine : null);
            var fault = run.Run();
            failures += fault is null ? 0 : 1;
            undecided += run.IsUndecided ? 1 : 0;
            (operations, unknowns) = (operations + run.Operations, unknowns + run.Unknowns);
            foreach (var (what, times) in run.Sights.Counts)
                sights[what] = (sights.GetValueOrDefault(what).Seeds + 1, sights.GetValueOrDefault(what).Times + times);
            if (count == 1 || fault is not null)
                Report(seed, run, fault);
        }

        foreach (var (what, (seeds, times)) in sights)
            Console.WriteLine($"  {what}: {times} times in {seeds} seeds");
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"{count - failures} seeds right, {failures} wrong, {undecided} undecided; {operations} operations, "
                + $"{unknowns} of unknown outcome; in {seconds} s");
        return failures == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Report(ulong seed, AgreementRun run, string? fault)
    {
        Console.WriteLine($"seed {seed}: {run.Setup}");
        foreach (var deed in run.Deeds)
            Console.WriteLine($"  {deed}");
        foreach (var standing in run.Standings)
            Console.WriteLine($"  {standing}");
        Console.WriteLine($"  {run.World.Now} s of virtual time, {run.World.Events} events, trace {run.World.Trace.Hash:x16}");
        Console.WriteLine(fault is null ? "  right" : $"  WRONG: {fault}\n  again: {run.Command}");
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Swarms;

namespace Roj.Cli;

/// <summary><c>roj sim</c>: the production nodes on virtual time, network and disks, under the faults that a seed draws.</summary>
internal static class SimCommand
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
        var command = new Command("sim", "Simulate a swarm under faults; the same seed is always the same run. Example: roj sim --seed 7")
        {
            from, count, trace,
        };
        command.Subcommands.Add(MakespanCommand.Create());
        command.Subcommands.Add(NeighbourhoodCommand.Create());
        command.Subcommands.Add(AgreementCommand.Create());
        command.Subcommands.Add(SimMembersCommand.Create());
        command.SetAction(parsed => Run(parsed.GetValue(from), parsed.GetValue(count), parsed.GetValue(trace)));
        return command;
    }

    private static int Run(ulong first, int count, bool trace)
    {
        var failures = 0;
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var seed = unchecked(first + (ulong)i);
            var run = new SwarmRun(seed, trace ? Console.WriteLine : null);
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

    private static void Report(ulong seed, SwarmRun run, string? fault)
    {
        Console.WriteLine($"seed {seed}: {run.Setup}");
        foreach (var deed in run.Deeds)
            Console.WriteLine($"  {deed}");
        foreach (var standing in run.Standings)
            Console.WriteLine($"  {standing}");
        Console.WriteLine($"  {run.World.Now} s of virtual time, {run.World.Events} events, trace {run.World.Trace.Hash:x16}");
        Console.WriteLine($"  parts compared with the truth: {run.Comparisons}");
        Console.WriteLine(fault is null ? "  right" : $"  WRONG: {fault}\n  again: roj sim --seed {seed} --trace");
    }
}

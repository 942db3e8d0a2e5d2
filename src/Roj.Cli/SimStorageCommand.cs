using System.CommandLine;
using System.Globalization;
using Roj.Simulation.Storage;

namespace Roj.Cli;

/// <summary><c>roj sim storage</c>: the production core of the store, its shell and its log, while things go wrong.</summary>
internal static class SimStorageCommand
{
    public static Command Create() => SeedRuns.Command(
        "storage",
        "Simulate keeping keys on several nodes under faults, and check that nothing is lost. Example: roj sim storage --seed 7",
        (_, seed, sink) =>
        {
            var run = new StoreRun(seed, sink);
            return new SeedRun(run.World, run.Run(), run.Command, run.Setup)
            {
                Deeds = run.Deeds,
                Standings = run.Standings,
                Sights = run.Sights.Counts,
                More = run.HealTime is { } time
                    ? string.Create(CultureInfo.InvariantCulture, $"all copies alike {time.TotalSeconds:F1} s after all were back")
                    : null,
            };
        });
}

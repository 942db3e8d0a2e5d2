using System.CommandLine;
using System.Globalization;
using Roj.Simulation.Elections;

namespace Roj.Cli;

/// <summary><c>roj sim election</c>: nodes that elect who leads, and colour each other, under the faults that a seed draws.</summary>
internal static class ElectionCommand
{
    public static Command Create() => SeedRuns.Command(
        "election",
        "Simulate elections under faults, and check who leads. Example: roj sim election --seed 7",
        (_, seed, sink) =>
        {
            var run = new ElectionRun(seed, sink);
            return new SeedRun(run.World, run.Run(), run.Command, run.Setup)
            {
                Deeds = run.Deeds,
                Standings = run.Standings,
                Sights = run.Sights.Counts,
                More = run.HealTime is { } time
                    ? string.Create(CultureInfo.InvariantCulture, $"one leader {time.TotalSeconds:F1} s after all were back")
                    : null,
            };
        });
}

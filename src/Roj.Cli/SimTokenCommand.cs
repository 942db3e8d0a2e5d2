using System.CommandLine;
using System.Globalization;
using Roj.Simulation.Tokens;

namespace Roj.Cli;

/// <summary><c>roj sim token</c>: the production cores that pass a token round, and what they rest on, while things go wrong.</summary>
internal static class SimTokenCommand
{
    public static Command Create() => SeedRuns.Command(
        "token",
        "Simulate passing a token round under faults, and check who holds it. Example: roj sim token --seed 7",
        (_, seed, sink) =>
        {
            var run = new TokenRun(seed, sink);
            return new SeedRun(run.World, run.Run(), run.Command, run.Setup)
            {
                Deeds = run.Deeds,
                Standings = run.Standings,
                Sights = run.Sights.Counts,
                More = run.HealTime is { } time
                    ? string.Create(CultureInfo.InvariantCulture, $"one token {time.TotalSeconds:F1} s after all were back")
                    : null,
            };
        });
}

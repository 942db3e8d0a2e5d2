using System.CommandLine;
using Roj.Simulation.Storage.Quorum;

namespace Roj.Cli;

/// <summary><c>roj sim quorum</c>: the production store where a majority decides, on its registers, shell and log, while things go
/// wrong.</summary>
internal static class SimQuorumCommand
{
    public static Command Create() => SeedRuns.Command(
        "quorum",
        "Simulate keys of which a majority decides under faults, and check that they are linearizable. Example: roj sim quorum --seed 7",
        (_, seed, sink) =>
        {
            var run = new QuorumRun(seed, sink);
            return new SeedRun(run.World, run.Run(), run.Command, run.Setup)
            {
                Deeds = run.Deeds,
                Standings = run.Standings,
                Sights = run.Sights.Counts,
                More = run.IsUndecided ? "of some keys it was not found out whether they are linearizable" : null,
            };
        });
}

using System.CommandLine;
using Roj.Simulation.Agreement;

namespace Roj.Cli;

/// <summary><c>roj sim agreement</c>: nodes that agree on registers, leases and their roster, under the faults that a seed draws.</summary>
internal static class AgreementCommand
{
    public static Command Create()
    {
        var (undecided, operations, unknowns) = (0, 0L, 0L);
        return SeedRuns.Command(
            "agreement",
            "Simulate nodes that agree under faults, and check what clients saw. Example: roj sim agreement --seed 7",
            (_, seed, sink) =>
            {
                var run = new AgreementRun(seed, sink);
                var fault = run.Run();
                undecided += run.IsUndecided ? 1 : 0;
                (operations, unknowns) = (operations + run.Operations, unknowns + run.Unknowns);
                return new SeedRun(run.World, fault, run.Command, run.Setup)
                {
                    Deeds = run.Deeds,
                    Standings = run.Standings,
                    Sights = run.Sights.Counts,
                };
            },
            () => $"{undecided} undecided; {operations} operations, {unknowns} of unknown outcome");
    }
}

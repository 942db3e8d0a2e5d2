using System.CommandLine;
using Roj.Simulation.Swarms;

namespace Roj.Cli;

/// <summary><c>roj sim</c>: the production nodes on virtual time, network and disks, under the faults that a seed draws.</summary>
internal static class SimCommand
{
    public static Command Create()
    {
        var command = SeedRuns.Command(
            "sim",
            "Simulate a swarm under faults; the same seed is always the same run. Example: roj sim --seed 7",
            (_, seed, sink) =>
            {
                var run = new SwarmRun(seed, sink);
                var fault = run.Run();
                return new SeedRun(run.World, fault, $"roj sim --seed {seed} --trace", run.Setup)
                {
                    Deeds = run.Deeds,
                    Standings = run.Standings,
                    More = $"parts compared with the truth: {run.Comparisons}",
                };
            });
        command.Subcommands.Add(MakespanCommand.Create());
        command.Subcommands.Add(NeighbourhoodCommand.Create());
        command.Subcommands.Add(AgreementCommand.Create());
        command.Subcommands.Add(ElectionCommand.Create());
        command.Subcommands.Add(SimTokenCommand.Create());
        command.Subcommands.Add(SimStorageCommand.Create());
        command.Subcommands.Add(SimQuorumCommand.Create());
        command.Subcommands.Add(SimMembersCommand.Create());
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Roj.Simulation.Neighbourhoods;

namespace Roj.Cli;

/// <summary><c>roj sim neighbourhood</c>: members that find and keep each other, under the faults that a seed draws.</summary>
internal static class NeighbourhoodCommand
{
    public static Command Create()
    {
        var key = new Option<bool>("--key") { Description = "Seal their datagrams, as a cluster key does." };
        return SeedRuns.Command(
            "neighbourhood",
            "Simulate members that find and keep each other under faults. Example: roj sim neighbourhood --seed 7",
            (parsed, seed, sink) =>
            {
                var run = new NeighbourhoodRun(seed, sink, parsed.GetValue(key));
                var fault = run.Run();
                return new SeedRun(run.World, fault, run.Command, run.Setup)
                {
                    Deeds = run.Deeds,
                    Standings = run.Standings,
                    More = string.Create(
                        CultureInfo.InvariantCulture,
                        $"healed in {run.HealTime.TotalSeconds:F1} s, a kill known in {run.KillTime?.TotalSeconds ?? 0:F1} s, "
                            + $"at most {run.IdleRate:F0} + {run.FindingRate:F0} bytes/s idle, "
                            + $"{run.FalseDeaths} false deaths, {run.Comparisons} comparisons"),
                };
            },
            summary: null,
            key);
    }
}

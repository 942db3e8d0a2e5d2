using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Roj.Simulation.Neighbourhoods;

namespace Roj.Cli;

/// <summary><c>roj sim members</c>: how fast members find each other and learn of deaths, and what it costs.</summary>
internal static class SimMembersCommand
{
    private static readonly Option<int> Nodes = Number("--nodes", "How many members.", 10, 2, 10_000);
    private static readonly Option<ulong> Seed = Number("--seed", "The (first) seed.", 1UL, ulong.MinValue, ulong.MaxValue);
    private static readonly Option<int> Seeds = Number("--seeds", "How many seeds, counted up from the first.", 1, 1, int.MaxValue);
    private static readonly Option<int> Kills = Number("--kills", "How many are killed, one after another.", 5, 0, 1000);
    private static readonly Option<int> Loss = Number("--loss", "Datagrams lost, in percent, once all see all.", 0, 0, 50);
    private static readonly Option<int> Split = Number("--split", "Seconds for which the network is cut into halves.", 0, 0, 86_400);
    private static readonly Option<bool> Pauses = new("--pauses")
    {
        Description = "Ten minutes in which one after another stands still for 5-15 s.",
    };

    private static readonly Option<bool> Converged = new("--converged")
    {
        Description = "All know all from the start.",
    };

    private static readonly Option<Way> Finding = new("--way")
    {
        Description = "How they find each other.",
        DefaultValueFactory = _ => Way.Unconfigured,
    };

    public static Command Create()
    {
        var command = new Command(
            "members",
            "Measure how fast members find each other and learn of deaths. Example: roj sim members --nodes 60")
        {
            Nodes, Seed, Seeds, Kills, Loss, Split, Pauses, Converged, Finding,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        Console.WriteLine(MembersTable.Head);
        var (isRight, begun, events) = (true, Stopwatch.GetTimestamp(), 0L);
        for (var i = 0; i < parsed.GetValue(Seeds); i++)
        {
            var result = MembersRun.Run(new MembersSetup
            {
                Nodes = parsed.GetValue(Nodes),
                Seed = unchecked(parsed.GetValue(Seed) + (ulong)i),
                Way = parsed.GetValue(Finding),
                Converged = parsed.GetValue(Converged),
                Kills = parsed.GetValue(Kills),
                LossPpm = parsed.GetValue(Loss) * 10_000,
                Pauses = parsed.GetValue(Pauses),
                Split = TimeSpan.FromSeconds(parsed.GetValue(Split)),
            });
            Console.WriteLine(MembersTable.Line(result));
            isRight &= result.HaveMet;
            events += result.Events;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{events} events in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, "
                + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
        return isRight ? ExitCode.Done : ExitCode.Failed;
    }

    private static Option<T> Number<T>(string name, string description, T usual, T min, T max)
        where T : struct, System.Numerics.IBinaryInteger<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            DefaultValueFactory = _ => usual,
            CustomParser = Arguments.Number(name, min, max),
        };
    }
}

using System.Globalization;
using Roj.SwarmBench.Subjects;

namespace Roj.SwarmBench;

/// <summary>The figures, for people.</summary>
internal static class Table
{
    private const double MiB = 1024 * 1024;
    private const double DisturbanceMax = 0.1;

    /// <summary>Says on the error output how a run went, so that nobody waits in the dark.</summary>
    public static void Tell(Outcome outcome)
    {
        var what = $"({outcome.Trial.Part}) {outcome.Trial.Receivers,2} {outcome.Tool,-10}";
        Console.Error.WriteLine(outcome.Failure is { } failure
            ? $"{what} failed: {failure}"
            : $"{what} {outcome.Makespan.TotalSeconds,7:F2} s  CPU {outcome.Cpu.TotalSeconds,6:F2} s"
                + $"  others' CPU {outcome.OtherCpu.TotalSeconds,6:F2} s  seeder {outcome.SeederOverFile:F3} × file");
    }

    /// <summary>One table for each trial, and for Roj over shaped links when each node was complete.</summary>
    public static void Print(Options options, IReadOnlyCollection<Outcome> outcomes)
    {
        foreach (var trial in outcomes.GroupBy(outcome => outcome.Trial))
        {
            Console.WriteLine($"\n{Title(trial.Key)}");
            Console.WriteLine(
                $"{"",-11}{"ok",5}{"makespan",10}{"min",8}{"max",8}{"first",8}{"create",8}{"CPU s",8}{"others'",8}"
                + $"{"seeder",8}{"seeder",8}{"receiver",9}{"makespan",10}{"CPU",8}");
            Console.WriteLine(
                $"{"",-11}{"",5}{"s",10}{"s",8}{"s",8}{"done s",8}{"s",8}{"",8}{"CPU s",8}"
                + $"{"/ file",8}{"MiB",8}{"MiB",9}{(trial.Key.Ideal is null ? "/ Roj's" : "/ ideal"),10}{"/ Roj's",8}");
            var roj = trial.Where(outcome => outcome.Tool == RojSubject.ToolName && outcome.Failure is null).ToArray();
            foreach (var tool in trial.GroupBy(outcome => outcome.Tool))
                Console.WriteLine(Row(trial.Key, tool.Key, [.. tool], roj));
            Warn([.. trial.Where(outcome => outcome.Failure is null)]);
            if (trial.Key.BitsPerSecond is not null && roj.Length > 0)
                PrintNodes(roj.OrderBy(outcome => outcome.Makespan).ElementAt(roj.Length / 2));
        }

        Console.WriteLine();
        foreach (var subject in options.Subjects)
            Console.WriteLine($"{subject.Name,-11}{subject.What}");
    }

    /// <summary>How the claims stand.</summary>
    public static void Print(IEnumerable<Target> targets)
    {
        Console.WriteLine();
        foreach (var target in targets)
        {
            var verdict = target.IsMet ? "pass" : $"MISSED by {(target.Value / target.Limit) - 1:P1}";
            var what = $"({target.Trial.Part}) {target.Trial.Receivers,2}  {target.What,-52}";
            Console.WriteLine($"{what}{target.Value,7:F3}  limit {target.Limit:F2}  {verdict}");
        }
    }

    private static string Title(Trial trial) =>
        $"({trial.Part}) {trial.Bytes / MiB:F0} MiB in {trial.Pieces} pieces to {trial.Receivers}, "
        + (trial.BitsPerSecond is { } rate
            ? $"every link {rate / 1e6:F0} Mbit/s both ways; ideal {trial.Ideal!.Value.TotalSeconds:F2} s"
            : "unshaped");

    private static string Row(Trial trial, string tool, Outcome[] all, Outcome[] roj)
    {
        var right = all.Where(outcome => outcome.Failure is null).ToArray();
        var head = $"{tool,-11}{$"{right.Length}/{all.Length}",5}";
        if (right.Length == 0)
            return $"{head}  {all[0].Failure}";
        var (makespan, cpu) = (Median.Of(right, o => o.Makespan.TotalSeconds), Median.Of(right, o => o.Cpu.TotalSeconds));
        var unit = trial.Ideal?.TotalSeconds ?? (roj.Length > 0 ? Median.Of(roj, o => o.Makespan.TotalSeconds) : double.NaN);
        var unitCpu = roj.Length > 0 ? Median.Of(roj, o => o.Cpu.TotalSeconds) : double.NaN;
        return $"{head}{makespan,10:F2}{right.Min(o => o.Makespan.TotalSeconds),8:F2}{right.Max(o => o.Makespan.TotalSeconds),8:F2}"
            + $"{Median.Of(right, o => o.FirstComplete.TotalSeconds),8:F2}{Median.Of(right, o => o.Created.TotalSeconds),8:F2}"
            + $"{cpu,8:F2}{Median.Of(right, o => o.OtherCpu.TotalSeconds),8:F2}{Median.Of(right, o => o.SeederOverFile),8:F3}"
            + $"{Memory(right.Max(o => o.Nodes[0].PeakRssBytes)),8}{Memory(right.Max(o => o.Nodes.Skip(1).Max(n => n.PeakRssBytes))),9}"
            + $"{Ratio(makespan / unit, 10, 3)}{Ratio(cpu / unitCpu, 8, 2)}";
    }

    private static string Memory(long? bytes) => bytes is { } peak ? $"{peak / MiB:F1}" : "–";

    private static void Warn(Outcome[] right)
    {
        if (right.Length > 0 && Median.Of(right, outcome => outcome.Disturbance) is var other && other > DisturbanceMax)
            Console.WriteLine($"  other work took {other:P0} of the machine meanwhile: times are too long, CPU seconds less so");
    }

    private static string Ratio(double value, int width, int decimals) =>
        (double.IsNaN(value) ? "–" : value.ToString($"F{decimals}", CultureInfo.InvariantCulture)).PadLeft(width);

    // The median run: a slow tail shows here.
    private static void PrintNodes(Outcome outcome)
    {
        Console.WriteLine($"  Roj's nodes, in the run of {outcome.Makespan.TotalSeconds:F2} s");
        Console.WriteLine($"  {"",-14}{"complete s",11}{"sent",9}{"received",9}  × file");
        foreach (var node in outcome.Nodes.OrderBy(node => node.Complete))
        {
            var when = node == outcome.Nodes[0] ? "seeder" : $"{node.Complete.TotalSeconds:F2}";
            Console.WriteLine(
                $"  {node.Address,-14}{when,11}{(double)node.SentPayloadBytes / outcome.Trial.Bytes,9:F3}"
                + $"{(double)node.ReceivedPayloadBytes / outcome.Trial.Bytes,9:F3}");
        }
    }
}

using System.Globalization;
using Roj.EndToEnd;
using Roj.SwarmBench;
using Roj.SwarmBench.Subjects;

namespace Roj.SecurityBench;

/// <summary>One file to several machines, as fast as the machine can.</summary>
internal static class SwarmPart
{
    private const double MiB = 1024 * 1024;

    /// <summary>Measures, number of receivers by number, with and without a key in turns.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options)
    {
        string[] asked =
        [
            "--only", "a", "--tools", $"{RojSubject.ToolName},{RojSubject.KeyedName}",
            "--repeat", options.Repeat.ToString(CultureInfo.InvariantCulture), .. options.IsQuick ? ["--quick"] : Array.Empty<string>(),
        ];
        if (!SwarmBench.Options.TryParse(asked, out var swarm, out var complaint))
            throw new LabException(complaint);
        var outcomes = await SwarmBench.Bench.MeasureAsync(swarm, []).ConfigureAwait(false);
        if (outcomes.FirstOrDefault(outcome => outcome.Failure is not null) is { } failed)
            throw new LabException($"{failed.Tool} to {failed.Trial.Receivers}: {failed.Failure}");

        List<Figure> figures = [];
        foreach (var trial in outcomes.GroupBy(outcome => outcome.Trial))
        {
            var of = trial.ToLookup(outcome => outcome.Tool);
            Figure Of(string what, Func<Outcome, double> value) => new(
                $"{trial.Key.Bytes / MiB:F0} MiB to {trial.Key.Receivers}: {what}",
                Median.Of(of[RojSubject.ToolName], value),
                Median.Of(of[RojSubject.KeyedName], value));
            figures.Add(Of("makespan, s", outcome => outcome.Makespan.TotalSeconds));
            figures.Add(Of("processor of all, s", outcome => outcome.Cpu.TotalSeconds));
            figures.Add(Of("memory of the largest, MiB", outcome => (outcome.Nodes.Max(node => node.PeakRssBytes) ?? 0) / MiB));
        }

        return figures;
    }
}

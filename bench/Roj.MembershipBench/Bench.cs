using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.MembershipBench;

/// <summary>Runs everything that was asked for, one part after another, and reports it.</summary>
internal static class Bench
{
    /// <summary>Runs, prints, and gives back whether every limit was kept.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        var withSerf = !options.IsAlone && Subject.SerfProgram.IsThere;
        if (!withSerf)
        {
            Console.WriteLine(options.IsAlone
                ? "serf was left out (--alone): there are no figures of it"
                : "serf is not here (apt-get install serf, or --install): there are no figures of it");
        }

        (string Name, Func<Task<IReadOnlyList<Figure>>> Run)[] parts =
        [
            ("crowd", () => CrowdPart.RunAsync(options, withSerf)),
            ("ways", () => WaysPart.RunAsync(options)),
            ("segments", () => SegmentsPart.RunAsync(options)),
            ("loss", () => LossPart.RunAsync(options, withSerf)),
        ];
        List<Figure> figures = [];
        foreach (var (name, run) in parts)
        {
            if (options.Only is { } only && only != name)
                continue;
            try
            {
                figures.AddRange(await run().ConfigureAwait(false));
            }
            catch (LabException broken)
            {
                figures.Add(new Figure($"{name}: {broken.Message}", "", Roj: null));
            }
        }

        Table.Print(figures, withSerf);
        return figures.All(figure => figure.IsMet);
    }
}

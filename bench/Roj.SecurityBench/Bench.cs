using System.Globalization;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.SecurityBench;

/// <summary>Runs everything that was asked for, one part after another, and reports it.</summary>
internal static class Bench
{
    /// <summary>Runs, prints, and gives back whether every run went well: of what a key may cost nothing is claimed.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        Console.WriteLine(Machine.Describe());
        (string Name, Func<Task<IReadOnlyList<Figure>>> Run) CrowdOf(int size) => ("crowd", () => CrowdPart.RunAsync(size, options));
        (string Name, Func<Task<IReadOnlyList<Figure>>> Run)[] parts =
        [
            ("datagram", () => Task.FromResult(DatagramPart.Run(options))),
            ("stream", () => StreamPart.RunAsync(options)),
            ("swarm", () => SwarmPart.RunAsync(options)),
            .. CrowdPart.Sizes(options).Select(CrowdOf),
        ];
        List<string> failures = [];
        Console.WriteLine($"\n{"",-64}{"without",10}{"with key",10}{"ratio",8}");
        foreach (var (name, run) in parts)
        {
            if (options.Only is { } only && only != name)
                continue;
            try
            {
                foreach (var figure in await run().ConfigureAwait(false))
                    Console.WriteLine($"{figure.What,-64}{Text(figure.Without),10}{Text(figure.With),10}{Text(figure.Ratio),8}");
            }
            catch (LabException broken)
            {
                failures.Add($"{name}: {broken.Message}");
            }
        }

        Console.WriteLine($"\nload {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the end");
        foreach (var failure in failures)
            Console.WriteLine($"FAILED  {failure}");
        return failures.Count == 0;
    }

    private static string Text(double? value) =>
        value is { } number ? number.ToString(number >= 100 ? "N0" : number >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) : "";
}

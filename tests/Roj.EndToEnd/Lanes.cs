using System.Diagnostics;
using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>Runs test classes several at a time, each in a process locked into namespaces of its own.</summary>
/// <remarks>A lab mostly waits, and two labs have nothing in common but the machine's processors: bridge, addresses, disk and processes
/// are those of the inner process. Classes that judge by the clock what others' work could delay run alone, when all others have
/// ended.</remarks>
internal static class Lanes
{
    /// <summary>What asks for it: --lanes COUNT, and then what xunit's runner is told.</summary>
    public const string Option = "--lanes";

    private const int CountMax = 16;

    private static readonly Lock speech = new();

    /// <summary>Runs the classes that <paramref name="args"/> choose, <paramref name="count"/> at a time.</summary>
    /// <returns>0 if every class ended with 0, or else the exit code of one that did not.</returns>
    /// <exception cref="LabException"><paramref name="count"/> is no number of lanes, or the classes can't be listed.</exception>
    public static async Task<int> RunAsync(string count, string[] args)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var lanes) || lanes is < 1 or > CountMax)
            throw new LabException($"{Option} takes a whole number from 1 to {CountMax}, not {count}");
        var begun = Stopwatch.GetTimestamp();
        var plan = LanePlan.Of(await ListAsync(args).ConfigureAwait(false));
        var runs = new List<(string Class, int Code, TimeSpan Took)>();
        runs.AddRange(await RunAsync(plan.Together, lanes, args).ConfigureAwait(false));
        runs.AddRange(await RunAsync(plan.Alone, 1, args).ConfigureAwait(false));

        var longest = runs.OrderByDescending(run => run.Took).Take(10)
            .Select(run => string.Create(CultureInfo.InvariantCulture, $"{LanePlan.Short(run.Class)} {run.Took.TotalSeconds:F0} s"));
        Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{runs.Count} classes in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s, {lanes} at a time, ")
            + $"{plan.Alone.Count} alone; the longest: {string.Join(", ", longest)}");
        foreach (var run in runs.Where(run => run.Code != 0))
            Say($"{run.Class}: exit code {run.Code}");
        return runs.Select(run => run.Code).FirstOrDefault(code => code != 0);
    }

    private static async Task<IReadOnlyList<(string Class, int Code, TimeSpan Took)>> RunAsync(
        IReadOnlyList<string> classes, int lanes, string[] args)
    {
        var next = new Queue<string>(classes);
        var done = new List<(string, int, TimeSpan)>();
        async Task LaneAsync()
        {
            while (Take(next) is { } name)
            {
                var begun = Stopwatch.GetTimestamp();
                var prefix = LanePlan.Short(name);
                var code = await StartAsync(LanePlan.Arguments(args, name), line => Tell(prefix, line)).ConfigureAwait(false);
                lock (done)
                    done.Add((name, code, Stopwatch.GetElapsedTime(begun)));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => Task.Run(LaneAsync))).ConfigureAwait(false);
        return done;
    }

    private static string? Take(Queue<string> classes)
    {
        lock (classes)
            return classes.TryDequeue(out var name) ? name : null;
    }

    private static async Task<string> ListAsync(string[] args)
    {
        var lines = new List<string>();
        var code = await StartAsync(
            [.. args, "-list", "full/json", "-noLogo"],
            line =>
            {
                lock (lines)
                    lines.Add(line);
            }).ConfigureAwait(false);
        return code == 0 ? string.Join('\n', lines) : throw new LabException($"the tests can't be listed: {string.Join('\n', lines)}");
    }

    // What the runner says of its own steps would come once for every class.
    private static void Tell(string prefix, string line)
    {
        var isStep = ((string[])["Discovering:", "Discovered:", "Starting:", "Finished:"]).Any(
            step => line.AsSpan().TrimStart().StartsWith(step, StringComparison.Ordinal));
        if (!isStep)
            Say($"{prefix}: {line}");
    }

    private static void Say(string line)
    {
        lock (speech)
            Console.WriteLine(line);
    }

    private static async Task<int> StartAsync(string[] args, Action<string> hear)
    {
        var start = Confinement.ReentryOf([Program.InsideMark, .. args]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        void Hear(object sender, DataReceivedEventArgs said)
        {
            if (said.Data is { } line)
                hear(line);
        }

        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Roj.StartBench;

/// <summary>Measures the native program's start, rest and end, and fails when a median misses its limit. See bench/README.md.</summary>
internal static class Program
{
    private const int PartBytes = 16 * 1024;
    private const int Parts = 64;
    private const double MiB = 1024 * 1024;

    private static readonly TimeSpan AcceptsMax = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EndsMax = TimeSpan.FromMilliseconds(100);
    private const long ResidentBytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    private static int Main(string[] args)
    {
        var runs = 30;
        if (args.Length > 1 || (args is [var count] && !(int.TryParse(count, CultureInfo.InvariantCulture, out runs) && runs > 0)))
        {
            Console.Error.WriteLine("usage: bench/start [RUNS]      RUNS is 30 unless given");
            return 2;
        }

        var program = Environment.GetEnvironmentVariable("ROJ_PROGRAM");
        if (!File.Exists(program))
        {
            Console.Error.WriteLine("ROJ_PROGRAM names no program: run bench/start");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("roj-bench-").FullName;
        try
        {
            return Measure(program, folder, runs) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Measure(string program, string folder, int runs)
    {
        Console.WriteLine($"{runs} runs of each; from before the process is made; in milliseconds and MiB");
        Console.WriteLine($"{"",-28}{"median",10}{"max",10}{"limit",10}");
        // For scale, in the same minute: what this machine takes to make a process that does nothing, and to see it end.
        Row("a process that does nothing", Times(runs, Nothing), null);
        Subject[] subjects =
        [
            new("a complete file", program, Complete(folder), Path.Combine(folder, "data.bin")),
            new("no description yet", program, Empty(folder), Path.Combine(folder, "none.bin")),
        ];
        var right = true;
        foreach (var subject in subjects)
        {
            subject.Live(TimeSpan.Zero); // reads the program from the disk
            var lives = Enumerable.Range(0, runs).Select(_ => subject.Live(Idle)).ToArray();
            Console.WriteLine(subject.Name);
            right &= Row("  the port accepts", lives.Select(life => life.Accepts.TotalMilliseconds), AcceptsMax.TotalMilliseconds);
            right &= Row("  it says so", lives.Select(life => life.Says.TotalMilliseconds), null);
            right &= Row("  VmRSS after 2 s", lives.Select(life => life.ResidentBytes / MiB), ResidentBytesMax / MiB);
            right &= Row("  SIGTERM to its end", lives.Select(life => life.Ends.TotalMilliseconds), EndsMax.TotalMilliseconds);
        }

        Console.WriteLine(right ? "all medians are within their limits" : "a median misses its limit");
        return right;
    }

    private static bool Row(string what, IEnumerable<double> figures, double? limit)
    {
        var sorted = figures.Order().ToArray();
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        var isWithin = limit is null || median <= limit;
        var limitText = limit?.ToString("F0", CultureInfo.InvariantCulture) ?? "";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-28}{median,10:F1}{sorted[^1],10:F1}{limitText,10}{(isWithin ? "" : "  MISSED")}"));
        return isWithin;
    }

    private static IEnumerable<double> Times(int runs, Action action) => Enumerable.Range(0, runs).Select(_ =>
    {
        var begun = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    });

    private static void Nothing()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/true") { RedirectStandardOutput = true })!;
        process.WaitForExit();
    }

    private static string Empty(string folder)
    {
        var path = Path.Combine(folder, "empty.conf");
        File.WriteAllText(path, "{}");
        return path;
    }

    /// <summary>1 MiB in 64 parts, all of them right: what a node looks like that has done its work.</summary>
    private static string Complete(string folder)
    {
        var bytes = new byte[PartBytes * Parts];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(folder, "data.bin"), bytes);
        var path = Path.Combine(folder, "complete.conf");
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteStartObject("FileInfo");
        json.WriteNumber("Size", bytes.Length);
        json.WriteNumber("PartSize", PartBytes);
        json.WriteStartArray("Parts");
        foreach (var part in bytes.Chunk(PartBytes))
            json.WriteStringValue(Convert.ToHexStringLower(SHA1.HashData(part)));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        return path;
    }
}

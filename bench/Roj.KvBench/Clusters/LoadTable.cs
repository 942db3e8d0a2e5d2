using System.Globalization;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>What clients noticed while something was done with the nodes.</summary>
internal static class LoadTable
{
    /// <summary>Prints a row for each part of the time: a percentile is that of its worst second.</summary>
    /// <param name="generator">Who told how each second was; it has ended.</param>
    /// <param name="clients">How many there were.</param>
    /// <param name="parts">What each part is called, from when to when it was.</param>
    public static void Print(LabProcess generator, int clients, params (string When, TimeSpan From, TimeSpan To)[] parts)
    {
        var seconds = LoadFigures.Seconds(File.ReadLines(generator.Log));
        Console.WriteLine($"{clients} clients, a writing and a reading in turns{"a second",12}{"p50, ms",10}{"p99, ms",10}{"most, ms",10}");
        foreach (var (when, from, to) in parts)
        {
            var first = Math.Floor(from.TotalSeconds);
            LoadFigures[] some =
                [.. seconds.Where(one => one.Second >= first && one.Second < to.TotalSeconds).Select(one => one.Figures)];
            if (some.Length == 0)
                continue;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{when,-45}{some.Average(one => one.Requests),12:N0}{some.Average(one => one.P50.TotalMilliseconds),10:F2}"
                    + $"{some.Max(one => one.P99.TotalMilliseconds),10:F2}{some.Max(one => one.Most.TotalMilliseconds),10:F2}"));
        }
    }
}

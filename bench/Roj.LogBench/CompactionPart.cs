using System.Diagnostics;
using Roj.Log;

namespace Roj.LogBench;

/// <summary>Values that are written again and again, with compaction and without.</summary>
internal static class CompactionPart
{
    private const int Keys = 100_000;
    private const int ValueBytes = 1000;
    private const int Group = 64;
    private const int StepBytes = 256 << 10;

    public static void Run(string folder, TimeSpan time)
    {
        var what = $"{Keys:N0} keys of {ValueBytes} bytes anew";
        Console.WriteLine($"{what,-36}{"appends/s",14}{"MiB on disk",14}{"of them live",14}{"worst ms",14}");
        foreach (var compacts in (bool[])[false, true])
        {
            var path = Path.Combine(folder, $"c{compacts}");
            using var log = new BenchedLog(path, new LogSettings(1) { ReserveBytes = 0 });
            var value = new byte[ValueBytes];
            for (var key = 0; key < Keys; key++)
            {
                log.Append(key, value);
                if (key % 1024 == 0)
                    log.Commit();
            }

            log.Commit();
            var (rate, worst) = Rate(log, compacts, time);
            var figures = log.Log.Figures;
            Console.WriteLine(
                $"{(compacts ? "  with compaction" : "  without"),-36}{rate,14:N0}{MiB(figures.LiveBytes + figures.DeadBytes),14:N0}"
                + $"{MiB(figures.LiveBytes),14:N0}{worst,14:N1}");
        }
    }

    private static (double Rate, double WorstMilliseconds) Rate(BenchedLog log, bool compacts, TimeSpan time)
    {
        var value = new byte[ValueBytes];
        var appends = 0L;
        var worst = TimeSpan.Zero;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            var begun = watch.Elapsed;
            for (var i = 0; i < Group; i++)
                log.AppendAny(Keys, value);
            if (compacts)
                log.Log.Compact(StepBytes);
            log.Commit();
            appends += Group;
            worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, (watch.Elapsed - begun).Ticks));
        }

        return (appends / watch.Elapsed.TotalSeconds, worst.TotalMilliseconds);
    }

    private static double MiB(long bytes) => bytes / (1024.0 * 1024);
}

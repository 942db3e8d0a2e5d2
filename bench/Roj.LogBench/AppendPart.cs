using System.Diagnostics;
using Roj.Log;

namespace Roj.LogBench;

/// <summary>Appends of 100 bytes, so many of them to a sync, with zeros written ahead and without.</summary>
internal static class AppendPart
{
    private const int Keys = 1_000_000;

    public static void Run(string folder, TimeSpan time)
    {
        Console.WriteLine($"{"appends of 100 bytes a second",-36}{"zeros ahead",14}{"none",14}{"syncs/s",14}{"none",14}");
        foreach (var group in (int[])[1, 8, 64])
        {
            var (ahead, aheadSyncs) = Rate(Path.Combine(folder, $"a{group}"), group, 1 << 20, time);
            var (none, noneSyncs) = Rate(Path.Combine(folder, $"n{group}"), group, 0, time);
            Console.WriteLine($"{$"  one sync for {group}",-36}{ahead,14:N0}{none,14:N0}{aheadSyncs,14:N0}{noneSyncs,14:N0}");
        }
    }

    private static (double Appends, double Syncs) Rate(string path, int group, int ahead, TimeSpan time)
    {
        using var log = new BenchedLog(path, new LogSettings(1) { PreallocateBytes = ahead, ReserveBytes = 0 });
        var value = new byte[100];
        var appends = 0L;
        // The first file and the compiler are not what is measured.
        for (var warm = 0; warm < 200; warm++)
        {
            log.AppendAny(Keys, value);
            log.Commit();
        }

        var before = log.Log.Figures.Syncs;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            for (var i = 0; i < group; i++)
                log.AppendAny(Keys, value);
            log.Commit();
            appends += group;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return (appends / seconds, (log.Log.Figures.Syncs - before) / seconds);
    }
}

using System.Diagnostics;
using Roj.Log;

namespace Roj.LogBench;

/// <summary>How long it takes until a log of so many keys is open, with hints and without.</summary>
internal static class ReopenPart
{
    private const int Runs = 5;
    private const int Million = 1_000_000;
    private const double MillionSecondsMax = 1;

    public static bool Run(string folder, int keysMax)
    {
        Console.WriteLine($"{"opening, in ms",-36}{"median",14}{"max",14}{"limit",14}{"without hints",14}{"memory MiB",14}");
        var isRight = true;
        for (var keys = 10_000; keys <= keysMax; keys *= 10)
        {
            var path = Path.Combine(folder, $"r{keys}");
            Fill(path, keys);
            var times = Enumerable.Range(0, Runs).Select(_ => Open(path, keys)).Order().ToArray();
            var memory = MemoryOf(path);
            foreach (var hint in Directory.GetFiles(path, "*.hint"))
                File.Delete(hint);
            var without = Open(path, keys);
            var limit = keys == Million ? $"{MillionSecondsMax * 1000:N0}" : "";
            Console.WriteLine(
                $"{$"  {keys:N0} keys of 100 bytes",-36}{times[Runs / 2],14:N1}{times[^1],14:N1}{limit,14}{without,14:N1}{memory,14:N1}");
            isRight &= keys != Million || times[Runs / 2] < MillionSecondsMax * 1000;
            Directory.Delete(path, recursive: true);
        }

        return isRight;
    }

    private static void Fill(string path, int keys)
    {
        using var log = new BenchedLog(path, new LogSettings(1));
        var value = new byte[100];
        for (var key = 0; key < keys; key++)
        {
            log.Append(key, value);
            if (key % 1024 == 0)
                log.Commit();
        }

        log.Commit();
        log.Settle();
    }

    private static double Open(string path, int keys)
    {
        GC.Collect();
        var watch = Stopwatch.StartNew();
        using var log = new BenchedLog(path, new LogSettings(1));
        var elapsed = watch.Elapsed;
        if (log.Log.Figures.Keys != keys || !log.Find(keys / 2))
            throw new InvalidOperationException("keys are missing");
        return elapsed.TotalMilliseconds;
    }

    private static double MemoryOf(string path)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var log = new BenchedLog(path, new LogSettings(1));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(log);
        return (after - before) / (1024.0 * 1024);
    }
}

using System.Diagnostics;
using System.Text;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>What many keys take: memory, disk, opening, scanning.</summary>
internal static class KeysPart
{
    private const int Usual = 1_000_000;
    private const int Most = 10_000_000;
    private const int AtATime = 1_000;
    private const double MiB = 1024 * 1024;

    private static readonly string value = new('v', 100);

    /// <summary>Measures them, and prints a table.</summary>
    public static async Task RunAsync(Options options)
    {
        Console.WriteLine("values of 100 bytes; memory in MiB, times in s");
        Console.WriteLine(
            $"{"keys",12}{"writing",10}{"memory",10}{"disk",10}{"PING",10}{"GET",10}{"memory",10}{"scan",10}{"scanned",12}");
        for (var keys = 10_000; keys <= (options.IsLarge ? Most : Usual); keys *= 10)
        {
            var folder = Path.Combine(options.Data, $"{Environment.ProcessId}-{keys}");
            try
            {
                await RunAsync(folder, keys).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task RunAsync(string folder, int keys)
    {
        TimeSpan writing;
        long memory;
        using (var roj = Server.Roj(folder))
        {
            await roj.AnswersAsync("SET ready 1", "+OK").ConfigureAwait(false);
            writing = await FillAsync(roj.Port, keys).ConfigureAwait(false);
            memory = roj.Usage.RssBytes;
        }

        var disk = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        using var again = Server.Roj(folder);
        var ping = await again.AnswersAsync("PING", "+PONG").ConfigureAwait(false);
        var get = ping + await again.AnswersAsync("GET ready", "$1").ConfigureAwait(false);
        var opened = again.Usage.RssBytes;
        var (scan, scanned) = await ScanAsync(again.Port).ConfigureAwait(false);
        Console.WriteLine($"{keys,12:N0}{writing.TotalSeconds,10:F2}{memory / MiB,10:F0}{disk / MiB,10:F0}{ping.TotalSeconds,10:F2}"
            + $"{get.TotalSeconds,10:F2}{opened / MiB,10:F0}{scan.TotalSeconds,10:F2}{scanned,12:N0}");
        if (scanned < keys)
            throw new LabException($"of {keys} keys only {scanned} were scanned");
    }

    private static async Task<TimeSpan> FillAsync(int port, int keys)
    {
        await using var client = new RespClient(port);
        var started = Stopwatch.GetTimestamp();
        var said = new StringBuilder();
        for (var done = 0; done < keys; done += AtATime)
        {
            said.Clear();
            for (var i = done; i < done + AtATime; i++)
                said.Append("SET key:").Append(i.ToString("D12")).Append(' ').Append(value).Append("\r\n");
            await client.SayAsync(said.ToString()).ConfigureAwait(false);
            for (var i = 0; i < AtATime; i++)
            {
                if (await client.HearAsync().ConfigureAwait(false) is not "+OK" and var wrong)
                    throw new LabException($"SET is answered {wrong}");
            }
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<(TimeSpan Span, int Keys)> ScanAsync(int port)
    {
        await using var client = new RespClient(port);
        var started = Stopwatch.GetTimestamp();
        var (cursor, all) = ("0", 0);
        do
        {
            await client.SayAsync($"SCAN {cursor} COUNT {AtATime}\r\n").ConfigureAwait(false);
            (cursor, var keys) = await client.HearPageAsync().ConfigureAwait(false);
            all += keys;
        }
        while (cursor != "0");

        return (Stopwatch.GetElapsedTime(started), all);
    }
}

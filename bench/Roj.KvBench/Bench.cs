using Roj.MembershipBench;

namespace Roj.KvBench;

/// <summary>Roj beside Redis: both do the same, in turns.</summary>
internal static class Bench
{
    private const double MiB = 1024 * 1024;
    private const string Always = "redis always";
    private const string Own = "roj";

    /// <summary>Measures all, and says whether what is claimed holds.</summary>
    public static async Task<bool> RunAsync(Options options)
    {
        var all = new List<(string Server, RedisLoad Load, RedisLoad.Taken Taken)>();
        for (var round = 0; round < options.Rounds; round++)
        {
            var folder = Path.Combine(options.Data, $"{Environment.ProcessId}-{round}");
            try
            {
                await RoundAsync(options, folder, all).ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Console.WriteLine($"50 clients; medians of {options.Rounds}; p50 and p99 in ms, CPU in µs of the server for each, memory in MiB");
        Console.WriteLine($"{"",-26}{"server",-16}{"per second",12}{"p50",8}{"p99",8}{"CPU",8}{"memory",8}");
        var isRight = true;
        foreach (var load in RedisLoad.All)
            isRight &= Show(load, [.. all.Where(one => one.Load == load).Select(one => (one.Server, one.Taken))]);
        return isRight;
    }

    private static async Task RoundAsync(Options options, string folder, List<(string Server, RedisLoad Load, RedisLoad.Taken Taken)> all)
    {
        using var always = Server.Redis(Path.Combine(folder, "always"), "always");
        using var everySecond = Server.Redis(Path.Combine(folder, "everysec"), "everysec");
        using var roj = Server.Roj(Path.Combine(folder, "roj"));
        Server[] servers = [always, everySecond, roj];
        foreach (var server in servers)
            await server.AnswersAsync("SET ready 1", "+OK").ConfigureAwait(false);
        foreach (var load in RedisLoad.All)
        {
            foreach (var server in servers)
                all.Add((server.Name, load, load.Run(server, options.Requests)));
        }
    }

    private static bool Show(RedisLoad load, (string Server, RedisLoad.Taken Taken)[] all)
    {
        var what = $"{load.Test.ToUpperInvariant()}, {load.Bytes} bytes, by {load.Pipeline}";
        foreach (var server in all.Select(one => one.Server).Distinct())
        {
            Console.WriteLine($"{what,-26}{server,-16}{Median(server, one => one.Rate),12:N0}{Median(server, one => one.Median),8:F2}"
                + $"{Median(server, one => one.Slow),8:F2}{Median(server, one => one.Cpu),8:F2}"
                + $"{Median(server, one => one.Rss) / MiB,8:F0}");
        }

        // Whoever syncs always is whom writes are held against: so does Roj.
        var ratio = Median(Own, one => one.Rate) / Median(Always, one => one.Rate);
        var least = load.Test == "set" ? 1 : load.Pipeline == 1 ? 0.8 : 0.5;
        var isRight = ratio >= least;
        Console.WriteLine($"{"",-26}of Redis'       {ratio,12:F2}   at least {least:F1}{(isRight ? "" : ": MISSED")}");
        return isRight;

        double Median(string server, Func<RedisLoad.Taken, double> of) =>
            Rank.Of(all.Where(one => one.Server == server).Select(one => of(one.Taken)), 50);
    }
}

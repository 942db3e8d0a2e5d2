using System.Globalization;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>What redis-benchmark asks of a server, and says of it.</summary>
/// <param name="Test"><c>set</c> or <c>get</c>.</param>
/// <param name="Bytes">Of each value.</param>
/// <param name="Pipeline">How many requests are under way at a time, of each of 50 clients.</param>
internal sealed record RedisLoad(string Test, int Bytes, int Pipeline)
{
    /// <summary>What makes the load.</summary>
    public const string Program = "redis-benchmark";

    private const int Keys = 100_000;

    /// <summary>What is measured, in this order: what is read was written before.</summary>
    public static IReadOnlyList<RedisLoad> All { get; } =
    [
        .. from bytes in new[] { 100, 4096 }
           from pipeline in new[] { 1, 16 }
           from test in new[] { "set", "get" }
           select new RedisLoad(test, bytes, pipeline),
    ];

    /// <summary>Runs it.</summary>
    public Taken Run(Server server, int requests)
    {
        var count = requests * (Pipeline > 1 ? 4 : 1) / (Bytes > 1000 ? 4 : 1);
        var before = server.Usage;
        string[] args =
        [
            "-p", $"{server.Port}", "-c", "50", "-r", $"{Keys}", "-n", $"{count}", "-t", Test, "-d", $"{Bytes}", "-P", $"{Pipeline}",
            "--csv",
        ];
        var said = Tool.Run(Tool.Find(Program)!, args);
        var after = server.Usage;
        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        var fields = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(',');
        if (fields.Length < 8 || !fields[0].Contains(Test, StringComparison.OrdinalIgnoreCase))
            throw new LabException($"{Program} on {server.Name}: {said}");
        return new Taken(Number(1), Number(4), Number(6), (after.Cpu - before.Cpu).TotalMicroseconds / count, after.RssBytes);

        double Number(int field) => double.Parse(fields[field].Trim('"'), CultureInfo.InvariantCulture);
    }

    /// <summary>What it came to.</summary>
    /// <param name="Rate">Requests a second.</param>
    /// <param name="Median">Milliseconds.</param>
    /// <param name="Slow">Milliseconds: what 99 of 100 don't exceed.</param>
    /// <param name="Cpu">Microseconds of the server's for each.</param>
    /// <param name="Rss">Bytes of the server's memory, afterwards.</param>
    public readonly record struct Taken(double Rate, double Median, double Slow, double Cpu, double Rss);
}

using System.Globalization;
using Roj.EndToEnd;

namespace Roj.TokenBench;

/// <summary>The ring in C (<c>ring.c</c>), compiled here.</summary>
internal static class CRing
{
    private const string Port = "7099";

    private static readonly string program = Path.Combine(Repository.Artifacts, "token-ring");

    /// <summary>Compiles it.</summary>
    public static void Make() =>
        Tool.Run("cc", ["-O2", "-o", program, Path.Combine(Repository.Root, "bench", "Roj.TokenBench", "ring.c")]);

    /// <summary>Hops a second on a ring of hosts.</summary>
    public static async Task<double> MeasureAsync(int nodes, int seconds)
    {
        var rate = 0.0;
        await Lab.RunAsync(nodes, "token-c", async lab =>
        {
            var hosts = lab.Hosts;
            for (var i = 1; i < nodes; i++)
                hosts[i].Start(program, [hosts[i].Address, hosts[(i + 1) % nodes].Address, Port]);
            string[] last = [hosts[0].Address, hosts[1].Address, Port, seconds.ToString(CultureInfo.InvariantCulture)];
            var first = hosts[0].Start(program, last);
            if (await first.ExitAsync(TimeSpan.FromSeconds(seconds + 20)).ConfigureAwait(false) != 0)
                throw new LabException("the ring in C broke");
            var words = File.ReadAllLines(first.Log)[^1].Split(' '); // N rounds in S s
            rate = Number(words[0]) * nodes / Number(words[3]);
        }).ConfigureAwait(false);
        return rate;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

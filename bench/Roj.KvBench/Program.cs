using System.Globalization;
using Roj.EndToEnd;
using Roj.SwarmBench;

namespace Roj.KvBench;

/// <summary>Measures how fast the store serves those who speak RESP, beside redis-server; or what many keys take. See bench/README.md.
/// </summary>
internal static class Program
{
    private const int WrongUse = 2;

    private static async Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (!Options.TryParse(args, out var options, out var complaint))
            return Refuse($"{complaint}\n{Options.Usage}");
        if (options.WantsHelp)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        if (Tool.Find(RedisLoad.Program) is null || Tool.Find(Server.RedisProgram) is null)
            return Refuse("redis-benchmark and redis-check-rdb are not here: apt-get install redis-tools");
        try
        {
            Directory.CreateDirectory(options.Data);
            Console.WriteLine($"{Machine.Describe()}; data on {RegisterBench.Disk.Of(options.Data)}");
            if (!options.HasKeys)
                return await Bench.RunAsync(options).ConfigureAwait(false) ? 0 : 1;
            await KeysPart.RunAsync(options).ConfigureAwait(false);
            return 0;
        }
        catch (Exception broken) when (broken is LabException or IOException or UnauthorizedAccessException)
        {
            return Refuse(broken.Message);
        }
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine($"bench/kv: {why}");
        return WrongUse;
    }
}

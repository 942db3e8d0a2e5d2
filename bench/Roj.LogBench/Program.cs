using System.Globalization;

namespace Roj.LogBench;

/// <summary>Measures the durable log on this machine's disk, and fails when opening misses its limit. See bench/README.md.</summary>
internal static class Program
{
    private const int KeysUsual = 1_000_000;
    private const int KeysMost = 10_000_000;

    private static int Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (args.Length > 2 || args is ["--help", ..] || args.Any(arg => arg.StartsWith('-') && arg != "--large"))
        {
            Console.Error.WriteLine("usage: bench/log [--large] [FOLDER]");
            Console.Error.WriteLine("FOLDER is on the disk to measure; --large opens 10,000,000 keys too");
            return 2;
        }

        var under = args.FirstOrDefault(arg => arg != "--large") ?? Path.GetTempPath();
        var folder = Path.Combine(under, $"roj-bench-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            AppendPart.Run(folder, TimeSpan.FromSeconds(3));
            var isRight = ReopenPart.Run(folder, args.Contains("--large") ? KeysMost : KeysUsual);
            CompactionPart.Run(folder, TimeSpan.FromSeconds(10));
            return isRight ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

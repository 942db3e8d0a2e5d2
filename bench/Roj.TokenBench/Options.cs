using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roj.EndToEnd;

namespace Roj.TokenBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/token [--rounds N] [--seconds N] [--kills N] [--no-etcd] [--data DIR]

          --rounds     how often each is measured, in turns; 3 unless given
          --seconds    for how long; 5 unless given
          --kills      holders that are killed in each mode; 10 unless given, 0 for none
          --no-etcd    leave etcd out
          --data       a directory on a real disk, for the nodes' data; artifacts/token unless given
        """;

    private const int Max = 1_000;

    /// <summary>How often each is measured.</summary>
    public int Rounds { get; private set; } = 3;

    /// <summary>For how long, in seconds.</summary>
    public int Seconds { get; private set; } = 5;

    /// <summary>How many holders are killed in each mode.</summary>
    public int Kills { get; private set; } = 10;

    /// <summary>Whether etcd is measured.</summary>
    public bool HasEtcd { get; private set; } = true;

    /// <summary>Where the nodes' data is kept while they run.</summary>
    public string Data { get; private set; } = Path.Combine(Repository.Artifacts, "token");

    /// <summary>Whether only the usage is to be printed.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>Reads the command line; false with a complaint where it makes no sense.</summary>
    public static bool TryParse(
        ReadOnlySpan<string> args, [NotNullWhen(true)] out Options? options, [NotNullWhen(false)] out string? complaint)
    {
        (options, complaint) = (new Options(), null);
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = (args[i], i + 1 < args.Length ? args[i + 1] : "");
            if (options.IsFlag(name))
                continue;
            if (!options.TakesValue(name, value))
            {
                (options, complaint) = (null, $"{name} {value}: what is that?");
                return false;
            }

            i++;
        }

        return true;
    }

    private bool IsFlag(string name)
    {
        WantsHelp |= name is "-h" or "--help";
        HasEtcd &= name != "--no-etcd";
        return name is "-h" or "--help" or "--no-etcd";
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--rounds":
                return (Rounds = Number(value)) > 0;
            case "--seconds":
                return (Seconds = Number(value)) > 0;
            case "--kills":
                return (Kills = Number(value)) >= 0;
            case "--data":
                Data = Path.GetFullPath(value.Length > 0 ? value : ".");
                return value.Length > 0;
            default:
                return false;
        }
    }

    // -1: not a number up to the limit.
    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Max ? number : -1;
}

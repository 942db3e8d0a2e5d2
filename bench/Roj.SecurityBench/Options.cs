using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roj.SecurityBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/security [--quick] [--only PART] [--repeat K]

          --quick     small crowds, small files, one run of each: a look, not a measurement
          --only      crowd: start, idle, kill.  swarm: unshaped.  stream: one connection.  datagram: one core
          --repeat    runs of each, with and without a key in turns; 3 unless given, medians are shown
        """;

    private const int RepeatMax = 1000;

    private int? repeat;

    /// <summary>The part to run; null for all.</summary>
    public string? Only { get; private set; }

    /// <summary>Whether everything is short.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>How many runs of each.</summary>
    public int Repeat => repeat ?? (IsQuick ? 1 : 3);

    /// <summary>Whether only the usage is to be printed.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>Reads the command line; false with a complaint where it makes no sense.</summary>
    public static bool TryParse(
        ReadOnlySpan<string> args, [NotNullWhen(true)] out Options? options, [NotNullWhen(false)] out string? complaint)
    {
        options = new Options();
        complaint = null;
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = (args[i], i + 1 < args.Length ? args[i + 1] : "");
            if (options.TakesFlag(name))
                continue;
            if (!options.TakesValue(name, value))
            {
                complaint = $"{name} {value}: what is that?";
                options = null;
                return false;
            }

            i++;
        }

        return true;
    }

    private bool TakesFlag(string name)
    {
        switch (name)
        {
            case "--quick": IsQuick = true; return true;
            case "-h" or "--help": WantsHelp = true; return true;
            default: return false;
        }
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--only":
                Only = value;
                return value is "crowd" or "swarm" or "stream" or "datagram";
            case "--repeat":
                repeat = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : 0;
                return repeat is >= 1 and <= RepeatMax;
            default:
                return false;
        }
    }
}

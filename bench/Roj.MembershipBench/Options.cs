using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roj.MembershipBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/membership [--quick] [--nodes N] [--kills K] [--only PART] [--alone] [--install]

          --quick     short idling, short faults, few kills: a look, not a measurement
          --nodes     hosts in the largest cluster (3 to 100); 60 unless given
          --kills     nodes that are killed, one after another; 20 unless given
          --only      crowd: start, idle, kill.  ways: each way of finding alone.  segments: join and split.  loss: frames and pauses
          --alone     Roj without serf beside it
          --install   apt-get install serf, if it is missing (root)
        """;

    private const int NodesMax = 100; // 10.77.0.x has room for more, two cores don't
    private const int KillsMax = 1000;

    private int? kills;

    /// <summary>Hosts in the largest cluster.</summary>
    public int Nodes { get; private set; } = 60;

    /// <summary>How many are killed.</summary>
    public int Kills => kills ?? (IsQuick ? 3 : 20);

    /// <summary>The part to run; null for all.</summary>
    public string? Only { get; private set; }

    /// <summary>Whether everything is short.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>Whether Roj runs alone.</summary>
    public bool IsAlone { get; private set; }

    /// <summary>Whether serf may be installed.</summary>
    public bool Install { get; private set; }

    /// <summary>Whether only the usage is to be printed.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>How often each cluster is started.</summary>
    public int Starts => IsQuick ? 1 : 5;

    /// <summary>How long nodes idle while they are measured.</summary>
    public TimeSpan Idle => TimeSpan.FromSeconds(IsQuick ? 10 : 60);

    /// <summary>How long frames are lost and hosts paused.</summary>
    public TimeSpan Loss => TimeSpan.FromSeconds(IsQuick ? 40 : 600);

    /// <summary>How long a split lasts.</summary>
    public TimeSpan Split => TimeSpan.FromSeconds(IsQuick ? 30 : 600);

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
            case "--alone": IsAlone = true; return true;
            case "--install": Install = true; return true;
            case "-h" or "--help": WantsHelp = true; return true;
            default: return false;
        }
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--nodes":
                Nodes = Number(value, 3, NodesMax) ?? 0;
                return Nodes > 0;
            case "--kills":
                kills = Number(value, 1, KillsMax);
                return kills is not null;
            case "--only":
                Only = value;
                return value is "crowd" or "ways" or "segments" or "loss";
            default:
                return false;
        }
    }

    private static int? Number(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : null;
}

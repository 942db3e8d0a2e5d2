using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/register [--seconds N] [--repeat K] [--clients LIST] [--only etcd|roj] [--data DIR] [--connections N]

          --seconds       how long each run is measured, after a third of it as a warm-up; 10 unless given
          --repeat        runs of each, in turns; 3 unless given, medians are shown
          --clients       how many clients there are, separated by commas; 1,50 unless given
          --only          this one alone: nothing is compared
          --data          a directory on a real disk, for the nodes' data; artifacts/register unless given
          --connections   how many connections the clients share, rather than what is best for the subject
        """;

    private const int SecondsMax = 3600;
    private const int RepeatMax = 1000;
    private const int ClientsMax = 256;

    private int seconds = 10;

    /// <summary>How long a run is measured.</summary>
    public TimeSpan Measured => TimeSpan.FromSeconds(seconds);

    /// <summary>How long it runs before that: what is compiled at first is not measured.</summary>
    public TimeSpan WarmUp => Measured / 3;

    /// <summary>How many runs of each.</summary>
    public int Repeat { get; private set; } = 3;

    /// <summary>How many clients there are, in turn.</summary>
    public IReadOnlyList<int> Clients { get; private set; } = [1, 50];

    /// <summary>The subject to measure; null for all.</summary>
    public string? Only { get; private set; }

    /// <summary>Where the nodes' data is kept while they run.</summary>
    public string Data { get; private set; } = Path.Combine(Repository.Artifacts, "register");

    /// <summary>How many connections the clients share; null for what is best for the subject.</summary>
    public int? Connections { get; private set; }

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
            if (name is "-h" or "--help")
            {
                options.WantsHelp = true;
                continue;
            }

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

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--seconds":
                return (seconds = Number(value, SecondsMax)) > 0;
            case "--repeat":
                return (Repeat = Number(value, RepeatMax)) > 0;
            case "--clients":
                Clients = [.. value.Split(',').Select(text => Number(text, ClientsMax)).Distinct()];
                return !Clients.Contains(0);
            case "--connections":
                Connections = Number(value, ClientsMax);
                return Connections > 0;
            case "--only":
                Only = value;
                return value is Subjects.Etcd or Subjects.Roj;
            case "--data":
                Data = Path.GetFullPath(value.Length > 0 ? value : ".");
                return value.Length > 0;
            default:
                return false;
        }
    }

    // 0: not a number from 1 to max.
    private static int Number(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max ? number : 0;
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roj.EndToEnd;

namespace Roj.ElectionBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/election [--rounds N] [--nodes LIST] [--lease LIST] [--graceful] [--only etcd|roj] [--data DIR]

          --rounds     leaders that each loses in each situation; 20 unless given
          --nodes      how many nodes there are, separated by commas; 3,5 unless given
          --lease      Roj's lease and etcd's election time-out in milliseconds, separated by commas; 1000,200 unless given
          --graceful   the leader is told to end (SIGTERM) instead of killed: how long the hand-over takes
          --only       this one alone: nothing is compared
          --data       a directory on a real disk, for the nodes' data; artifacts/election unless given
        """;

    private const int RoundsMax = 10_000;
    private const int NodesMax = 7; // of a roster
    private const int LeaseMax = 50_000; // etcd's

    private IReadOnlyList<int> nodes = [3, 5];
    private IReadOnlyList<int> leases = [1000, 200];

    /// <summary>How many leaders each loses in each situation.</summary>
    public int Rounds { get; private set; } = 20;

    /// <summary>In what leaders are lost.</summary>
    public IEnumerable<Situation> Situations =>
        nodes.SelectMany(count => leases.Select(lease => new Situation(count, TimeSpan.FromMilliseconds(lease))));

    /// <summary>What a leader is sent.</summary>
    public int Signal { get; private set; } = Native.SigKill;

    /// <summary>The subject to measure; null for all.</summary>
    public string? Only { get; private set; }

    /// <summary>Where the nodes' data is kept while they run.</summary>
    public string Data { get; private set; } = Path.Combine(Repository.Artifacts, "election");

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
            if (options.IsFlag(name))
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

    private bool IsFlag(string name)
    {
        WantsHelp |= name is "-h" or "--help";
        Signal = name is "--graceful" ? Native.SigTerm : Signal;
        return name is "-h" or "--help" or "--graceful";
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--rounds":
                return (Rounds = Number(value, RoundsMax)) > 0;
            case "--nodes":
                // Of two nodes none is left to elect another when one dies.
                nodes = Numbers(value, NodesMax);
                return nodes.All(count => count >= 3);
            case "--lease":
                leases = Numbers(value, LeaseMax);
                return !leases.Contains(0);
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

    private static IReadOnlyList<int> Numbers(string list, int max) => [.. list.Split(',').Select(text => Number(text, max)).Distinct()];

    // 0: not a number from 1 to max.
    private static int Number(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max ? number : 0;
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/kv [--rounds N] [--requests N] [--data DIR]
               bench/kv --keys [--large] [--data DIR]
               bench/kv --cluster [--rounds N] [--seconds N] [--only NAME] [--data DIR]
               bench/kv --grow [--wipe] [--grown-keys N] [--data DIR]

          --rounds     how often each is measured, in turns; 3 unless given
          --requests   how many requests, one at a time, each time; 200,000 unless given; four times as many by sixteens,
                       a quarter as many of 4 KiB
          --keys       what 10,000 to 1,000,000 keys take instead: memory, disk, opening, scanning
          --large      10,000,000 keys too
          --cluster    three nodes that decide by majority instead, beside three of etcd and Redis with a replica
          --seconds    how long each is measured then; 4 unless given
          --only       roj, etcd or redis alone then
          --grow       three nodes become six while clients write and read
          --wipe       one of three is wiped instead, and comes back empty
          --grown-keys how many keys they have then; 20,000 unless given
          --data       a directory on a real disk, for the servers' data; artifacts/kv unless given
        """;

    private const int Max = 100_000_000;

    /// <summary>How often each is measured.</summary>
    public int Rounds { get; private set; } = 3;

    /// <summary>How many requests each time.</summary>
    public int Requests { get; private set; } = 200_000;

    /// <summary>Whether it is about many keys.</summary>
    public bool HasKeys { get; private set; }

    /// <summary>Whether it is about several nodes.</summary>
    public bool IsCluster { get; private set; }

    /// <summary>Whether it is about three nodes that become six.</summary>
    public bool IsGrowth { get; private set; }

    /// <summary>Whether one of three is wiped instead.</summary>
    public bool IsWiping { get; private set; }

    /// <summary>How many keys those have.</summary>
    public int GrownKeys { get; private set; } = 20_000;

    /// <summary>How long each load on several nodes is measured.</summary>
    public int Seconds { get; private set; } = 4;

    /// <summary>Who is measured alone; null for all.</summary>
    public string? Only { get; private set; }

    /// <summary>Whether it is about very many.</summary>
    public bool IsLarge { get; private set; }

    /// <summary>Where the servers' data is kept while they run.</summary>
    public string Data { get; private set; } = Path.Combine(Repository.Artifacts, "kv");

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
        HasKeys |= name is "--keys";
        IsLarge |= name is "--large";
        IsCluster |= name is "--cluster";
        IsWiping |= name is "--wipe";
        IsGrowth |= name is "--grow" or "--wipe";
        return name is "-h" or "--help" or "--keys" or "--large" or "--cluster" or "--grow" or "--wipe";
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--rounds":
                return (Rounds = Number(value)) > 0;
            case "--requests":
                return (Requests = Number(value)) >= 1_000;
            case "--grown-keys":
                return (GrownKeys = Number(value)) > 0;
            case "--seconds":
                return (Seconds = Number(value)) is > 0 and <= 600;
            case "--only":
                Only = value;
                return ClusterSubject.All.Any(subject => subject.Name == value);
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

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Roj.SwarmBench.Subjects;

namespace Roj.SwarmBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed class Options
{
    /// <summary>How it is used.</summary>
    public const string Usage = """
        usage: bench/swarm [--only a|b] [--receivers N,N…] [--tools TOOL,TOOL…] [--repeat K] [--quick] [--json FILE]
                           [--peers one|all] [--description given|fetched] [--install]

          --only         a: unshaped, 256 MiB to 1, 4, 8.  b: every link 100 Mbit/s both ways, 64 MiB to 8, 16
          --receivers    other numbers of receivers (1 to 100)
          --tools        of roj, libtorrent, aria2, rsync, bare, chain; all unless given. And roj+key: all have a cluster key
          --repeat       runs of each, taken in turns; 3 unless given, medians are shown
          --quick        one run of each and a quarter of the bytes: a look, not a measurement
          --json         every run, for programs
          --peers        whether Roj's receivers know the seeder's address only (unless given), or everybody's
          --description  fetched: Roj's seeder makes the description (--share) while the receivers, started with it, wait and ask
                         for it; given: the bench makes it first and hands it out, as the others need it
          --install      apt-get install what is missing (root)
        """;

    private const int ReceiversMax = 100; // 10.77.0.x has room for more, two cores don't
    private const int RepeatMax = 1000;

    private string[]? tools;

    /// <summary>The parts to run: a, b or both.</summary>
    public string Parts { get; private set; } = "ab";

    /// <summary>How many receivers; null for the numbers that the part is about.</summary>
    public int[]? Receivers { get; private set; }

    /// <summary>How many runs of each.</summary>
    public int Repeat { get; private set; } = 3;

    /// <summary>Whether to run a quarter of the bytes.</summary>
    public bool IsQuick { get; private set; }

    /// <summary>Where every run is written to; null for nowhere.</summary>
    public string? JsonPath { get; private set; }

    /// <summary>Whether Roj's receivers are told of all others rather than of the seeder only.</summary>
    public bool KnowAllPeers { get; private set; }

    /// <summary>Whether Roj's seeder describes its file itself, and the receivers, started with it, ask for the description.</summary>
    public bool FetchDescription { get; private set; } = true;

    /// <summary>Whether missing tools may be installed.</summary>
    public bool Install { get; private set; }

    /// <summary>Whether only the usage is to be printed.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>The tools to run, Roj first.</summary>
    public IReadOnlyList<Subject> Subjects { get; private set; } = [];

    /// <summary>Reads the command line; false with a complaint where it makes no sense.</summary>
    public static bool TryParse(
        ReadOnlySpan<string> args, [NotNullWhen(true)] out Options? options, [NotNullWhen(false)] out string? complaint)
    {
        options = null;
        var asked = new Options();
        bool? repeats = null;
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = (args[i], i + 1 < args.Length ? args[i + 1] : "");
            if (asked.TakesFlag(name))
                continue;
            if (!asked.TakesValue(name, value))
            {
                complaint = $"{name} {value}: what is that?";
                return false;
            }

            repeats ??= name == "--repeat" ? true : null;
            i++;
        }

        if (asked.IsQuick && repeats is null)
            asked.Repeat = 1;
        Subject[] all =
        [
            new RojSubject(asked), new LibtorrentSubject(), new Aria2Subject(), new RsyncSubject(), new BareSubject(), new ChainSubject(),
            new RojSubject(asked, hasKey: true),
        ];
        asked.Subjects = [.. all.Where(subject => asked.tools?.Contains(subject.Name) ?? subject.Name != RojSubject.KeyedName)];
        var unknown = asked.tools?.FirstOrDefault(tool => all.All(subject => subject.Name != tool));
        complaint = unknown is null ? null : $"there is no tool {unknown}";
        options = unknown is null ? asked : null;
        return options is not null;
    }

    private bool TakesFlag(string name)
    {
        switch (name)
        {
            case "--quick": IsQuick = true; return true;
            case "--install": Install = true; return true;
            case "-h" or "--help": WantsHelp = true; return true;
            default: return false;
        }
    }

    private bool TakesValue(string name, string value)
    {
        switch (name)
        {
            case "--only":
                Parts = value;
                return value is "a" or "b";
            case "--receivers":
                var numbers = value.Split(',').Select(text => Number(text, ReceiversMax)).ToArray();
                Receivers = [.. numbers.OfType<int>()];
                return Receivers.Length == numbers.Length;
            case "--tools":
                tools = value.Split(',');
                return value.Length > 0;
            case "--repeat":
                Repeat = Number(value, RepeatMax) ?? 0;
                return Repeat > 0;
            case "--json":
                JsonPath = value.Length > 0 ? Path.GetFullPath(value) : null;
                return value.Length > 0;
            case "--peers":
                KnowAllPeers = value == "all";
                return value is "one" or "all";
            case "--description":
                FetchDescription = value == "fetched";
                return value is "given" or "fetched";
            default:
                return false;
        }
    }

    private static int? Number(string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max ? number : null;
}

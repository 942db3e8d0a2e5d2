using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>The seven scenarios in all their sizes, and a large file.</summary>
internal static class ScenarioCatalog
{
    /// <summary>The environment variable that asks for all sizes.</summary>
    public const string AllVariable = "ROJ_ALL";

    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;
    private const long AllDisksBytes = 1024L * MiB;

    // A node keeps about 8 connections, and never has more than this many.
    private const int ConnectionsWhereSocketsAreScarce = 16;

    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TwoMinutes = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        TwoNodes(),
        OneGibibyte(),
        .. Sizes(2, 3, 5, 10).Select(SimpleRandom),
        SimpleExtraEmpty(7),
        .. Sizes(3, 9, 30, 60).Select(SimpleExtra),
        .. Sizes(4, 8, 16).Select(ManySource),
        .. Sizes(4, 8, 14).SelectMany(nodes => Both("restarts", nodes, Often, Epochs(Second), scenario => scenario)),
        .. Sizes(4, 8, 14).SelectMany(nodes => Both("restarts-discovery", nodes, Gently, Epochs(3 * Second), OneEarlier, quick: 'a')),
        .. Sizes(4, 8, 14).SelectMany(nodes => Both("self-discovery", nodes, Gently, Epochs(3 * Second), Nobody, quick: 'b')),
    ];

    /// <summary>What is to be tested now: at least one size of each, or all if <see cref="AllVariable"/> says so.</summary>
    public static IEnumerable<Scenario> Chosen() =>
        Environment.GetEnvironmentVariable(AllVariable) == "1" ? All : All.Where(scenario => scenario.IsQuick);

    /// <summary>The scenario of this name.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static Scenario Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new LabException($"There is no scenario {name}; there are: {string.Join(", ", All)}");

    private static Faults.Restarts Often => new Faults.Restarts(TimeSpan.FromMilliseconds(200), AllEvery: 10 * Second);

    private static Faults.Restarts Gently => new Faults.Restarts(Second, AllEvery: null);

    private static int[] Sizes(params int[] nodes) => nodes;

    private static Faults.Epochs Epochs(TimeSpan length) => new Faults.Epochs(length);

    private static Scenario TwoNodes() => new()
    {
        Name = "two-nodes",
        Limit = HalfMinute,
        Nodes = 2,
        FileBytes = (2 * KiB, 2 * KiB),
        PartBytes = (256, 256),
        Spread = Spread.OneFull,
        Acquaintance = Acquaintance.Everybody,
        Addresses = [42, 69],
        IsQuick = true,
    };

    private static Scenario OneGibibyte() => new()
    {
        Name = "one-gibibyte",
        Limit = Minute,
        Nodes = 3,
        FileBytes = ((int)AllDisksBytes, (int)AllDisksBytes),
        PartBytes = (MiB, MiB),
        Spread = Spread.OneFull,
        Acquaintance = Acquaintance.Everybody,
    };

    private static Scenario SimpleRandom(int nodes) => new()
    {
        Name = Name("simple-random", nodes),
        Limit = HalfMinute,
        Nodes = nodes,
        FileBytes = (1 * KiB, 1 * MiB),
        PartBytes = (128, 4 * KiB),
        Spread = Spread.OneFull,
        Acquaintance = Acquaintance.Everybody,
        IsQuick = nodes == 5,
    };

    private static Scenario SimpleExtraEmpty(int nodes) =>
        SimpleExtra(nodes) with { Name = Name("simple-extra-empty", nodes), FileBytes = (0, 0), PartBytes = (1, 1), IsQuick = true };

    private static Scenario SimpleExtra(int nodes) => new()
    {
        Name = Name("simple-extra", nodes),
        Limit = Minute,
        Nodes = nodes,
        FileBytes = ((int)(AllDisksBytes / (nodes + 1)), (int)(AllDisksBytes / (nodes + 1))),
        PartBytes = (64 * KiB, 64 * KiB),
        Spread = Spread.EighthFull,
        Acquaintance = Acquaintance.HalfKnowNobody,
        ConnectionsMax = ConnectionsWhereSocketsAreScarce,
        IsQuick = nodes == 30,
    };

    private static Scenario ManySource(int nodes) => new()
    {
        Name = Name("many-source", nodes),
        Limit = HalfMinute,
        Nodes = nodes,
        FileBytes = (1 * MiB, 17 * MiB),
        PartBytes = (64 * KiB, 128 * KiB),
        Spread = Spread.Scattered,
        Acquaintance = Acquaintance.Everybody,
        IsQuick = nodes == 8,
    };

    private static Scenario OneEarlier(Scenario scenario) =>
        scenario with { Acquaintance = Acquaintance.OneEarlier, OneKnowsTheFile = true };

    private static Scenario Nobody(Scenario scenario) =>
        scenario with { Acquaintance = Acquaintance.Nobody, OneKnowsTheFile = true };

    // Each lasts up to a minute, as its faults do: where one of both is quick, it is the other one elsewhere.
    private static IEnumerable<Scenario> Both(
        string name, int nodes, Faults restarts, Faults epochs, Func<Scenario, Scenario> change, char? quick = null)
    {
        var scenario = change(ManySource(nodes)) with { Limit = TwoMinutes };
        bool IsQuick(char one) => scenario.IsQuick && (quick is null || quick == one);
        yield return scenario with { Name = Name(name, nodes) + "-a", Faults = restarts, IsQuick = IsQuick('a') };
        yield return scenario with { Name = Name(name, nodes) + "-b", Faults = epochs, IsQuick = IsQuick('b') };
    }

    private static string Name(string name, int nodes) => string.Create(CultureInfo.InvariantCulture, $"{name}-{nodes}");
}

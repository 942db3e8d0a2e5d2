using System.Globalization;

namespace Roj.Simulation.Tests.Swarms;

/// <summary>Which seeds this run is to try: a slice for ./check, more for ./test, many and resumable for ./test --all.</summary>
internal static class Seeds
{
    private const int Slice = 50;
    private const int Usual = 1_000;
    private const int Campaign = 50_000;

    public static ulong First => Variable("ROJ_FROM") is { } from
        ? ulong.Parse(from, NumberStyles.None, CultureInfo.InvariantCulture)
        : 1;

    public static bool IsCampaign => Variable("ROJ_ALL") == "1";

    public static int Count => IsCampaign ? Campaign : Variable("ROJ_SLICE") == "1" ? Slice : Usual;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}

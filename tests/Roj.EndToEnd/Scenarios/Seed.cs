using System.Globalization;

namespace Roj.EndToEnd;

/// <summary>The number that a scenario's files, peers and faults all follow from.</summary>
internal static class Seed
{
    /// <summary>The environment variable that replays a seed.</summary>
    public const string Variable = "ROJ_SEED";

    /// <summary>The seed that was asked for, or a fresh one.</summary>
    public static ulong FromEnvironmentOrRandom() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
            ? Parse(text)
            : (ulong)Random.Shared.NextInt64(1, 1_000_000_000);

    /// <summary>Reads a seed.</summary>
    /// <exception cref="LabException">It is not a number.</exception>
    public static ulong Parse(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
        ? seed
        : throw new LabException($"{text} is not a seed: a seed is a whole number");
}

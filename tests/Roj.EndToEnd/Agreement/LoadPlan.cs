using System.Globalization;
using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>Which registers there are, and what is done with them.</summary>
/// <remarks>
/// Registers that are deleted may be forgotten, and then their versions jump: those are judged by their values, of which there must be few,
/// so after a hundred operations there is another one of them. Texts would grow without end: they take turns too.
/// </remarks>
/// <param name="texts">How many texts there are at most.</param>
internal sealed class LoadPlan(int texts)
{
    private const int Plain = 6;
    private const int Sums = 2;
    private const int Brief = 2;
    private const int OperationsOnOne = 100;

    private readonly int[] turns = new int[Brief + 1];
    private int values;

    /// <summary>Whether registers of this name are deleted now and then.</summary>
    public static bool IsDeleted(string register) => register.StartsWith("brief-", StringComparison.Ordinal);

    /// <summary>Whether registers of this name are only ever counted up.</summary>
    public static bool IsSum(string register) => register.StartsWith("sum-", StringComparison.Ordinal);

    /// <summary>Whether registers of this name only ever have something put behind what is there.</summary>
    public static bool IsText(string register) => register.StartsWith("text-", StringComparison.Ordinal);

    /// <summary>What makes all registers that are never deleted, before any is: versions of a new one begin where those of one that was
    /// forgotten ended.</summary>
    public IEnumerable<Deed> Beginnings() =>
    [
        .. Names("plain", Plain).Select(name => Deed.Set(name, Value())),
        .. Names("sum", Sums).Select(Deed.Add),
        .. Names("text", texts).Select(name => Deed.Append(name, Value())),
    ];

    /// <summary>What to do next; for any thread.</summary>
    /// <param name="rng">A client's own.</param>
    /// <param name="versionOf">The latest version that is known of a register.</param>
    public Deed Next(Rng rng, Func<string, ulong> versionOf) => rng.Next(100) switch
    {
        < 60 => OnPlain(rng, Name("plain", rng.Next(Plain)), versionOf),
        < 75 => Name("sum", rng.Next(Sums)) is var sum && rng.Chance(4, 5) ? Deed.Add(sum) : Deed.Read(sum),
        < 85 => OnText(rng, Interlocked.Increment(ref turns[Brief]) / OperationsOnOne),
        _ => OnBrief(rng, rng.Next(Brief), versionOf),
    };

    private Deed OnPlain(Rng rng, string name, Func<string, ulong> versionOf) => rng.Next(20) switch
    {
        < 8 => Deed.Read(name),
        < 13 => Deed.Set(name, Value()),
        < 17 => Deed.SetAt(name, versionOf(name), Value()),
        _ => Deed.Append(name, Value()),
    };

    private Deed OnText(Rng rng, int turn)
    {
        if (turn >= texts)
            return Deed.Read(Name("text", rng.Next(texts)));
        var name = Name("text", turn);
        return rng.Chance(4, 5) ? Deed.Append(name, Value()) : Deed.Read(name);
    }

    private Deed OnBrief(Rng rng, int which, Func<string, ulong> versionOf)
    {
        var name = Name($"brief-{(char)('a' + which)}", Interlocked.Increment(ref turns[which]) / OperationsOnOne);
        return rng.Next(20) switch
        {
            < 6 => Deed.Read(name),
            < 11 => Deed.Set(name, Value()),
            < 14 => Deed.SetAt(name, versionOf(name), Value()),
            < 15 => Deed.Append(name, Value()),
            _ => Deed.Delete(name),
        };
    }

    // Each another, and none the end of another: it begins with a mark.
    private string Value() => string.Create(CultureInfo.InvariantCulture, $"/{Interlocked.Increment(ref values)}");

    private static IEnumerable<string> Names(string kind, int count) => Enumerable.Range(0, count).Select(number => Name(kind, number));

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
}

using System.Text.Json;

namespace Roj.EndToEnd;

/// <summary>Which test classes run at the same time as others, and which do not.</summary>
/// <param name="Together">Those that do, in the order that they begin in: those that take long first.</param>
/// <param name="Alone">Those that run one by one.</param>
internal sealed record LanePlan(IReadOnlyList<string> Together, IReadOnlyList<string> Alone)
{
    /// <summary>The trait by which a class says how it runs; without it, at the same time as others and in any order.</summary>
    public const string Trait = "Lane";

    /// <summary>It takes long: who begins with it ends sooner.</summary>
    public const string First = "first";

    /// <summary>It judges by the clock what others' work could delay.</summary>
    public const string ByItself = "alone";

    private static readonly string[] filters = ["-class", "-class-", "-namespace", "-namespace-"];

    /// <summary>From the runner's list of test cases (-list full/json).</summary>
    public static LanePlan Of(string list)
    {
        using var json = JsonDocument.Parse(list);
        var cases = json.RootElement.EnumerateArray().Select(one => (Class: one.GetProperty("Class").GetString()!, Lane: LaneOf(one)))
            .Distinct().ToArray();
        return new LanePlan(
            [.. Classes(First), .. Classes(null)],
            [.. Classes(ByItself)]);
        IEnumerable<string> Classes(string? lane) =>
            cases.Where(one => one.Lane == lane).Select(one => one.Class).Order(StringComparer.Ordinal);
    }

    /// <summary>What the runner is told so that of all that <paramref name="args"/> choose it runs what is in this class.</summary>
    public static string[] Arguments(IReadOnlyList<string> args, string name)
    {
        List<string> kept = [];
        for (var i = 0; i < args.Count; i++)
        {
            if (filters.Contains(args[i]))
                i++; // and its value
            else
                kept.Add(args[i]);
        }

        return [.. kept, "-class", name];
    }

    /// <summary>A class's name without its namespace.</summary>
    public static string Short(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string? LaneOf(JsonElement test) =>
        test.TryGetProperty("Traits", out var traits) && traits.TryGetProperty(Trait, out var lane) ? lane[0].GetString() : null;
}

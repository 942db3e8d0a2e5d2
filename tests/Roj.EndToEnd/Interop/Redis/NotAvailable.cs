namespace Roj.EndToEnd.Interop;

/// <summary>What a node refuses whose store is in <c>available</c> mode: whatever looks before it writes, because two that do so at a time,
/// at two nodes, would not see each other.</summary>
internal static class NotAvailable
{
    /// <summary>How it says so.</summary>
    public const string Refusal = "-ERR not in available mode: ";

    /// <summary>The conversations in which something of that kind is said.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "old values", "append", "set on conditions", "set and get", "set for a time", "set with what does not go together", "getex",
        "counting",
        "counting what is no number", "counting too far", "counting keeps the time", "no key, no time", "for ever", "until", "over",
        "until, on conditions", "conditions that don't go together", "third version",
    ];
}

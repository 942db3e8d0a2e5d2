namespace Roj.EndToEnd.Interop;

/// <summary>What a node refuses whose store is in <c>available</c> mode: whatever looks before it writes, because two that do so at a time,
/// at two nodes, would not see each other.</summary>
internal static class NotAvailable
{
    /// <summary>How it says so.</summary>
    public const string Refusal = "-ERR not in available mode: ";

    /// <summary>The conversations in which something of that kind is said.</summary>
    public static IReadOnlyList<string> Names { get; } = [];
}

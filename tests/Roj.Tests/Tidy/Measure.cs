namespace Roj.Tests.Tidy;

/// <summary>How large something is, and how large it may be.</summary>
/// <param name="Kind">What was measured: file, method, type, columns, publics.</param>
/// <param name="Subject">Which one; without spaces.</param>
/// <param name="Size">Lines, columns or types.</param>
/// <param name="Limit">The most that the house allows.</param>
internal sealed record Measure(string Kind, string Subject, int Size, int Limit);

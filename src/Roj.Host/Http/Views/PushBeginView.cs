namespace Roj.Host.Http.Views;

/// <summary>A push that the leader is to begin.</summary>
/// <param name="File">The file's content id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Colors">Which colors have it, the first one first.</param>
/// <param name="PercentMin">How many of a hundred nodes of a color must succeed.</param>
/// <param name="Run">What is run at each node; left out for nothing.</param>
/// <param name="Into">Where it belongs.</param>
public sealed record PushBeginView(string File, string Name, IReadOnlyList<string> Colors, int PercentMin, string? Run, string Into);

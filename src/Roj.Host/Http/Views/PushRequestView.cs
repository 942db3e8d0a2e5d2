namespace Roj.Host.Http.Views;

/// <summary>What <c>POST /api/v1/push</c> takes.</summary>
/// <param name="Path">The file, on the node's host; absolute.</param>
/// <param name="To">The color that has it first: green or red.</param>
/// <param name="Then">The color that has it next; left out for none.</param>
/// <param name="PercentMin">How many of a hundred nodes of a color must succeed, 1 to 100.</param>
/// <param name="Run">What is run at each node once it is there; left out for nothing.</param>
/// <param name="Into">Where it belongs, from the folder on that each node allows; left out for the file's name.</param>
public sealed record PushRequestView(
    string? Path, string? To, string? Then = null, int PercentMin = 95, string? Run = null, string? Into = null);

namespace Roj.EndToEnd;

/// <summary>A scenario made concrete by a seed.</summary>
/// <param name="Scenario">Which scenario.</param>
/// <param name="Seed">What everything here follows from.</param>
/// <param name="File">The file that every node shall have in the end.</param>
/// <param name="Nodes">How each node starts, in the order in which they are started.</param>
/// <param name="FaultsFor">How long faults happen, from the start on; then all nodes are up, and left alone.</param>
/// <param name="FaultSeed">What the choice of victims follows from.</param>
internal sealed record Plan(
    Scenario Scenario,
    ulong Seed,
    SharedFile File,
    IReadOnlyList<NodePlan> Nodes,
    TimeSpan FaultsFor,
    ulong FaultSeed);

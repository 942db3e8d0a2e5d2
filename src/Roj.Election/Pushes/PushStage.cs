using Roj.Kernel;

namespace Roj.Election.Pushes;

/// <summary>Nodes that switch together.</summary>
/// <remarks>They are named when the push begins: another leader gives other colors, and whose turn it is must not change by that.</remarks>
/// <param name="Colour">The color that they had then.</param>
/// <param name="Nodes">They.</param>
public sealed record PushStage(Colour Colour, IReadOnlyList<NodeId> Nodes);

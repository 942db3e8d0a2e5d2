using Roj.Kernel;

namespace Roj.Election;

/// <summary>A node that is here, as election sees it.</summary>
/// <param name="Node">Who.</param>
/// <param name="Address">Where: its order decides, address first, as numbers.</param>
/// <param name="Colour">The part that it says it plays; <see cref="Colour.None"/> if it does not say.</param>
public sealed record Peer(NodeId Node, Endpoint Address, Colour Colour);

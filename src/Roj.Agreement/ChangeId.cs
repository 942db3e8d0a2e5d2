using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Which change it is, wherever and however often it is tried.</summary>
/// <param name="Node">Who asked for it.</param>
/// <param name="Boot">In which of its lives.</param>
/// <param name="Sequence">The how manieth.</param>
public readonly record struct ChangeId(NodeId Node, uint Boot, ulong Sequence);

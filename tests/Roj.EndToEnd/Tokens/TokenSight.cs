namespace Roj.EndToEnd.Tokens;

/// <summary>How a token stands, as a node says.</summary>
/// <param name="State">How the node stands to it.</param>
/// <param name="Holder">Whose turn it was when it was heard of last; null for nobody.</param>
/// <param name="Epoch">The first number of its fence.</param>
/// <param name="Sequence">The second.</param>
/// <param name="Progress">How far the work is.</param>
/// <param name="Turns">The node's own turns in this life.</param>
internal sealed record TokenSight(string State, string? Holder, ulong Epoch, ulong Sequence, ulong Progress, long Turns);

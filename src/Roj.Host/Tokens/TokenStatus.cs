using Roj.Kernel;
using Roj.Token;

namespace Roj.Host.Tokens;

/// <summary>How a token stands, as far as a node knows.</summary>
/// <param name="Name">Which.</param>
/// <param name="IsLeased">Whether a majority decides whose turn it is.</param>
/// <param name="State">How the node stands to it.</param>
/// <param name="Holder">Whose turn it was when it was heard of last; null for nobody yet.</param>
/// <param name="HolderName">What people call him.</param>
/// <param name="Seen">The token as it was heard of last.</param>
/// <param name="Turns">Turns that this node had in this life.</param>
/// <param name="Work">Which work goes round with it.</param>
/// <param name="Note">What the work said last when it failed; null if it did not.</param>
public sealed record TokenStatus(
    string Name,
    bool IsLeased,
    TokenState State,
    NodeId? Holder,
    string? HolderName,
    TokenStamp Seen,
    long Turns,
    string Work,
    string? Note);

using Roj.Kernel;
using Roj.Token;

namespace Roj.Host.Tokens;

/// <summary>One thing that a node knows to have happened to a token.</summary>
/// <param name="At">When.</param>
/// <param name="Kind"><c>held</c>, <c>passed</c>, <c>lost</c>, <c>dropped</c>, <c>seen</c> or <c>step</c>.</param>
/// <param name="Holder">Whose turn it was from then on; null where that is not what it is about.</param>
/// <param name="HolderName">What people call him.</param>
/// <param name="Stamp">The token; none where that is not known.</param>
/// <param name="Message">For people.</param>
public sealed record TokenLogEntry(
    DateTimeOffset At, string Kind, NodeId? Holder, string? HolderName, TokenStamp Stamp, string Message);

namespace Roj.Host.Tokens;

/// <summary>What a node knows of a token.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Log">What happened to it, the latest last.</param>
/// <param name="Progress">How far the work is of which there is the result.</param>
/// <param name="Data">The result.</param>
public sealed record TokenFinding(TokenStatus Status, IReadOnlyList<TokenLogEntry> Log, ulong Progress, ReadOnlyMemory<byte> Data);

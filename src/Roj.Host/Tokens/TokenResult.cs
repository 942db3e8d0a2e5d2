namespace Roj.Host.Tokens;

/// <summary>What was done in a turn.</summary>
/// <param name="Progress">How far the work is now: never less than before.</param>
/// <param name="Data">The result so far, 64 MiB at most.</param>
/// <param name="Rest">How long the token stays before it is passed on: what has nothing to do need not spin.</param>
public sealed record TokenResult(ulong Progress, ReadOnlyMemory<byte> Data, TimeSpan Rest = default);

namespace Roj;

/// <summary>What was done in a turn.</summary>
/// <param name="Progress">How far the work is now: never less than before, 2^62 at most.</param>
/// <param name="Data">The result so far, all that the next one needs: 64 MiB at most. It must not change any more.</param>
public sealed record RojTurnResult(ulong Progress, ReadOnlyMemory<byte> Data)
{
    /// <summary>How long the token stays at this node before it goes on: what has nothing more to do need not go round fast.</summary>
    public TimeSpan Rest { get; init; }
}

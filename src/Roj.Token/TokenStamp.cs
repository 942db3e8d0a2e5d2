using Roj.Kernel;

namespace Roj.Token;

/// <summary>What a token says of itself: its fence, how far the work is, and which token it is.</summary>
/// <remarks>Progress, author and revision are those of the seed; epoch and sequence make the fence.</remarks>
/// <param name="Epoch">Grows when a token is made; 0 for none at all.</param>
/// <param name="Sequence">Grows with every turn under that epoch.</param>
/// <param name="Progress">How far the work is: it only grows.</param>
/// <param name="Author">Who made this token, which need not be who worked last.</param>
/// <param name="Revision">Which of the tokens that its author made.</param>
public readonly record struct TokenStamp(ulong Epoch, ulong Sequence, ulong Progress, NodeId Author, ulong Revision)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 8 + 8 + 8 + NodeId.Length + 8;

    /// <summary>The greatest that each of its numbers may be: there is always a next one.</summary>
    public const ulong NumberMax = 1UL << 62;

    /// <summary>Of no token.</summary>
    public static TokenStamp None => default;

    /// <summary>Whether there is no token that it is of.</summary>
    public bool IsNone => Epoch == 0;

    /// <summary>Of which turn it is: no two turns have the same.</summary>
    public (ulong Epoch, ulong Sequence) Turn => (Epoch, Sequence);

    /// <summary>Whether both are of one token.</summary>
    public bool IsOf(TokenStamp other) => Author == other.Author && Revision == other.Revision;

    /// <summary>Compares two in <c>available</c> mode: more progress wins, then the author, then the revision; of one token the later
    /// turn.</summary>
    /// <returns>More than 0 if this one is the stronger.</returns>
    public int AgainstFree(TokenStamp other) => (Progress, Author, Revision, Epoch, Sequence).CompareTo(
        (other.Progress, other.Author, other.Revision, other.Epoch, other.Sequence));

    /// <summary>Compares two in <c>quorum</c> mode: the higher epoch wins whatever the progress, then the later turn.</summary>
    /// <returns>More than 0 if this one is the stronger.</returns>
    public int AgainstLeased(TokenStamp other) =>
        (Epoch, Sequence, Progress).CompareTo((other.Epoch, other.Sequence, other.Progress));

    /// <inheritdoc/>
    public override string ToString() => IsNone ? "none" : $"{Epoch}.{Sequence} at {Progress} ({Author.ToString()[..8]}/{Revision})";
}

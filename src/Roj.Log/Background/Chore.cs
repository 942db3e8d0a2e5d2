using Roj.Log.Segments;

namespace Roj.Log.Background;

/// <summary>What a commit does on the disk besides its batch.</summary>
internal abstract record Chore
{
    private Chore()
    {
    }

    /// <summary>Takes a segment away, and its hint, for good.</summary>
    internal sealed record Delete(Segment Segment) : Chore;

    /// <summary>Keeps a hint file.</summary>
    internal sealed record Hint(Segment Segment, byte[] Bytes) : Chore;

    /// <summary>Makes the reserve so many bytes longer.</summary>
    internal sealed record Refill(int Bytes) : Chore;
}

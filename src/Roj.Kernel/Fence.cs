namespace Roj.Kernel;

/// <summary>By which right something is written: as the holder of a lease, the how manieth writing under it.</summary>
/// <remarks>A lease alone can't stop a paused process that wakes up in the middle of a write. Whatever was written keeps the greatest
/// fence that wrote it under a lease's name and refuses a lower one. What the successor has not written yet is not protected.</remarks>
/// <param name="Lease">The lease's name.</param>
/// <param name="Epoch">Which holding of it: grows with every holder.</param>
/// <param name="Sequence">Grows with every writing under it.</param>
public readonly record struct Fence(string Lease, ulong Epoch, ulong Sequence)
{
    /// <summary>UTF-8 bytes of a lease's name at most.</summary>
    public const int LeaseBytesMax = 255;

    /// <summary>Whether this one was handed out before another of the same lease.</summary>
    public bool IsBefore(Fence other) => (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence)) < 0;
}

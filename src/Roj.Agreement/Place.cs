namespace Roj.Agreement;

/// <summary>What a replica has of one register, in a listing of its slot.</summary>
/// <param name="Name">Which register.</param>
/// <param name="At">Where it is in its slot, below 2^56: the same at each replica, and all list in that order.</param>
/// <param name="Accepted">The attempt that was taken last.</param>
/// <param name="IsThere">Whether it holds something by it.</param>
/// <param name="EndsAt">When that ends, in milliseconds since 1970 (UTC), if it is a <see cref="TimedValue"/> that does.</param>
public readonly record struct Place(RegisterName Name, ulong At, Ballot Accepted, bool IsThere, long? EndsAt)
{
    /// <summary>No register is behind this.</summary>
    public const ulong AtMax = ulong.MaxValue >> 8;
}

namespace Roj.Storage;

/// <summary>What is known of a version without what it holds: enough to compare.</summary>
/// <param name="Stamp">When it was written.</param>
/// <param name="IsTombstone">Whether it says that the key was deleted, or that its time is over.</param>
/// <param name="ExpiresAt">When it ends, in milliseconds since 1970 (UTC); null for never.</param>
public readonly record struct EntryHead(Stamp Stamp, bool IsTombstone, long? ExpiresAt)
{
    /// <summary>Whether this one stays and the other goes: it was written later, or is the end of the other.</summary>
    public bool Beats(EntryHead other)
    {
        var order = Stamp.CompareTo(other.Stamp);
        return order > 0 || (order == 0 && IsTombstone && !other.IsTombstone);
    }

    /// <summary>Whether a key is there of which this is known.</summary>
    public bool IsThere(long unixMilliseconds) => !IsTombstone && !(ExpiresAt <= unixMilliseconds);
}

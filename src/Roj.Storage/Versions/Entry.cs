namespace Roj.Storage;

/// <summary>A version of a key: what it holds, or that it was deleted.</summary>
/// <param name="Stamp">When it was written.</param>
/// <param name="Data">What it holds; null if it was deleted (a tombstone).</param>
/// <param name="ExpiresAt">When it ends, in milliseconds since 1970 (UTC); null for never.</param>
public sealed record Entry(Stamp Stamp, ReadOnlyMemory<byte>? Data, long? ExpiresAt = null)
{
    /// <summary>Whether it says that the key was deleted.</summary>
    public bool IsTombstone => Data is null;

    /// <summary>What is known of it without what it holds.</summary>
    public EntryHead Head => new(Stamp, IsTombstone, ExpiresAt);

    /// <summary>Whether its time is over.</summary>
    public bool IsOver(long unixMilliseconds) => ExpiresAt <= unixMilliseconds;

    /// <summary>What takes its place when its time is over: the same everywhere, so that replicas stay alike.</summary>
    public Entry Ended() => new(Stamp, null);
}

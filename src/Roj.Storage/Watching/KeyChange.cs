using System.Globalization;

namespace Roj.Storage;

/// <summary>A key has changed.</summary>
/// <param name="Key">Which.</param>
/// <param name="Kind">How.</param>
/// <param name="Stamp">Of the version that it has now; of one that has ended, that version's. Where a majority decides its time is the
/// version of the key's register, and nobody gave it.</param>
public readonly record struct KeyChange(StorageKey Key, ChangeKind Kind, Stamp Stamp)
{
    /// <summary>The version, for people.</summary>
    public string Version => Stamp.Router == default ? Stamp.Time.ToString(CultureInfo.InvariantCulture) : Stamp.ToString();

    /// <summary>Of a key that is a register.</summary>
    public static KeyChange OfRegister(StorageKey key, ChangeKind kind, ulong version) => new(key, kind, new Stamp(version, default, 0));

    /// <summary>Of a copy.</summary>
    /// <param name="key">Of which key.</param>
    /// <param name="before">What was kept before; null for nothing.</param>
    /// <param name="head">What is known of what is kept now.</param>
    internal static KeyChange OfCopy(StorageKey key, EntryHead? before, EntryHead head)
    {
        var kind = !head.IsTombstone ? ChangeKind.Set : before?.Stamp == head.Stamp ? ChangeKind.Expired : ChangeKind.Deleted;
        return new KeyChange(key, kind, head.Stamp);
    }

    /// <summary>Whether it is later than another of the same key.</summary>
    public bool IsLaterThan(KeyChange other)
    {
        var order = Stamp.CompareTo(other.Stamp);
        return order > 0 || (order == 0 && Kind is not ChangeKind.Set && other.Kind is ChangeKind.Set);
    }
}

namespace Roj.Storage;

/// <summary>A key has changed.</summary>
/// <param name="Key">Which.</param>
/// <param name="Kind">How.</param>
/// <param name="Stamp">Of the version that it has now; of one that has ended, that version's.</param>
public readonly record struct KeyChange(StorageKey Key, ChangeKind Kind, Stamp Stamp)
{
    /// <summary>Whether it is later than another of the same key.</summary>
    public bool IsLaterThan(KeyChange other)
    {
        var order = Stamp.CompareTo(other.Stamp);
        return order > 0 || (order == 0 && Kind is not ChangeKind.Set && other.Kind is ChangeKind.Set);
    }
}

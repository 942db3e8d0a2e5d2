namespace Roj.Storage;

/// <summary>What a shelf has of a key.</summary>
public enum ShelfFinding
{
    /// <summary>A version.</summary>
    Found,

    /// <summary>Nothing.</summary>
    Absent,

    /// <summary>Something that is not what was kept, or can't be read: another copy heals it.</summary>
    Damaged,
}

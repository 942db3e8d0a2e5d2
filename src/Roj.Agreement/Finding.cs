namespace Roj.Agreement;

/// <summary>How looking for a record ended.</summary>
public enum Finding
{
    /// <summary>Nothing was saved under that key.</summary>
    Absent,

    /// <summary>Here it is.</summary>
    Found,

    /// <summary>Something was saved, but the disk does not give it back as it was: nothing may be promised on what is not known.</summary>
    Damaged,
}

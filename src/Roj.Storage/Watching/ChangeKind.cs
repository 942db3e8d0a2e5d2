namespace Roj.Storage;

/// <summary>What became of a key.</summary>
public enum ChangeKind
{
    /// <summary>It holds something else.</summary>
    Set,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>Its time was over, as somebody has noticed.</summary>
    Expired,
}

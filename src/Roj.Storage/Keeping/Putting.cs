namespace Roj.Storage;

/// <summary>What became of a version that a node was given.</summary>
internal enum Putting
{
    /// <summary>It is kept; or it was kept before.</summary>
    Kept,

    /// <summary>It is not: the one that is there is later.</summary>
    Later,

    /// <summary>It is not: there is no room.</summary>
    NoRoom,
}

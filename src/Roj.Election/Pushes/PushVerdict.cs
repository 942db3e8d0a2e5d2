namespace Roj.Election.Pushes;

/// <summary>What has been decided of a push as a whole.</summary>
public enum PushVerdict : byte
{
    /// <summary>It goes on, stage by stage.</summary>
    Going,

    /// <summary>Enough nodes of every stage have succeeded.</summary>
    Done,

    /// <summary>Whoever has switched to the new file goes back to the one before.</summary>
    GoingBack,

    /// <summary>All that could be heard of have gone back.</summary>
    Back,
}

namespace Roj.Log.Segments;

/// <summary>What a scan came upon.</summary>
internal enum ScanStatus
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>The end.</summary>
    End,

    /// <summary>Something that is no record.</summary>
    Broken,

    /// <summary>Nothing: the disk does not give it.</summary>
    Failed,
}

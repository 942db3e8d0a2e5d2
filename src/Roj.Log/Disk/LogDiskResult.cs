namespace Roj.Log.Disk;

/// <summary>How an operation on a disk ended.</summary>
public enum LogDiskResult
{
    /// <summary>All of it was done.</summary>
    Done,

    /// <summary>No file has that name.</summary>
    NotFound,

    /// <summary>A file has that name already.</summary>
    Exists,

    /// <summary>There is no room for it; a part may have been written.</summary>
    Full,

    /// <summary>The device or the system refused. After a failed sync what was written before it may be lost, whatever a later one
    /// says.</summary>
    Failed,
}

namespace Roj.Simulation.Disk;

/// <summary>How a disk operation ended. Nothing here throws: a disk that fails is an expected thing.</summary>
public enum DiskResult
{
    /// <summary>All of it was done.</summary>
    Done,

    /// <summary>No file has that name (ENOENT).</summary>
    NotFound,

    /// <summary>A file has that name already (EEXIST).</summary>
    Exists,

    /// <summary>The disk is full; a write did as much as there was room for (ENOSPC).</summary>
    NoSpace,

    /// <summary>The device failed (EIO). After a failed sync the cache's unsynced writes will never become durable.</summary>
    IoError,
}

namespace Roj.Simulation.Disk;

/// <summary>How often a disk misbehaves by itself. Rates are in millionths of the operations.</summary>
public sealed record DiskFaults
{
    /// <summary>A disk that works.</summary>
    public static DiskFaults None { get; } = new();

    /// <summary>Reads that fail with <see cref="DiskResult.IoError"/>.</summary>
    public int ReadErrorPpm { get; init; }

    /// <summary>Writes that fail with <see cref="DiskResult.IoError"/>, having written a part or nothing.</summary>
    public int WriteErrorPpm { get; init; }

    /// <summary>File and directory syncs that fail.</summary>
    public int SyncErrorPpm { get; init; }

    /// <summary>Writes of which one stored bit is wrong.</summary>
    public int BitFlipPpm { get; init; }
}

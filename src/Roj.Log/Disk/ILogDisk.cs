namespace Roj.Log.Disk;

/// <summary>One directory of files, as the log needs it. Nothing here throws for what a disk may do: full, failing and read-only disks
/// are results.</summary>
/// <remarks>A write lasts through a power cut after <see cref="Sync"/> of its file; a creation, renaming or deletion after <see
/// cref="SyncDirectory"/>. One thread may read, and another write and sync, at the same time; no file is deleted while it is
/// read.</remarks>
public interface ILogDisk
{
    /// <summary>Why the last operation that ended as <see cref="LogDiskResult.Failed"/> did, in the system's own few words.</summary>
    string Reason { get; }

    /// <summary>The names of all files, in no order.</summary>
    LogDiskResult List(out IReadOnlyList<string> names);

    /// <summary>How long a file is.</summary>
    LogDiskResult LengthOf(string name, out long length);

    /// <summary>Makes an empty file.</summary>
    LogDiskResult Create(string name);

    /// <summary>Reads from <paramref name="offset"/> on; fewer bytes than asked for only at the end of the file.</summary>
    LogDiskResult Read(string name, long offset, Span<byte> destination, out int read);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>, making the file longer if need be.</summary>
    LogDiskResult Write(string name, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes a file's bytes and length durable.</summary>
    LogDiskResult Sync(string name);

    /// <summary>Makes durable which names there are.</summary>
    LogDiskResult SyncDirectory();

    /// <summary>Cuts a file to <paramref name="length"/>.</summary>
    LogDiskResult Truncate(string name, long length);

    /// <summary>Gives a file another name, replacing one that has it.</summary>
    LogDiskResult Rename(string from, string to);

    /// <summary>Takes a file away.</summary>
    LogDiskResult Delete(string name);
}

using Roj.Log.Disk;

namespace Roj.Tests.Log;

/// <summary>Files in memory, which tests look into and damage; nothing is ever lost here: for that there is the simulation.</summary>
internal sealed class MemoryLogDisk : ILogDisk
{
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes that all files together may have.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Whether the next sync fails.</summary>
    public bool SyncFails { get; set; }

    /// <summary>Whether nothing may be changed, or even synced.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Bytes that were read, of each file.</summary>
    public SortedDictionary<string, long> BytesRead { get; } = new(StringComparer.Ordinal);

    public int Syncs { get; private set; }

    public string Reason => "Input/output error";

    public LogDiskResult List(out IReadOnlyList<string> names)
    {
        names = [.. Files.Keys];
        return LogDiskResult.Done;
    }

    public LogDiskResult LengthOf(string name, out long length)
    {
        length = Files.TryGetValue(name, out var bytes) ? bytes.Length : 0;
        return bytes is null ? LogDiskResult.NotFound : LogDiskResult.Done;
    }

    public LogDiskResult Create(string name) =>
        IsReadOnly ? LogDiskResult.Failed : Files.TryAdd(name, []) ? LogDiskResult.Done : LogDiskResult.Exists;

    public LogDiskResult Read(string name, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        if (!Files.TryGetValue(name, out var bytes))
            return LogDiskResult.NotFound;
        var there = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
        read = Math.Min(there.Length, destination.Length);
        there[..read].CopyTo(destination);
        BytesRead[name] = BytesRead.GetValueOrDefault(name) + read;
        return LogDiskResult.Done;
    }

    public LogDiskResult Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        if (!Files.TryGetValue(name, out var file))
            return LogDiskResult.NotFound;
        var end = (int)offset + bytes.Length;
        if (IsReadOnly)
            return LogDiskResult.Failed;
        if (end > file.Length && Files.Values.Sum(f => (long)f.Length) + end - file.Length > Capacity)
            return LogDiskResult.Full;
        if (end > file.Length)
            Array.Resize(ref file, end);
        bytes.CopyTo(file.AsSpan((int)offset));
        Files[name] = file;
        return LogDiskResult.Done;
    }

    public LogDiskResult Sync(string name)
    {
        Syncs++;
        return SyncFails ? LogDiskResult.Failed : LogDiskResult.Done;
    }

    public LogDiskResult SyncDirectory() => LogDiskResult.Done;

    public LogDiskResult Truncate(string name, long length)
    {
        if (!Files.TryGetValue(name, out var file))
            return LogDiskResult.NotFound;
        Array.Resize(ref file, (int)length);
        Files[name] = file;
        return LogDiskResult.Done;
    }

    public LogDiskResult Rename(string from, string to)
    {
        if (!Files.Remove(from, out var file))
            return LogDiskResult.NotFound;
        Files[to] = file;
        return LogDiskResult.Done;
    }

    public LogDiskResult Delete(string name) => Files.Remove(name) ? LogDiskResult.Done : LogDiskResult.NotFound;
}

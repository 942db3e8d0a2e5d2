namespace Roj.Simulation.Disk;

/// <summary>What a disk durably held at some time: a backup, or an old snapshot of a virtual machine.</summary>
public sealed class DiskImage
{
    internal DiskImage(SortedDictionary<string, byte[]> files)
    {
        Files = files;
    }

    /// <summary>Names of the files, in order.</summary>
    public IEnumerable<string> Names => Files.Keys;

    internal SortedDictionary<string, byte[]> Files { get; }

    /// <summary>A file's bytes; null if there is none of that name.</summary>
    public ReadOnlyMemory<byte>? Read(string name) => Files.TryGetValue(name, out var bytes) ? bytes : null;
}

using Roj.Log.Disk;

namespace Roj.Simulation.Disk;

/// <summary>A directory of a simulated disk, as the log needs it.</summary>
/// <param name="disk">The disk.</param>
/// <param name="directory">The directory's name; empty for the disk's top.</param>
public sealed class SimLogDisk(SimDisk disk, string directory = "") : ILogDisk
{
    private readonly string prefix = directory.Length == 0 ? "" : directory + "/";

    /// <summary>How many operations there were: a place in a run.</summary>
    public long Operations { get; private set; }

    /// <summary>After so many operations the machine is dead: each one fails and does nothing, until the power is cut and all begins
    /// anew.</summary>
    public long DiesAfter { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    public string Reason => "Input/output error";

    /// <inheritdoc/>
    public LogDiskResult List(out IReadOnlyList<string> names)
    {
        names = [];
        if (IsDead())
            return LogDiskResult.Failed;
        names =
        [
            .. disk.List()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => name[prefix.Length..])
                .Where(name => !name.Contains('/', StringComparison.Ordinal)),
        ];
        return LogDiskResult.Done;
    }

    /// <inheritdoc/>
    public LogDiskResult LengthOf(string name, out long length)
    {
        length = 0;
        if (IsDead())
            return LogDiskResult.Failed;
        if (disk.LengthOf(prefix + name) is not { } there)
            return LogDiskResult.NotFound;
        length = there;
        return LogDiskResult.Done;
    }

    /// <inheritdoc/>
    public LogDiskResult Create(string name) => IsDead() ? LogDiskResult.Failed : Of(disk.Create(prefix + name));

    /// <inheritdoc/>
    public LogDiskResult Read(string name, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        return IsDead() ? LogDiskResult.Failed : Of(disk.Read(prefix + name, offset, destination, out read));
    }

    /// <inheritdoc/>
    public LogDiskResult Write(string name, long offset, ReadOnlySpan<byte> bytes) =>
        IsDead() ? LogDiskResult.Failed : Of(disk.Write(prefix + name, offset, bytes, out _));

    /// <inheritdoc/>
    public LogDiskResult Sync(string name) => IsDead() ? LogDiskResult.Failed : Of(disk.Sync(prefix + name));

    /// <inheritdoc/>
    public LogDiskResult SyncDirectory() => IsDead() ? LogDiskResult.Failed : Of(disk.SyncDirectory(directory));

    /// <inheritdoc/>
    public LogDiskResult Truncate(string name, long length) =>
        IsDead() ? LogDiskResult.Failed : Of(disk.SetLength(prefix + name, length));

    /// <inheritdoc/>
    public LogDiskResult Rename(string from, string to) =>
        IsDead() ? LogDiskResult.Failed : Of(disk.Rename(prefix + from, prefix + to));

    /// <inheritdoc/>
    public LogDiskResult Delete(string name) => IsDead() ? LogDiskResult.Failed : Of(disk.Delete(prefix + name));

    private static LogDiskResult Of(DiskResult result) => result switch
    {
        DiskResult.Done => LogDiskResult.Done,
        DiskResult.NotFound => LogDiskResult.NotFound,
        DiskResult.Exists => LogDiskResult.Exists,
        DiskResult.NoSpace => LogDiskResult.Full,
        _ => LogDiskResult.Failed,
    };

    private bool IsDead() => Operations++ >= DiesAfter;
}

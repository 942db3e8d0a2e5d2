using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roj.Log.Disk;

namespace Roj.Host.Disk;

/// <summary>A directory of the operating system's, as the log needs it. Files stay open: a read is one pread(2), a sync one
/// fdatasync(2).</summary>
/// <remarks>Who holds the directory alone is asked elsewhere (<see cref="Daemon.DataDirectory"/>).</remarks>
/// <param name="path">The directory; made, for its owner alone, when it is listed first.</param>
public sealed class LogDisk(string path) : ILogDisk, IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const FileShare Others = FileShare.ReadWrite | FileShare.Delete; // no lock for each file: there is one for all

    // errno of a full disk, of a used-up quota (Linux), and of a file that may not be longer.
    private const int NoSpace = 28;
    private const int QuotaUsed = 122;
    private const int TooLarge = 27;

    private readonly ConcurrentDictionary<string, SafeFileHandle> open = new(StringComparer.Ordinal);
    private volatile string reason = "";

    /// <inheritdoc/>
    public string Reason => reason;

    /// <inheritdoc/>
    public LogDiskResult List(out IReadOnlyList<string> names)
    {
        string[] found = [];
        var result = Try(() =>
        {
            if (!Directory.Exists(path))
                Make();
            found = [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))];
        });
        names = found;
        return result;
    }

    /// <inheritdoc/>
    public LogDiskResult LengthOf(string name, out long length)
    {
        var found = 0L;
        var result = Try(() => found = RandomAccess.GetLength(Handle(name)));
        length = found;
        return result;
    }

    /// <inheritdoc/>
    public LogDiskResult Create(string name)
    {
        if (File.Exists(At(name)))
            return LogDiskResult.Exists;
        return Try(() => Keep(name, File.OpenHandle(At(name), FileMode.CreateNew, FileAccess.ReadWrite, Others)));
    }

    /// <inheritdoc/>
    public LogDiskResult Read(string name, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        try
        {
            var handle = Handle(name);
            // A read may end early at a signal; only none means the end.
            while (read < destination.Length && RandomAccess.Read(handle, destination[read..], offset + read) is > 0 and var more)
                read += more;
            return LogDiskResult.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return Of(e);
        }
    }

    /// <inheritdoc/>
    public LogDiskResult Write(string name, long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(Handle(name), bytes, offset);
            return LogDiskResult.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return Of(e);
        }
    }

    /// <inheritdoc/>
    public LogDiskResult Sync(string name) => Try(() =>
    {
        var handle = Handle(name);
        if (LinuxFile.SyncData(handle) is not { } error)
            RandomAccess.FlushToDisk(handle);
        else if (error != 0)
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    });

    /// <inheritdoc/>
    public LogDiskResult SyncDirectory()
    {
        var error = LinuxFile.SyncDirectory(path);
        if (error == 0)
            return LogDiskResult.Done;
        reason = Marshal.GetPInvokeErrorMessage(error);
        return LogDiskResult.Failed;
    }

    /// <inheritdoc/>
    public LogDiskResult Truncate(string name, long length) => Try(() => RandomAccess.SetLength(Handle(name), length));

    /// <inheritdoc/>
    public LogDiskResult Rename(string from, string to) => Try(() =>
    {
        File.Move(At(from), At(to), overwrite: true);
        Close(to);
        if (open.TryRemove(from, out var handle))
            Keep(to, handle);
    });

    /// <inheritdoc/>
    public LogDiskResult Delete(string name)
    {
        if (!File.Exists(At(name)))
            return LogDiskResult.NotFound;
        return Try(() =>
        {
            File.Delete(At(name));
            Close(name);
        });
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (var name in open.Keys)
            Close(name);
    }

    private string At(string name) => Path.Combine(path, name);

    private void Make()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
            _ = LinuxFile.SyncDirectory(parent);
    }

    private SafeFileHandle Handle(string name)
    {
        if (open.TryGetValue(name, out var handle))
            return handle;
        return Keep(name, File.OpenHandle(At(name), FileMode.Open, FileAccess.ReadWrite, Others));
    }

    private SafeFileHandle Keep(string name, SafeFileHandle handle)
    {
        if (open.TryAdd(name, handle))
            return handle;
        handle.Dispose(); // another thread was quicker
        return open[name];
    }

    private void Close(string name)
    {
        if (open.TryRemove(name, out var handle))
            handle.Dispose();
    }

    private LogDiskResult Try(Action attempt)
    {
        try
        {
            attempt();
            return LogDiskResult.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return Of(e);
        }
    }

    private LogDiskResult Of(Exception e)
    {
        if (e is FileNotFoundException)
            return LogDiskResult.NotFound;
        reason = SystemReason.Of(e);
        return e is IOException { HResult: NoSpace or QuotaUsed or TooLarge } ? LogDiskResult.Full : LogDiskResult.Failed;
    }
}

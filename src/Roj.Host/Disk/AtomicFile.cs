namespace Roj.Host.Disk;

/// <summary>A small file that is replaced as a whole: whoever reads it, even after a crash, sees the old one or the new one.</summary>
public static class AtomicFile
{
    /// <summary>The mode of a secret.</summary>
    internal const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces <paramref name="path"/> by <paramref name="contents"/>: written beside it, synced, renamed over it.</summary>
    /// <exception cref="IOException">It can't be written; the old one is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents) =>
        Write(path, contents, beside => new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));

    /// <summary>The same for what its owner alone may read: from the first moment there is no file of it that others can open.</summary>
    /// <exception cref="IOException">It can't be written; the old one is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one is untouched.</exception>
    public static void WriteSecret(string path, ReadOnlySpan<byte> contents) => Write(path, contents, beside =>
    {
        // A mode is given to new files only; and nobody holds this one open from before.
        File.Delete(beside);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(beside, options);
    });

    /// <summary>The contents; null if there is no such file, or more than <paramref name="bytesMax"/> bytes in it.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[]? Read(string path, int bytesMax)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= bytesMax ? File.ReadAllBytes(path) : null;
    }

    private static void Write(string path, ReadOnlySpan<byte> contents, Func<string, FileStream> open)
    {
        var beside = path + ".new";
        try
        {
            using (var file = open(beside))
            {
                file.Write(contents);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (IOException)
        {
            // What was begun must not take the room on a full disk.
            File.Delete(beside);
            throw;
        }
    }
}

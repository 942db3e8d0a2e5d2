namespace Roj.Host.Disk;

/// <summary>A small file that is replaced as a whole: whoever reads it, even after a crash, sees the old one or the new one.</summary>
public static class AtomicFile
{
    /// <summary>Replaces <paramref name="path"/> by <paramref name="contents"/>: written beside it, synced, renamed over it.</summary>
    /// <param name="path">Which.</param>
    /// <param name="contents">All of it from now on.</param>
    /// <param name="isSecret">Whether nobody but its owner may read it, at any moment.</param>
    /// <exception cref="IOException">It can't be written; the old one is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents, bool isSecret = false)
    {
        var beside = path + ".new";
        try
        {
            using (var file = Open(beside, isSecret))
            {
                RandomAccess.Write(file.SafeFileHandle, contents, 0);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
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

    private static FileStream Open(string path, bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (isSecret)
            File.Delete(path); // what is there keeps its mode
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>The contents; null if there is no such file, or more than <paramref name="bytesMax"/> bytes in it.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[]? Read(string path, int bytesMax)
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= bytesMax ? File.ReadAllBytes(path) : null;
    }
}

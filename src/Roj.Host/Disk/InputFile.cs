namespace Roj.Host.Disk;

/// <summary>A file that the user gave us to read as a whole.</summary>
public static class InputFile
{
    /// <summary>All of its bytes.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytesMax">A longer one is refused before it is read.</param>
    /// <exception cref="SyncException">It can't be read; the message names it and says why. The user gave a wrong path.</exception>
    public static byte[] Read(string path, int bytesMax)
    {
        try
        {
            return AtomicFile.Read(path, bytesMax) ?? throw new SyncException($"{path} {WhyNotRead(path, bytesMax)}", isWrongUse: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SyncException($"cannot read {path}: {SystemReason.Of(e)}", isWrongUse: true);
        }
    }

    private static string WhyNotRead(string path, int bytesMax) =>
        File.Exists(path) ? $"has more than {bytesMax} bytes" : Directory.Exists(path) ? "is a directory" : "does not exist";
}

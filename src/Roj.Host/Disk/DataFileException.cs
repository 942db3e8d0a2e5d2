namespace Roj.Host.Disk;

/// <summary>The data file can't be used: the job ends with exit code 1. What was right in it stays right.</summary>
public sealed class DataFileException : Exception
{
    /// <summary>Says what could not be done to which file, and why.</summary>
    public DataFileException(string what, string path, Exception inner)
        : base($"cannot {what} {path}: {SystemReason.Of(inner)}", inner)
    {
    }

    private DataFileException(string message)
        : base(message)
    {
    }

    /// <summary>A file of the user's is not what was shared any more: it is not ours to repair.</summary>
    public static DataFileException Changed(string path) =>
        new($"{path} is not what it was when it was shared: share it again to share what it is now");
}

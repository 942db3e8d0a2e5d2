namespace Roj.Host.Sharing;

/// <summary>What happens to the files of a node.</summary>
public abstract record FileNews
{
    private FileNews()
    {
    }

    /// <summary>A file that is right on disk is given to whoever asks from now on.</summary>
    /// <param name="File">The file.</param>
    public sealed record Shared(FileStatus File) : FileNews;

    /// <summary>A file is being fetched from now on.</summary>
    /// <param name="File">The file.</param>
    public sealed record Wanted(FileStatus File) : FileNews;

    /// <summary>A file that was being fetched is right on disk.</summary>
    /// <param name="File">The file.</param>
    public sealed record Completed(FileStatus File) : FileNews;

    /// <summary>A file is given up; it says why.</summary>
    /// <param name="File">The file.</param>
    public sealed record GivenUp(FileStatus File) : FileNews;

    /// <summary>A file is neither shared nor fetched any more: somebody wanted that.</summary>
    /// <param name="File">The file, as it was.</param>
    public sealed record Removed(FileStatus File) : FileNews;

    /// <summary>Something is wrong, and the service goes on without it.</summary>
    /// <param name="Text">One line.</param>
    public sealed record Warning(string Text) : FileNews;
}

using System.Text;

namespace Roj.Tests.Tidy;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    // What .gitignore names, and what never is the project's own.
    private static readonly string[] notOurs = [".git", ".idea", ".vs", "artifacts", "bin", "obj"];
    private static readonly string[] notText = [".bin", ".png", ".swp", ".torrent", ".user"];
    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every text file, in the order of paths.</summary>
    public static IReadOnlyList<TextFile> Files { get; } = [.. Read(new DirectoryInfo(Root)).OrderBy(f => f.Path, StringComparer.Ordinal)];

    /// <summary>The pictures of the documents: their paths from the root.</summary>
    public static IReadOnlyList<string> Pictures { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.png", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')),
    ];

    /// <summary>The one file at <paramref name="path"/>, counted from the root.</summary>
    public static TextFile File(string path) => Files.Single(f => f.Path == path);

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Roj.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Roj.slnx above {start}");
    }

    private static IEnumerable<TextFile> Read(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().Where(e => !notOurs.Contains(e.Name) && e.LinkTarget is null))
        {
            if (entry is DirectoryInfo below)
            {
                foreach (var file in Read(below))
                    yield return file;
            }
            else if (!notText.Contains(entry.Extension) && Decode(System.IO.File.ReadAllBytes(entry.FullName)) is { } text)
            {
                yield return new TextFile(Path.GetRelativePath(Root, entry.FullName).Replace('\\', '/'), text);
            }
        }
    }

    private static string? Decode(byte[] bytes)
    {
        try
        {
            return bytes.Contains((byte)0) ? null : strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null; // not a text
        }
    }
}

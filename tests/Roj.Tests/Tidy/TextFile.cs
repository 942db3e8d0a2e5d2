namespace Roj.Tests.Tidy;

/// <summary>A text file of the repository.</summary>
/// <param name="Path">Its path from the root, with forward slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed record TextFile(string Path, string Text)
{
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public string Name => System.IO.Path.GetFileName(Path);

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsMarkdown => Path.EndsWith(".md", StringComparison.Ordinal);

    public bool IsProject => Path.EndsWith(".csproj", StringComparison.Ordinal);

    /// <summary>The project's folder, such as <c>src/Roj.Kernel</c>; the file's own where it belongs to none.</summary>
    public string Project => string.Join('/', Folder.Split('/').Take(2));

    /// <summary>Its lines, without what ends them; a last newline ends the last line, it does not begin another.</summary>
    public string[] Lines => (Text.EndsWith('\n') ? Text[..^1] : Text).Split('\n');
}

namespace Roj.Tests.Host;

/// <summary>A folder of its own for one test, removed with all that is in it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("roj-tests-");

    /// <summary>Opens a file behind somebody's back: as other programs do, which don't ask for .NET's locks.</summary>
    public static FileStream Share(string path) => new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    public string At(string name) => Path.Combine(folder.FullName, name);

    public string Put(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    public string[] Names() => [.. folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => folder.Delete(recursive: true);
}

namespace Roj.Simulation.Disk;

/// <summary>A change to a directory that is not yet durable: <paramref name="Gone"/> disappears and <paramref name="Name"/> means
/// <paramref name="File"/>, both or neither (so renames are atomic).</summary>
internal readonly record struct NameChange(string? Gone, string? Name, SimFile? File)
{
    internal bool Touches(string directory) =>
        (Gone is not null && DirectoryOf(Gone) == directory) || (Name is not null && DirectoryOf(Name) == directory);

    internal void ApplyTo(SortedDictionary<string, SimFile> names)
    {
        if (Gone is not null)
            names.Remove(Gone);
        if (Name is not null)
            names[Name] = File!;
    }

    internal static string DirectoryOf(string name) => name[..Math.Max(0, name.LastIndexOf('/'))];
}

namespace Roj.EndToEnd;

/// <summary>Where things are: the repository is the nearest directory above this program that holds the solution.</summary>
internal static class Repository
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where builds put what they make; not under version control.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The published program: <c>ROJ_PROGRAM</c>, or artifacts/roj.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public static string Program()
    {
        var given = Environment.GetEnvironmentVariable("ROJ_PROGRAM");
        var path = string.IsNullOrEmpty(given) ? Path.Combine(Artifacts, "roj") : Path.GetFullPath(given);
        return File.Exists(path) ? path : throw new LabException($"There is no program {path}: run ./publish first, or set ROJ_PROGRAM.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Roj.slnx")))
                return folder.FullName;
        }

        throw new LabException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}

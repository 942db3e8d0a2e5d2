namespace Roj.EndToEnd.Interop;

/// <summary>Where programs are that others made.</summary>
internal static class Foreign
{
    /// <summary>The path of <paramref name="program"/>, in <paramref name="folder"/> if that is given.</summary>
    /// <exception cref="LabException">It is not installed; the message says what to install.</exception>
    public static string Find(string program, string package, string? folder = null)
    {
        var path = folder is null ? Tool.Find(program) : Path.Combine(folder, program);
        return path is not null && File.Exists(path) ? path : throw new LabException($"{program} is not here: apt-get install {package}");
    }
}

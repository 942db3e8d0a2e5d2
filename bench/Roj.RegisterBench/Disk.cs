namespace Roj.RegisterBench;

/// <summary>What a directory is on.</summary>
internal static class Disk
{
    /// <summary>The kind of file system, such as <c>ext4</c>.</summary>
    public static string Of(string directory)
    {
        // device, directory, type, options; see proc(5). The longest directory above it, and of those the one mounted last.
        var path = Path.GetFullPath(directory);
        return File.ReadLines("/proc/self/mounts").Select(line => line.Split(' '))
            .Where(mount => mount[1] == "/" || path == mount[1] || path.StartsWith(mount[1] + "/", StringComparison.Ordinal))
            .OrderBy(mount => mount[1].Length).Last()[2];
    }
}

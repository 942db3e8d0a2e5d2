using System.Runtime.InteropServices;

namespace Roj.Host.Pushes;

/// <summary>Where a pushed file belongs, and how the one is put in the place of the other: whoever opens it finds one or the other, whole.
/// </summary>
/// <remarks>What was there before is kept beside it as <c>.NAME.before</c>.</remarks>
internal sealed partial class PushPlace
{
    /// <summary>Characters of a command at most.</summary>
    public const int CommandMax = 8192;

    private const int LengthMax = 200;

    private readonly string before;
    private readonly string beside;

    /// <summary>A place in a folder.</summary>
    /// <param name="folder">The folder that the node allows.</param>
    /// <param name="into">The rest: <see cref="IsOne"/>.</param>
    public PushPlace(string folder, string into)
    {
        Path = System.IO.Path.Combine(folder, into);
        var (at, name) = (System.IO.Path.GetDirectoryName(Path)!, System.IO.Path.GetFileName(Path));
        before = System.IO.Path.Combine(at, $".{name}.before");
        beside = System.IO.Path.Combine(at, $".{name}.new");
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Whether a path stays in whatever folder it is put behind: names between slashes, none beginning with a dot.</summary>
    public static bool IsOne(string? into) => into is { Length: > 0 and <= LengthMax } && !into.Any(char.IsControl)
        && !into.Contains('\\', StringComparison.Ordinal) && into.Split('/').All(name => name.Length > 0 && name[0] != '.');

    /// <summary>Puts aside what is there.</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public bool Keep()
    {
        File.Delete(before);
        if (!File.Exists(Path))
            return false;
        if (MakeLink(Path, before) != 0)
            throw new IOException($"cannot keep {Path} as {before}: {Marshal.GetLastPInvokeErrorMessage()}");
        return true;
    }

    /// <summary>Writes the new file beside its place, durably.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task PrepareAsync(string source, CancellationToken giveUp)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        await using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20, useAsync: true);
        await using var to = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20, useAsync: true);
        if (!OperatingSystem.IsWindows() && File.Exists(Path))
            File.SetUnixFileMode(beside, File.GetUnixFileMode(Path)); // what could be run before can be run again
        await from.CopyToAsync(to, giveUp);
        await to.FlushAsync(giveUp);
        to.Flush(flushToDisk: true);
    }

    /// <summary>Puts it in its place.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Switch() => File.Move(beside, Path, overwrite: true);

    /// <summary>Puts back what was put aside; may be done twice.</summary>
    /// <param name="hadBefore">Whether there was anything.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Restore(bool hadBefore)
    {
        if (!hadBefore)
            File.Delete(Path);
        else if (File.Exists(before))
            File.Move(before, Path, overwrite: true);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeLink(string from, string to);
}

using System.Text;

namespace Roj.Host.Security;

/// <summary>A file with the keys of a cluster, a line each: the first seals, all open. Empty lines and lines that begin with # are
/// nobody's.</summary>
public static class KeyFile
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int BytesMax = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads one.</summary>
    /// <param name="path">Where; <see cref="StandardInput"/> for standard input.</param>
    /// <param name="warn">Told when others may read it.</param>
    /// <returns>One to three keys.</returns>
    /// <exception cref="KeyException">It can't be read, or there is something else in it.</exception>
    public static IReadOnlyList<ClusterKey> Read(string path, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(warn);
        try
        {
            if (path == StandardInput)
            {
                using var input = Console.OpenStandardInput();
                return Parse("standard input", Text(input));
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
                warn($"{path} is open to other users of this machine: chmod 600 {path}");
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            return Parse(path, Text(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"cannot read the key in {path}: {SystemReason.Of(e)}");
        }
    }

    /// <summary>Reads the text of one, as an environment variable has it.</summary>
    /// <param name="place">Where it comes from, for complaints.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="KeyException">It is none.</exception>
    public static IReadOnlyList<ClusterKey> Parse(string place, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<ClusterKey> keys = [];
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line.StartsWith('#'))
                continue;
            if (!ClusterKey.TryParse(line, out var key, out var fault))
                throw new KeyException($"{place}, line {number}: a key {fault}");
            if (keys.Any(known => known.Id == key.Id))
                throw new KeyException($"{place}, line {number}: this key is there twice");
            keys.Add(key);
        }

        return keys.Count is > 0 and <= Keyring.KeysMax
            ? keys
            : throw new KeyException(
                $"{place} has {keys.Count} keys; 1 to {Keyring.KeysMax} may be there, a line each: 'roj keygen' makes one");
    }

    /// <summary>Writes a new one that its owner alone may read.</summary>
    /// <exception cref="KeyException">It is there already, or can't be written.</exception>
    public static void Create(string path, ClusterKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using var file = new FileStream(path, options);
            file.Write(Encoding.ASCII.GetBytes(key.Reveal() + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException(File.Exists(path)
                ? $"{path} is there already, and a key that is lost can't be made again: move it away first"
                : $"cannot write {path}: {SystemReason.Of(e)}");
        }
    }

    // A wrong file should not be read to its end: a disk has one too.
    private static string Text(Stream stream)
    {
        var bytes = new byte[BytesMax];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }
}

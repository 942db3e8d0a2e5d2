using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Roj.Files.Metadata;

/// <summary>Which names a shared file may have: one that can't leave its folder, nor look like another, on any node's system.</summary>
public static class FileName
{
    /// <summary>Bytes of a name in UTF-8: what ext4, XFS, Btrfs and NTFS can hold.</summary>
    public const int BytesMax = 255;

    /// <summary>What is wrong with <paramref name="name"/>, such as "it is empty"; null if a file may be called so.</summary>
    public static string? Fault(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            return "it is empty";
        if (!TryCountBytes(name, out var bytes))
            return "it is not Unicode text";
        if (bytes > BytesMax)
            return $"it is longer than {BytesMax} bytes";
        if (name.AsSpan().ContainsAny('/', '\\'))
            return "it has a path separator";
        if (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            return "it begins with a drive";
        // ".", ".." and what Windows would quietly shorten to another name.
        if (name[^1] is '.' or ' ')
            return "it ends with a dot or a space";
        if (IsDevice(name))
            return "it is the name of a device on Windows";
        return name.Any(IsInvisible) ? "it has a control character" : null;
    }

    /// <summary>Reads a name that came as UTF-8.</summary>
    /// <returns>Null if it is not UTF-8 or a file may not be called so.</returns>
    public static string? TryRead(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax || !Utf8.IsValid(utf8))
            return null;
        var name = Encoding.UTF8.GetString(utf8);
        return Fault(name) is null ? name : null;
    }

    private static bool TryCountBytes(string name, out int count)
    {
        count = 0;
        // A lone half of a surrogate pair has no UTF-8.
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[++i])))
                return false;
        }

        count = Encoding.UTF8.GetByteCount(name);
        return true;
    }

    private static bool IsDevice(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ').ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" ||
            (stem.Length == 4 && stem[3] is >= '1' and <= '9' && stem[..3] is "COM" or "LPT");
    }

    // The marks that turn the direction of text can make "exe.txt" of "txt.exe".
    private static bool IsInvisible(char c) => char.IsControl(c) ||
        CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ||
        c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

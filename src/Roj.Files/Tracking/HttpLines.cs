using System.Text;

namespace Roj.Files.Tracking;

/// <summary>The lines that HTTP/1.1, and what imitates it, begins with (RFC 9112, 2.1). Hostile bytes never throw.</summary>
internal static class HttpLines
{
    /// <summary>Where the lines end and the body begins; -1 while the empty line is not there.</summary>
    public static int Head(ReadOnlySpan<byte> bytes)
    {
        for (var from = 0; bytes[from..].IndexOf((byte)'\n') is >= 0 and var at; from += at + 1)
        {
            // An empty line; what stands before its LF may be a CR (RFC 9112, 2.2).
            if (at == 0 || (at == 1 && bytes[from] == (byte)'\r'))
                return from + at + 1;
        }

        return -1;
    }

    /// <summary>The first line, without its end; the rest, if it has none.</summary>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line is [.. var text, (byte)'\r'] ? text : line;
    }

    /// <summary>Whether <paramref name="line"/> is the header <paramref name="name"/>, in either case, and what it says.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || !Ascii.EqualsIgnoreCase(line[..colon], name))
            return false;
        value = line[(colon + 1)..].Trim(" \t"u8);
        return true;
    }
}

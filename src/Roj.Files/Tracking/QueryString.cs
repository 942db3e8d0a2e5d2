using System.Globalization;
using System.Text;

namespace Roj.Files.Tracking;

/// <summary>Walks over the <c>name=value</c> pairs of a URL's query (RFC 3986, 3.4). Hostile bytes never throw.</summary>
internal ref struct QueryString(ReadOnlySpan<byte> query)
{
    private ReadOnlySpan<byte> rest = query;

    /// <summary>The next pair, both sides still percent-encoded.</summary>
    public bool Next(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (rest.IsEmpty)
            return false;
        var end = rest.IndexOf((byte)'&');
        var pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        var equals = pair.IndexOf((byte)'=');
        name = equals < 0 ? pair : pair[..equals];
        value = equals < 0 ? default : pair[(equals + 1)..];
        return true;
    }

    /// <summary>Undoes percent-encoding (RFC 3986, 2.1); how many bytes that made, or -1 if it is wrong or does not fit.</summary>
    /// <remarks>A plus is a plus: the blank that it stands for in forms is nothing that a tracker is told.</remarks>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (length == decoded.Length)
                return -1;
            if (encoded[i] != (byte)'%')
            {
                decoded[length++] = encoded[i];
                continue;
            }

            if (encoded.Length - i < 3)
                return -1;
            var digits = encoded.Slice(i + 1, 2);
            if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out decoded[length++]))
                return -1;
            i += 2;
        }

        return length;
    }

    /// <summary>A number written in digits alone.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> value, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Percent-encodes all bytes but RFC 3986's unreserved ones.</summary>
    public static void Encode(StringBuilder query, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
                query.Append((char)b);
            else
                query.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
    }
}

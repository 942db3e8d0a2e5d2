using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Tracking;

// BT-SEARCH * HTTP/1.1\r\n
// Host: 239.192.152.143:6771\r\n
// Port: <where the sender listens, in digits>\r\n
// Infohash: <40 hexadecimal digits>\r\n           (may come several times)
// cookie: <what the sender knows itself by>\r\n   (may be missing)
// \r\n
// \r\n
/// <summary>Who takes part in which swarms, told to the local network (BEP 14).</summary>
/// <param name="Port">Where the sender listens; its address is the datagram's.</param>
/// <param name="InfoHashes">The files, 1 to <see cref="InfoHashesMax"/>.</param>
/// <param name="Cookie">What the sender knows its own announces by; null for none.</param>
public sealed record LocalSearchMessage(ushort Port, IReadOnlyList<Sha1Digest> InfoHashes, string? Cookie)
{
    /// <summary>Bytes of a datagram at most (BEP 14): what is longer is not read.</summary>
    public const int LengthMax = 1400;

    /// <summary>Files in a message at most: as many as fit.</summary>
    public const int InfoHashesMax = 24;

    /// <summary>Characters of a cookie at most; a message with a longer one is read as if it had none.</summary>
    public const int CookieLengthMax = 64;

    private static ReadOnlySpan<byte> RequestLine => "BT-SEARCH * HTTP/1.1"u8;

    /// <summary>BEP 14's IPv4 group: 239.192.152.143, port 6771.</summary>
    public static Endpoint Group { get; } = new(0xEFC0988F, 6771);

    /// <summary>Reads one whole datagram, which may be hostile: <see cref="ReadStatus.Done"/> or <see
    /// cref="ReadStatus.Malformed"/>.</summary>
    /// <remarks>Headers that mean nothing here are passed over, and so are files beyond <see cref="InfoHashesMax"/>. Lines may end in LF
    /// alone, and the empty ones at the end may be missing: programs differ.</remarks>
    public static ReadStatus TryRead(ReadOnlySpan<byte> datagram, out LocalSearchMessage? message)
    {
        message = null;
        if (datagram.Length > LengthMax || !HttpLines.Take(ref datagram).SequenceEqual(RequestLine))
            return ReadStatus.Malformed;
        ushort port = 0;
        string? cookie = null;
        var infoHashes = new List<Sha1Digest>();
        while (HttpLines.Take(ref datagram) is { IsEmpty: false } line)
        {
            if (HttpLines.IsHeader(line, "Port"u8, out var value))
                ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port);
            else if (HttpLines.IsHeader(line, "Infohash"u8, out value) && infoHashes.Count < InfoHashesMax && TryHash(value, out var hash))
                infoHashes.Add(hash);
            else if (HttpLines.IsHeader(line, "cookie"u8, out value) && value.Length <= CookieLengthMax)
                cookie = Encoding.Latin1.GetString(value);
        }

        if (port == 0 || infoHashes.Count == 0)
            return ReadStatus.Malformed;
        message = new LocalSearchMessage(port, infoHashes, cookie);
        return ReadStatus.Done;
    }

    /// <summary>Writes the datagram.</summary>
    /// <exception cref="InvalidOperationException">There is no file, or there are more than <see cref="InfoHashesMax"/>, or the cookie is
    /// too long or no plain text.</exception>
    public byte[] Write()
    {
        if (InfoHashes.Count is 0 or > InfoHashesMax)
            throw new InvalidOperationException($"a message tells of 1 to {InfoHashesMax} files");
        if (Cookie is not null && (Cookie.Length > CookieLengthMax || Cookie.Any(c => c is < ' ' or > '~')))
            throw new InvalidOperationException($"a cookie has at most {CookieLengthMax} plain characters");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"BT-SEARCH * HTTP/1.1\r\nHost: {Group}\r\nPort: {Port}\r\n");
        foreach (var infoHash in InfoHashes)
            text.Append(CultureInfo.InvariantCulture, $"Infohash: {infoHash}\r\n");
        if (Cookie is not null)
            text.Append("cookie: ").Append(Cookie).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.Append("\r\n\r\n").ToString());
    }

    private static bool TryHash(ReadOnlySpan<byte> hex, [NotNullWhen(true)] out Sha1Digest hash)
    {
        hash = default;
        Span<char> digits = stackalloc char[2 * Sha1Digest.Length];
        return hex.Length == digits.Length && Encoding.Latin1.GetChars(hex, digits) > 0 && Sha1Digest.TryParse(digits, out hash);
    }
}

using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>The beginning of an HTTP/1.1 request (RFC 9112), as far as a tracker needs it.</summary>
/// <param name="Target">Path and query.</param>
/// <param name="IsForeign">A browser sent it for a page of somebody else's: there is an <c>Origin</c>, or <c>Sec-Fetch-Site</c> says that
/// it was not the user who asked for it.</param>
public sealed record HttpRequestHead(ReadOnlyMemory<byte> Target, bool IsForeign)
{
    /// <summary>Bytes of a head at most: an announce has some 300.</summary>
    public const int BytesMax = 8 * 1024;

    /// <summary>Whether a caller whose first byte is <paramref name="first"/> speaks HTTP: methods are capital letters, and BEP 3's
    /// handshake begins with 19.</summary>
    public static bool BeginsWith(byte first) => first is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Reads a head that may be hostile.</summary>
    /// <param name="input">What has come so far.</param>
    /// <param name="head">What was read.</param>
    /// <param name="fault">With <see cref="ReadStatus.Malformed"/>, the status code that says why (RFC 9110, 15).</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, out HttpRequestHead? head, out int fault)
    {
        head = null;
        fault = 0;
        var end = HttpLines.Head(input[..Math.Min(input.Length, BytesMax)]);
        if (end < 0)
        {
            if (input.Length < BytesMax)
                return ReadStatus.NeedMore;
            fault = input.Contains((byte)'\n') ? 431 : 414; // header fields, or the request line, too long
            return ReadStatus.Malformed;
        }

        var rest = input[..end];
        fault = TryReadLine(HttpLines.Take(ref rest), out var target, out var isOld);
        var hosts = 0;
        var isForeign = false;
        while (fault == 0 && HttpLines.Take(ref rest) is { IsEmpty: false } line)
        {
            if (HttpLines.IsHeader(line, "Host"u8, out _))
                hosts++;
            else if (HttpLines.IsHeader(line, "Origin"u8, out _))
                isForeign = true;
            else if (HttpLines.IsHeader(line, "Sec-Fetch-Site"u8, out var site))
                isForeign |= !site.SequenceEqual("none"u8);
        }

        if (fault == 0 && hosts != 1 && !(isOld && hosts == 0))
            fault = 400; // RFC 9112, 3.2
        if (fault != 0)
            return ReadStatus.Malformed;
        head = new HttpRequestHead(target.ToArray(), isForeign);
        return ReadStatus.Done;
    }

    private static int TryReadLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> target, out bool isOld)
    {
        target = default;
        isOld = line.EndsWith(" HTTP/1.0"u8);
        var methodEnd = line.IndexOf((byte)' ');
        var targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd == methodEnd || (!isOld && !line.EndsWith(" HTTP/1.1"u8)))
            return 400;
        if (!line[..methodEnd].SequenceEqual("GET"u8))
            return 405;
        target = line[(methodEnd + 1)..targetEnd];
        return target is [(byte)'/', ..] && !target.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? 0 : 400;
    }
}

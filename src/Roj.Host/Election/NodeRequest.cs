using System.Globalization;
using System.Text;
using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>What a node asks by HTTP on the port between nodes (decision 0043): one request of HTTP/1.1 (RFC 9112), the only one of its
/// connection.</summary>
/// <remarks>Nodes alone speak here, so it is strict: lines end in CR LF, a body has a length, and what a web page's browser would add is
/// refused.</remarks>
/// <param name="Method">GET or POST.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Body">What is posted.</param>
internal sealed record NodeRequest(string Method, string Target, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes of request line and headers at most: ours have some 200.</summary>
    public const int HeadBytesMax = 4 * 1024;

    /// <summary>Bytes of a whole request at most.</summary>
    public const int BytesMax = HeadBytesMax + RingJson.BytesMax;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Whether a caller whose first byte is <paramref name="first"/> may ask by HTTP: nothing else on the port begins like
    /// that.</summary>
    public static bool BeginsWith(byte first) => first is (byte)'G' or (byte)'P';

    /// <summary>Reads a request that may be hostile.</summary>
    /// <param name="input">What has come so far, at most <see cref="BytesMax"/> bytes.</param>
    /// <param name="own">The address that it must be meant for, as text: a browser that was led here by a name gives itself away.</param>
    /// <param name="request">What was read.</param>
    /// <param name="fault">With <see cref="ReadStatus.Malformed"/>, the status code that says why (RFC 9110, 15).</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, string own, out NodeRequest? request, out int fault)
    {
        (request, fault) = (null, 0);
        var end = input[..Math.Min(input.Length, HeadBytesMax)].IndexOf(HeadEnd);
        if (end < 0)
        {
            fault = 431;
            return input.Length < HeadBytesMax ? ReadStatus.NeedMore : ReadStatus.Malformed;
        }

        var lines = Encoding.Latin1.GetString(input[..end]).Split("\r\n");
        var body = input[(end + HeadEnd.Length)..];
        fault = Judge(lines[1..], own, out var length);
        if (lines[0].Split(' ') is not [("GET" or "POST") and var method, ['/', ..] and var target, "HTTP/1.1"])
            fault = 400;
        else if (fault == 0 && body.Length < length)
            return ReadStatus.NeedMore;
        else if (fault == 0 && body.Length == length)
            request = new NodeRequest(method, target, body.ToArray());
        else if (fault == 0)
            fault = 400; // more than was announced
        return request is null ? ReadStatus.Malformed : ReadStatus.Done;
    }

    /// <summary>What is wrong with the headers, as a status code; 0 if nothing is.</summary>
    private static int Judge(string[] headers, string own, out int length)
    {
        length = 0;
        var (hosts, lengths) = (0, 0);
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                return 400;
            var value = header[(colon + 1)..].Trim(' ', '\t');
            switch (header[..colon].ToUpperInvariant())
            {
                case "HOST" when value.Split(':')[0] == own:
                    hosts++;
                    break;
                case "HOST" or "ORIGIN" or "SEC-FETCH-SITE":
                    return 403;
                case "TRANSFER-ENCODING":
                    return 400;
                case "CONTENT-LENGTH":
                    lengths++;
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out length))
                        return 400;
                    break;
            }
        }

        return hosts != 1 || lengths > 1 ? 400 : length > RingJson.BytesMax ? 413 : 0;
    }
}

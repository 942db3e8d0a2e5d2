using System.Globalization;
using System.Text;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>An HTTP/1.1 response (RFC 9112), as far as trackers need it.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Location">Where it sends us; null for nowhere.</param>
/// <param name="Encoding">What the body is packed with, such as gzip; null for nothing.</param>
/// <param name="Body">What was sent, out of its chunks.</param>
public sealed record HttpAnswer(int Status, string? Location, string? Encoding, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes of status line and headers at most.</summary>
    public const int HeadBytesMax = 16 * 1024;

    /// <summary>Bytes of a response at most, head and chunks included: 200 peers take 12 KiB.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>Reads a response that may be hostile.</summary>
    /// <param name="input">What has come so far, from the first byte.</param>
    /// <param name="hasEnded">Whether nothing more will come.</param>
    /// <param name="answer">What was read.</param>
    public static ReadStatus TryRead(ReadOnlySpan<byte> input, bool hasEnded, out HttpAnswer? answer)
    {
        answer = null;
        var more = hasEnded || input.Length >= BytesMax ? ReadStatus.Malformed : ReadStatus.NeedMore;
        Head head;
        var end = 0;
        do
        {
            var length = HttpLines.Head(input[end..Math.Min(input.Length, HeadBytesMax)]);
            if (length < 0)
                return input.Length >= HeadBytesMax ? ReadStatus.Malformed : more;
            head = new Head();
            if (!head.TryRead(input.Slice(end, length)))
                return ReadStatus.Malformed;
            end += length;
        }
        while (head.Status < 200); // an interim one: the real one follows (RFC 9110, 15.2)

        return TryReadBody(head, input[end..], hasEnded, more, out answer);
    }

    /// <summary>Writes a response that ends the connection.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="body">What to say.</param>
    public static byte[] Write(int status, ReadOnlySpan<byte> body)
    {
        // The type keeps browsers from taking the body for anything else.
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {Reason(status)}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n"
            + $"X-Content-Type-Options: nosniff\r\n{(status == 405 ? "Allow: GET\r\n" : "")}Connection: close\r\n\r\n");
        return [.. System.Text.Encoding.ASCII.GetBytes(head), .. body];
    }

    private static ReadStatus TryReadBody(Head head, ReadOnlySpan<byte> rest, bool hasEnded, ReadStatus more, out HttpAnswer? answer)
    {
        answer = null;
        if (head.IsChunked)
        {
            var status = TryReadChunks(rest, out var body);
            answer = status == ReadStatus.Done ? head.With(body) : null;
            return status == ReadStatus.NeedMore ? more : status;
        }

        if (head.Length > BytesMax)
            return ReadStatus.Malformed;
        var length = head.Length ?? (hasEnded ? rest.Length : long.MaxValue); // or until the end (RFC 9112, 6.3)
        if (rest.Length < length)
            return more;
        answer = head.With(rest[..(int)length].ToArray());
        return ReadStatus.Done;
    }

    // RFC 9112, 7.1: size in hexadecimal, perhaps extensions, CR LF, so many bytes, CR LF; the last is of size 0, then trailers.
    private static ReadStatus TryReadChunks(ReadOnlySpan<byte> rest, out byte[] body)
    {
        const int LineBytesMax = 256;
        body = [];
        var writer = new List<byte>();
        while (true)
        {
            var lineEnd = rest[..Math.Min(rest.Length, LineBytesMax)].IndexOf((byte)'\n');
            if (lineEnd < 0)
                return rest.Length < LineBytesMax ? ReadStatus.NeedMore : ReadStatus.Malformed;
            var line = HttpLines.Take(ref rest);
            var extension = line.IndexOf((byte)';');
            var digits = (extension < 0 ? line : line[..extension]).Trim(" \t"u8);
            if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
                || size < 0 || size > BytesMax)
            {
                return ReadStatus.Malformed;
            }

            if (size == 0)
            {
                body = [.. writer];
                return ReadStatus.Done; // trailers say nothing that we need, and the connection ends here
            }

            if (rest.Length < size + 1)
                return ReadStatus.NeedMore;
            writer.AddRange(rest[..size]);
            rest = rest[size..];
            if (rest is [(byte)'\r'])
                return ReadStatus.NeedMore;
            if (!HttpLines.Take(ref rest).IsEmpty)
                return ReadStatus.Malformed;
        }
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        414 => "URI Too Long",
        431 => "Request Header Fields Too Large",
        _ => "Refused",
    };

    private sealed class Head
    {
        public int Status { get; private set; }

        public long? Length { get; private set; }

        public bool IsChunked { get; private set; }

        private string? Location { get; set; }

        private string? Encoding { get; set; }

        public HttpAnswer With(byte[] body) => new(Status, Location, Encoding, body);

        public bool TryRead(ReadOnlySpan<byte> lines)
        {
            var first = HttpLines.Take(ref lines);
            if (first.Length < 12 || !first.StartsWith("HTTP/1."u8) || first[8] != (byte)' '
                || !int.TryParse(first.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
            {
                return false;
            }

            Status = status;
            while (HttpLines.Take(ref lines) is { IsEmpty: false } line)
            {
                if (!TryHeader(line))
                    return false;
            }

            return true;
        }

        private bool TryHeader(ReadOnlySpan<byte> line)
        {
            if (HttpLines.IsHeader(line, "Content-Length"u8, out var value))
            {
                if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                    return false;
                Length = length;
            }
            else if (HttpLines.IsHeader(line, "Transfer-Encoding"u8, out value))
            {
                IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
                return IsChunked;
            }
            else if (HttpLines.IsHeader(line, "Location"u8, out value))
            {
                Location = System.Text.Encoding.Latin1.GetString(value);
            }
            else if (HttpLines.IsHeader(line, "Content-Encoding"u8, out value) && !Ascii.EqualsIgnoreCase(value, "identity"u8))
            {
                Encoding = System.Text.Encoding.Latin1.GetString(value[..Math.Min(value.Length, 32)]);
            }

            return true;
        }
    }
}

using System.Text;
using Roj.Files.Tracking;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

public sealed class HttpTests
{
    [Fact]
    public void A_request_needs_its_last_byte_and_no_more()
    {
        var right = "GET /announce?a=b HTTP/1.1\r\nhost:  x\r\nAccept: */*\r\n\r\n"u8.ToArray();
        for (var length = 0; length < right.Length; length++)
            Assert.Equal(ReadStatus.NeedMore, HttpRequestHead.TryRead(right.AsSpan(0, length), out _, out _));
        Assert.Equal(ReadStatus.Done, HttpRequestHead.TryRead([.. right, .. "more"u8], out var head, out _));
        Assert.Equal("/announce?a=b"u8, head!.Target.Span);
        Assert.False(head.IsForeign);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://h/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n \r\n\r\n", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    public void A_request_that_is_wrong_gets_its_status(string text, int status)
    {
        Assert.Equal(ReadStatus.Malformed, HttpRequestHead.TryRead(Encoding.ASCII.GetBytes(text), out _, out var fault));
        Assert.Equal(status, fault);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nORIGIN: null\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: cross-site\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\nHost: a\nSec-Fetch-Site: none\n\n", false)]
    public void A_web_page_is_told_from_a_program(string text, bool isForeign)
    {
        Assert.Equal(ReadStatus.Done, HttpRequestHead.TryRead(Encoding.ASCII.GetBytes(text), out var head, out _));
        Assert.Equal(isForeign, head!.IsForeign);
    }

    [Theory]
    [InlineData(HttpRequestHead.BytesMax, ReadStatus.Done, 0)]
    [InlineData(HttpRequestHead.BytesMax + 1, ReadStatus.Malformed, 431)]
    public void A_head_has_a_limit(int length, ReadStatus status, int fault)
    {
        const string Around = "GET / HTTP/1.0\r\n\r\n";
        var text = Around.Replace("/ ", "/".PadRight(length - Around.Length + 1, 'x') + " ", StringComparison.Ordinal);
        Assert.Equal(length, text.Length);
        Assert.Equal(status, HttpRequestHead.TryRead(Encoding.ASCII.GetBytes(text), out _, out var said));
        Assert.Equal(fault, said);
    }

    [Fact]
    public void A_line_that_never_ends_has_the_limit_too()
    {
        var line = Enumerable.Repeat((byte)'G', HttpRequestHead.BytesMax).ToArray();
        Assert.Equal(ReadStatus.NeedMore, HttpRequestHead.TryRead(line.AsSpan(1), out _, out _));
        Assert.Equal(ReadStatus.Malformed, HttpRequestHead.TryRead(line, out _, out var fault));
        Assert.Equal(414, fault);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=y\r\na\r\n2\r\nbc\r\n0\r\n")]
    [InlineData("HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 100 Go on\r\n\r\nHTTP/1.0 200\r\ncontent-length:3\r\n\r\nabc")]
    public void An_answer_needs_its_last_byte(string text)
    {
        var right = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < right.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, HttpAnswer.TryRead(right.AsSpan(0, length), false, out _));
            Assert.Equal(ReadStatus.Malformed, HttpAnswer.TryRead(right.AsSpan(0, length), true, out _));
        }

        Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(right, false, out var answer));
        Assert.Equal((200, "abc"), (answer!.Status, Encoding.ASCII.GetString(answer.Body.Span)));
    }

    [Fact]
    public void An_answer_without_a_length_ends_with_the_connection()
    {
        var text = "HTTP/1.0 200 OK\r\n\r\nab"u8;
        Assert.Equal(ReadStatus.NeedMore, HttpAnswer.TryRead(text, false, out _));
        Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(text, true, out var answer));
        Assert.Equal("ab"u8, answer!.Body.Span);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 99 x\r\n\r\n")]
    public void An_answer_that_is_wrong_is_refused(string text) =>
        Assert.Equal(ReadStatus.Malformed, HttpAnswer.TryRead(Encoding.ASCII.GetBytes(text), false, out _));

    [Theory]
    [InlineData(HttpAnswer.HeadBytesMax - 1, ReadStatus.NeedMore)]
    [InlineData(HttpAnswer.HeadBytesMax, ReadStatus.Malformed)]
    public void An_answers_head_has_a_limit(int length, ReadStatus status) =>
        Assert.Equal(status, HttpAnswer.TryRead(new byte[length], false, out _));

    [Theory]
    [InlineData(HttpAnswer.BytesMax - 1, ReadStatus.NeedMore)]
    [InlineData(HttpAnswer.BytesMax, ReadStatus.Malformed)]
    public void An_answer_has_a_limit(int length, ReadStatus status)
    {
        var bytes = new byte[length];
        "HTTP/1.1 200 OK\r\n\r\n"u8.CopyTo(bytes);
        Assert.Equal(status, HttpAnswer.TryRead(bytes, false, out _));
    }

    [Fact]
    public void What_packs_it_and_where_it_leads_is_told()
    {
        var text = "HTTP/1.1 302 x\r\nLocation: /b\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"u8;
        Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(text, false, out var answer));
        Assert.Equal((302, "/b", "gzip"), (answer!.Status, answer.Location, answer.Encoding));
    }
}

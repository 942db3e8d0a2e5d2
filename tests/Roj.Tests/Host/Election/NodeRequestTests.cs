using System.Text;
using Roj.Election.Wire;
using Roj.Host.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Election;

/// <summary>What nodes ask each other by HTTP on the port between nodes: literal bytes.</summary>
public sealed class NodeRequestTests
{
    private const string Own = "10.0.0.1";
    private const string Get = "GET /register?node=1 HTTP/1.1\r\nHost: 10.0.0.1:7071\r\n\r\n";
    private const string Post =
        "POST /message HTTP/1.1\r\nhost: 10.0.0.1\r\nContent-Type: application/json\r\ncontent-LENGTH:  2 \r\n\r\n{}";

    [Fact]
    public void A_request_is_read_whole_and_in_any_pieces()
    {
        foreach (var (text, expected) in new[] { (Get, ("GET", "/register?node=1", "")), (Post, ("POST", "/message", "{}")) })
        {
            Assert.Equal(0, Read(text, out var request));
            Assert.Equal(expected, (request!.Method, request.Target, Encoding.ASCII.GetString(request.Body.Span)));
            for (var length = 0; length < text.Length; length++)
                Assert.Equal(-1, Read(text[..length], out _));
        }
    }

    [Theory]
    [InlineData("GET", "HEAD", 400)]
    [InlineData("GET", "get", 400)]
    [InlineData("/register", "register", 400)]
    [InlineData(" HTTP/1.1", " HTTP/1.0", 400)]
    [InlineData(" HTTP/1.1", "", 400)]
    [InlineData(" HTTP/1.1", " x HTTP/1.1", 400)]
    [InlineData("Host", "Hast", 400)]
    [InlineData("Host: 10.0.0.1:7071", "Host: 10.0.0.1\r\nHost: 10.0.0.1", 400)]
    [InlineData("10.0.0.1", "10.0.0.2", 403)]
    [InlineData("10.0.0.1", "10.0.0.11", 403)]
    [InlineData("10.0.0.1", "roj.example", 403)]
    [InlineData("7071\r\n", "7071\r\nOrigin: http://10.0.0.1:7071\r\n", 403)]
    [InlineData("7071\r\n", "7071\r\nSec-Fetch-Site: none\r\n", 403)]
    [InlineData("7071\r\n", "7071\r\nTransfer-Encoding: chunked\r\n", 400)]
    [InlineData("7071\r\n", "7071\r\nContent-Length: 0\r\nContent-Length: 0\r\n", 400)]
    [InlineData("7071\r\n", "7071\r\nContent-Length: -1\r\n", 400)]
    [InlineData("7071\r\n", "7071\r\nContent-Length: 9223372036854775808\r\n", 400)]
    [InlineData("7071\r\n", "7071\r\nContent-Length: 65537\r\n", 413)]
    [InlineData("7071\r\n", "7071\r\nno header\r\n", 400)]
    [InlineData("7071\r\n", "7071\r\n: nothing\r\n", 400)]
    [InlineData("\r\n\r\n", "\r\n\r\nmore", 400)]
    public void What_is_wrong_is_told_by_a_number(string right, string wrong, int status) =>
        Assert.Equal(status, Read(Get.Replace(right, wrong, StringComparison.Ordinal), out _));

    [Fact]
    public void A_head_and_a_body_have_their_limits_and_not_one_byte_more()
    {
        var fill = NodeRequest.HeadBytesMax - Get.Length - "X: \r\n".Length;
        string Long(int more) => Get.Replace("7071\r\n", $"7071\r\nX: {new string('x', fill + more)}\r\n", StringComparison.Ordinal);
        Assert.Equal(0, Read(Long(0), out _));
        Assert.Equal(431, Read(Long(1), out _));
        Assert.Equal(431, Read(new string('G', NodeRequest.HeadBytesMax), out _));
        Assert.Equal(-1, Read(new string('G', NodeRequest.HeadBytesMax - 1), out _));
        var head = $"POST /message HTTP/1.1\r\nHost: 10.0.0.1\r\nContent-Length: {RingJson.BytesMax}\r\n\r\n";
        Assert.Equal(0, Read(head + new string(' ', RingJson.BytesMax), out var request));
        Assert.Equal(RingJson.BytesMax, request!.Body.Length);
        Assert.Equal(-1, Read(head + new string(' ', RingJson.BytesMax - 1), out _));
        Assert.Equal(400, Read(head + new string(' ', RingJson.BytesMax + 1), out _));
    }

    // 0 if it is one, -1 while more is to come, else the status code.
    private static int Read(string text, out NodeRequest? request)
    {
        var status = NodeRequest.TryRead(Encoding.Latin1.GetBytes(text), Own, out request, out var fault);
        Assert.Equal(status is ReadStatus.Done, request is not null);
        return status switch
        {
            ReadStatus.Done => 0,
            ReadStatus.NeedMore => -1,
            _ => fault,
        };
    }
}

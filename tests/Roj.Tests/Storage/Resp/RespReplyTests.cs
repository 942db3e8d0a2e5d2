using System.Globalization;
using System.Text;
using Roj.Kernel;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Replies as a client reads them: whole, in pieces, at the limits and one past them.</summary>
public sealed class RespReplyTests
{
    [Theory]
    [InlineData("+OK\r\n", "+OK")]
    [InlineData("+\r\n", "+")]
    [InlineData("-NOSERVER all are down\r\n", "-NOSERVER all are down")]
    [InlineData(":0\r\n", ":0")]
    [InlineData(":-9223372036854775808\r\n", ":-9223372036854775808")]
    [InlineData("$-1\r\n", "$null")]
    [InlineData("$0\r\n\r\n", "$")]
    [InlineData("$4\r\n\r\n\r\n\r\n", "$\r\n\r\n")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n", "[$0 [$a $b]]")]
    public void A_reply_is_read_whole_and_in_pieces(string said, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(said + "+next");
        for (var length = 0; length < said.Length; length++)
            Assert.Equal(ReadStatus.NeedMore, RespReply.TryRead(bytes.AsSpan(0, length), out _, out _));
        Assert.Equal(ReadStatus.Done, RespReply.TryRead(bytes, out var reply, out var consumed));
        Assert.Equal((said.Length, expected), (consumed, Text(reply!)));
    }

    [Theory]
    [InlineData("OK\r\n")]
    [InlineData("\r\n")]
    [InlineData("+OK\n")]
    [InlineData(":1x\r\n")]
    [InlineData(":\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("$16777217\r\n")]
    [InlineData("$9223372036854775807\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*1048577\r\n")]
    [InlineData("*1\r\n*1\r\n*1\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void What_is_none_is_none(string said) =>
        Assert.Equal(ReadStatus.Malformed, RespReply.TryRead(Encoding.ASCII.GetBytes(said), out _, out _));

    [Fact]
    public void At_the_limits_and_one_past_them()
    {
        Assert.Equal(ReadStatus.Done, Of("+" + new string('x', RespReply.LineBytesMax - 2) + "\r\n"));
        Assert.Equal(ReadStatus.Malformed, Of("+" + new string('x', RespReply.LineBytesMax - 1) + "\r\n"));
        Assert.Equal(ReadStatus.NeedMore, Of("+" + new string('x', RespReply.LineBytesMax - 1)));
        Assert.Equal(ReadStatus.Malformed, Of("+" + new string('x', RespReply.LineBytesMax)));
        Assert.Equal(ReadStatus.NeedMore, Of($"${RespReply.StringBytesMax}\r\n"));
        Assert.Equal(ReadStatus.NeedMore, Of($"*{RespReply.ListMax}\r\n"));

        static ReadStatus Of(string said) => RespReply.TryRead(Encoding.ASCII.GetBytes(said), out _, out _);
    }

    private static string Text(RespReply reply) => reply switch
    {
        RespReply.Word word => "+" + word.Text,
        RespReply.Error error => "-" + error.Text,
        RespReply.Number number => ":" + number.Value.ToString(CultureInfo.InvariantCulture),
        RespReply.Data { Bytes: null } => "$null",
        RespReply.Data data => "$" + Encoding.ASCII.GetString(data.Bytes!.Value.Span),
        RespReply.List list => $"[{string.Join(' ', list.Items.Select(Text))}]",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

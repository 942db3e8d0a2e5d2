using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Numbers are read as strictly as Redis does.</summary>
public sealed class DigitsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("-1", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Numbers_are(string text, long number)
    {
        Assert.True(Digits.TryParse(RespClient.Bytes(text), out long read));
        Assert.Equal(number, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData("-01")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("99999999999999999999")]
    [InlineData("18446744073709551617")]
    public void Numbers_are_not(string text) => Assert.False(Digits.TryParse(RespClient.Bytes(text), out long _));

    [Theory]
    [InlineData("0", true)]
    [InlineData("18446744073709551615", true)]
    [InlineData("18446744073709551616", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("-1", false)]
    [InlineData("", false)]
    public void Cursors_have_no_sign(string text, bool isRead) =>
        Assert.Equal(isRead, Digits.TryParse(RespClient.Bytes(text), out ulong _));
}

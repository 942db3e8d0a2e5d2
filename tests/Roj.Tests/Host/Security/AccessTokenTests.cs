using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

public class AccessTokenTests
{
    private const string Token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void It_is_the_keys_alone_and_no_part_of_it()
    {
        var (one, other) = (ClusterKey.Create(), ClusterKey.Create());
        var token = AccessToken.Of(one);
        Assert.Matches("^[0-9a-f]{64}$", token);
        Assert.Equal(token, AccessToken.Of(one));
        Assert.NotEqual(token, AccessToken.Of(other));
        Assert.Equal(token, Convert.ToHexStringLower(one.Derive("admin", default, 32)));
        Assert.DoesNotContain(one.Id.ToString("x8", null), token, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Token, true)]
    [InlineData("  " + Token + "\r\n", true)]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", true)] // as somebody typed it
    [InlineData("", false)]
    [InlineData(Token + "0", false)]
    [InlineData("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("0123456789abcdef0123456789abcdef\n0123456789abcdef0123456789abcde", false)] // would be another header
    [InlineData("roj1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)] // a key
    public void It_is_read_as_it_is_kept(string text, bool isOne)
    {
        Assert.Equal(isOne, AccessToken.TryParse(text, out var token));
        Assert.Equal(isOne ? Token : null, token);
    }
}

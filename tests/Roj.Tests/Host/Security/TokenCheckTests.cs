using Microsoft.Extensions.Primitives;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

public class TokenCheckTests
{
    private readonly ClusterKey key = ClusterKey.Create();
    private readonly SetClock clock = new();

    [Theory]
    [InlineData("Bearer TOKEN", "Right")]
    [InlineData("bearer TOKEN", "Right")] // RFC 9110, 11.1
    [InlineData("BEARER    TOKEN", "Right")]
    [InlineData(null, "Missing")]
    [InlineData("", "Missing")]
    [InlineData("Bearer", "Missing")]
    [InlineData("BearerTOKEN", "Missing")]
    [InlineData("TOKEN", "Missing")]
    [InlineData("Basic TOKEN", "Missing")]
    [InlineData("Bearer\tTOKEN", "Missing")]
    [InlineData("Bearer ", "Wrong")]
    [InlineData("Bearer TOKEN TOKEN", "Wrong")]
    [InlineData("Bearer TOKEN, Bearer TOKEN", "Wrong")]
    [InlineData("Bearer TOKEN ", "Wrong")]
    [InlineData("Bearer TOKEN0", "Wrong")]
    [InlineData("Bearer \u0130TOKEN", "Wrong")]
    [InlineData("Bearer 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "Wrong")]
    public void A_header_is_judged(string? header, string verdict)
    {
        var value = header?.Replace("TOKEN", AccessToken.Of(key), StringComparison.Ordinal);
        Assert.Equal(verdict, $"{Check().Judge(value is null ? default : new StringValues(value), 1)}");
    }

    [Fact]
    public void A_part_of_it_and_large_letters_are_wrong()
    {
        var token = AccessToken.Of(key);
        foreach (var wrong in new[] { token[..63], token[1..], token.ToUpperInvariant(), new string('a', 10 * 1024) })
            Assert.Equal(TokenVerdict.Wrong, Check().Judge("Bearer " + wrong, 1));
    }

    [Fact]
    public void Two_headers_are_none_though_both_are_right()
    {
        var right = "Bearer " + AccessToken.Of(key);
        Assert.Equal(TokenVerdict.Missing, Check().Judge(new StringValues([right, right]), 1));
    }

    [Fact]
    public void Every_key_of_the_ring_lets_in_and_a_retired_one_no_more()
    {
        var ring = Keyring.Of([key]);
        var keys = new ClusterKeys(ring);
        var check = new TokenCheck(keys, clock);
        var next = ClusterKey.Create();
        Assert.Equal((TokenVerdict.Right, TokenVerdict.Wrong), Both());
        Assert.True(keys.Take(ring = ring.Rotate(next), _ => { }));
        Assert.Equal((TokenVerdict.Right, TokenVerdict.Right), Both());
        Assert.True(keys.Take(ring.Retire(), _ => { }));
        Assert.Equal((TokenVerdict.Wrong, TokenVerdict.Right), Both());

        (TokenVerdict Old, TokenVerdict New) Both() =>
            (check.Judge("Bearer " + AccessToken.Of(key), 1), check.Judge("Bearer " + AccessToken.Of(next), 1));
    }

    [Fact]
    public void Who_is_wrong_too_often_waits_a_second_and_others_do_not()
    {
        var check = Check();
        for (var i = 0; i < GuessLimit.Usual; i++)
        {
            Assert.Equal(TokenVerdict.Missing, check.Judge(default, 1)); // that is no guess
            Assert.Equal(TokenVerdict.Wrong, check.Judge("Bearer no", 1));
        }

        var right = "Bearer " + AccessToken.Of(key);
        Assert.Equal(TokenVerdict.TooOften, check.Judge("Bearer no", 1));
        Assert.Equal(TokenVerdict.Right, check.Judge(right, 1)); // whoever else calls from there
        Assert.Equal(TokenVerdict.Missing, check.Judge(default, 1));
        Assert.Equal(TokenVerdict.Right, check.Judge(right, 2));
        clock.Add(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Wrong, check.Judge("Bearer no", 1));
        for (var i = 0; i < 10 * GuessLimit.Usual; i++)
            Assert.Equal(TokenVerdict.Right, check.Judge(right, 1));
    }

    [Fact]
    public void No_more_addresses_are_remembered_than_may_be()
    {
        var limit = new GuessLimit(1);
        for (var source = 0u; source < GuessLimit.SourcesMax; source++)
            limit.Failed(1, source);
        Assert.False(limit.MayGuess(1, GuessLimit.SourcesMax - 1));
        limit.Failed(1, GuessLimit.SourcesMax);
        Assert.True(limit.MayGuess(1, GuessLimit.SourcesMax)); // there is no room to remember it
        Assert.False(limit.MayGuess(0, 0)); // of two threads, the one with the older clock changes nothing
        Assert.True(limit.MayGuess(2, 0));
    }

    private TokenCheck Check() => new(new ClusterKeys(Keyring.Of([key])), clock);
}

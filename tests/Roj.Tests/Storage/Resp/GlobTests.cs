using System.Diagnostics;
using Roj.Kernel;
using Roj.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage.Resp;

/// <summary>Patterns for names. Beside them, Redis itself is asked in the conversations.</summary>
public sealed class GlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("***", "abc", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abbcd", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("?", "", false)]
    [InlineData("[a-c]", "b", true)]
    [InlineData("[c-a]", "b", true)]
    [InlineData("[a-c]", "d", false)]
    [InlineData("[^a-c]", "d", true)]
    [InlineData("[^a-c]", "b", false)]
    [InlineData("[a-]", "-", false)]
    [InlineData("[]", "]", false)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[\\]-a]", "^", false)]
    [InlineData("[ab", "b", true)]
    [InlineData("[", "", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("\\", "\\", true)]
    [InlineData("a\\", "a\\", true)]
    [InlineData("*a*b*c*", "xxaxxbxxcxx", true)]
    [InlineData("*a*b*c*", "xxaxxcxxbxx", false)]
    [InlineData("A", "a", false)]
    [InlineData("h[ae]llo*", "hello there", true)]
    public void Names_match(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Glob.IsMatch(RespClient.Bytes(pattern), RespClient.Bytes(name)));

    [Fact]
    public void The_worst_pattern_is_over_soon()
    {
        var pattern = RespClient.Bytes(string.Concat(Enumerable.Repeat("*a", 1000)) + "b");
        var name = RespClient.Bytes(new string('a', 20_000));
        var watch = Stopwatch.StartNew();
        Assert.False(Glob.IsMatch(pattern, name));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10); // for ever, if each star were tried anew for each before it
    }

    [Fact]
    public void A_pattern_matches_what_a_dumb_one_says()
    {
        var random = new Rng(1);
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Word("ab*?\\[]^-", random.Next(0, 8));
            var name = Word("ab-]^", random.Next(0, 6));
            Assert.True(Glob.IsMatch(pattern, name) == Dumb(pattern, name), $"{Convert.ToHexString(pattern)} {Convert.ToHexString(name)}");
        }

        byte[] Word(string letters, int length)
        {
            var word = new byte[length];
            for (var at = 0; at < length; at++)
                word[at] = (byte)letters[random.Next(0, letters.Length)];
            return word;
        }
    }

    // As it stands in the books: a star is nothing, or any letter and the star again.
    private static bool Dumb(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        if (pattern.IsEmpty)
            return name.IsEmpty;
        if (pattern[0] == '*')
            return Dumb(pattern[1..], name) || (!name.IsEmpty && Dumb(pattern, name[1..]));
        if (name.IsEmpty)
            return false;
        // The first thing of the pattern: what one letter has to match.
        var length = FirstLength(pattern);
        return Glob.IsMatch(pattern[..length], name[..1]) && Dumb(pattern[length..], name[1..]);
    }

    private static int FirstLength(ReadOnlySpan<byte> pattern)
    {
        if (pattern[0] == '\\')
            return Math.Min(2, pattern.Length);
        if (pattern[0] != '[')
            return 1;
        var at = pattern.Length > 1 && pattern[1] == '^' ? 2 : 1;
        while (at < pattern.Length && pattern[at] != ']')
            at += pattern[at] == '\\' && at + 1 < pattern.Length ? 2 : at + 2 < pattern.Length && pattern[at + 1] == '-' ? 3 : 1;
        return Math.Min(at + 1, pattern.Length);
    }
}

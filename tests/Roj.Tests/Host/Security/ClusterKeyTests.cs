using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>The key as text.</summary>
public sealed class ClusterKeyTests
{
    [Fact]
    public void It_is_read_as_it_is_written()
    {
        for (var i = 0; i < 100; i++)
        {
            var key = ClusterKey.Create();
            Assert.Equal(ClusterKey.TextLength, key.Reveal().Length);
            Assert.True(ClusterKey.TryParse($" {key.Reveal().ToUpperInvariant()}\n", out var read, out _));
            Assert.Equal((key.Id, key.Reveal()), (read.Id, read.Reveal()));
            Assert.DoesNotContain(key.Reveal()[5..], key.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_letter_that_is_mistyped_is_noticed()
    {
        var text = ClusterKey.Create().Reveal();
        for (var i = 5; i < text.Length; i++)
        {
            foreach (var letter in "abcdefghijklmnopqrstuvwxyz234567".Where(letter => letter != text[i]))
            {
                Assert.False(ClusterKey.TryParse(text[..i] + letter + text[(i + 1)..], out _, out var fault));
                Assert.Contains("a letter is wrong", fault, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("", "begins with roj1-")]
    [InlineData("secret", "begins with roj1-")]
    [InlineData("roj1-abc", "has 63 characters, this has 8")]
    [InlineData("roj1-1111111111111111111111111111111111111111111111111111111111", "has letters and the digits 2 to 7 only")]
    public void What_is_no_key_is_refused_with_a_reason(string text, string expected)
    {
        Assert.False(ClusterKey.TryParse(text, out _, out var fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_derived_differs_by_purpose_context_and_key()
    {
        var key = ClusterKey.Create();
        var all = new[]
        {
            key.Derive("a", [1], 32), key.Derive("a", [2], 32), key.Derive("b", [1], 32), key.Derive("a", [], 32),
            ClusterKey.Create().Derive("a", [1], 32),
        };
        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(key.Derive("a", [1], 32), key.Derive("a", [1], 32));
    }
}

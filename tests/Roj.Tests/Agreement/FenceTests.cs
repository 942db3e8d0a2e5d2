using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>What a fence lets through, and how it is written.</summary>
public sealed class FenceTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        foreach (var fence in (Fence[])[new("token/job", 3, 12), new("a:b", 0, ulong.MaxValue), new("é", ulong.MaxValue, 0)])
        {
            Assert.True(Fence.TryRead(fence.ToText(), out var read));
            Assert.Equal(fence, read);
        }

        Assert.Equal("token/job:3:12", new Fence("token/job", 3, 12).ToText());
        Assert.True(Fence.TryRead(new string('x', Fence.LeaseBytesMax) + ":1:2", out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("::")]
    [InlineData(":1:2")]
    [InlineData("a")]
    [InlineData("a:1")]
    [InlineData("a:1:")]
    [InlineData("a::2")]
    [InlineData("a:-1:2")]
    [InlineData("a:1:+2")]
    [InlineData("a:1: 2")]
    [InlineData("a:1:18446744073709551616")]
    [InlineData("a\nb:1:2")]
    public void Anything_else_is_none(string? text) => Assert.False(Fence.TryRead(text, out _));

    [Fact]
    public void A_name_has_a_limit() => Assert.False(Fence.TryRead(new string('x', Fence.LeaseBytesMax + 1) + ":1:2", out _));

    [Fact]
    public void An_earlier_one_of_the_same_lease_is_refused_and_a_later_one_takes_its_place()
    {
        Fence[] kept = [new("a", 2, 5), new("b", 9, 9)];
        Assert.True(new Fence("a", 2, 4).IsRefusedBy(kept));
        Assert.True(new Fence("a", 1, 6).IsRefusedBy(kept));
        Assert.False(new Fence("a", 2, 5).IsRefusedBy(kept));
        Assert.False(new Fence("c", 0, 0).IsRefusedBy(kept));
        Assert.Equal([kept[1], new Fence("a", 3, 1)], new Fence("a", 3, 1).Above(kept));
    }
}

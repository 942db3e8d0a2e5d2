using Roj.Files;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class PieceTableTests
{
    [Fact]
    public void Every_piece_is_unchecked_at_first()
    {
        var table = new PieceTable(Swarming.File("abc"));
        Assert.Equal(3, table.Unchecked);
        Assert.Equal(0, table.Have.Count);
        Assert.All([0, 1, 2], piece => Assert.False(table.IsMissing(piece)));
    }

    [Fact]
    public void A_file_of_nothing_is_complete() => Assert.True(new PieceTable(Swarming.File("")).IsComplete);

    [Fact]
    public void What_was_found_wrong_is_missing_until_it_is_right()
    {
        var table = new PieceTable(Swarming.File("ab"));
        Assert.False(table.Verified(0, right: false));
        Assert.True(table.IsMissing(0));
        Assert.Equal(1, table.Unchecked);

        Assert.False(table.Verified(0, right: false)); // it was fetched, and is wrong again
        Assert.Equal(1, table.Unchecked);

        Assert.True(table.Verified(0, right: true));
        Assert.False(table.IsMissing(0));
        Assert.True(table.Have.Has(0));
        Assert.Equal(1, table.Unchecked);
        Assert.False(table.IsComplete);

        Assert.True(table.Verified(1, right: true));
        Assert.Equal(0, table.Unchecked);
        Assert.True(table.IsComplete);
    }

    [Fact]
    public void Right_once_is_new_once_and_is_never_lost()
    {
        var table = new PieceTable(Swarming.File("a"));
        Assert.True(table.Verified(0, right: true));
        Assert.False(table.Verified(0, right: true));
        Assert.False(table.Verified(0, right: false));
        Assert.True(table.Have.Has(0));
        Assert.False(table.IsMissing(0));
        Assert.Equal(0, table.Unchecked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("aa")]
    [InlineData("abcabca")]
    [InlineData("zzzzz")]
    public void Equals_are_those_of_one_hash(string contents) => AssertEquals(contents);

    [Fact]
    public void Equals_are_those_of_one_hash_in_any_file()
    {
        var rng = new Rng(1);
        for (var run = 0; run < 200; run++)
            AssertEquals(string.Concat(Enumerable.Range(0, rng.Next(30)).Select(_ => (char)('a' + rng.Next(6)))));
    }

    private static void AssertEquals(string contents)
    {
        var table = new PieceTable(Swarming.File(contents));
        for (var piece = 0; piece < contents.Length; piece++)
        {
            var expected = Enumerable.Range(0, contents.Length).Where(other => other != piece && contents[other] == contents[piece]);
            Assert.Equal(expected, table.EqualsOf(piece).Order());
        }
    }
}

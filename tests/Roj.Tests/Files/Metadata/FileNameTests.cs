using System.Text;
using Roj.Files.Metadata;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("data.bin")]
    [InlineData(".hidden")]
    [InlineData("..data")]
    [InlineData("a b (1).tar.gz")]
    [InlineData("12:30.log")]
    [InlineData("дом.txt")]
    [InlineData("\U0001F41D.png")]
    [InlineData("console.txt")]
    [InlineData("COM0")]
    public void Allows_names(string name)
    {
        Assert.Null(FileName.Fault(name));
        Assert.Equal(name, FileName.TryRead(Encoding.UTF8.GetBytes(name)));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "dot")]
    [InlineData("..", "dot")]
    [InlineData("../x", "separator")]
    [InlineData("/x", "separator")]
    [InlineData("x/", "separator")]
    [InlineData("a\\..\\b", "separator")]
    [InlineData("C:\\x", "separator")]
    [InlineData("C:x", "drive")]
    [InlineData("a.", "dot")]
    [InlineData("a ", "space")]
    [InlineData("CON", "device")]
    [InlineData("con.txt", "device")]
    [InlineData("NUL .tar.gz", "device")]
    [InlineData("lpt9", "device")]
    [InlineData("a\0b", "control")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u007Fb", "control")]
    [InlineData("a\u0085b", "control")]
    [InlineData("a\u202Egpj.exe", "control")]
    [InlineData("a\u2066b", "control")]
    [InlineData("a\u200Fb", "control")]
    [InlineData("a\u2028b", "control")]
    public void Refuses_names(string name, string why)
    {
        Assert.Contains(why, FileName.Fault(name), StringComparison.Ordinal);
        Assert.Null(FileName.TryRead(Encoding.UTF8.GetBytes(name)));
    }

    [Fact]
    public void Refuses_what_is_no_Unicode()
    {
        Assert.NotNull(FileName.Fault("a\uD800b"));
        Assert.NotNull(FileName.Fault("a\uDC00"));
        Assert.NotNull(FileName.Fault("a\uD83D"));
        Assert.Null(FileName.TryRead([(byte)'a', 0xFF]));
        Assert.Null(FileName.TryRead([0xC0, 0xAF])); // an overlong "/"
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("д", 2)]
    public void Is_limited_in_bytes(string character, int bytes)
    {
        var longest = string.Concat(Enumerable.Repeat(character, FileName.BytesMax / bytes));
        Assert.Null(FileName.Fault(longest));
        Assert.NotNull(FileName.Fault(longest + character));
        Assert.Null(FileName.TryRead(Encoding.UTF8.GetBytes(longest + character)));
    }
}

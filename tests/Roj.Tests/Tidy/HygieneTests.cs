using Xunit;

namespace Roj.Tests.Tidy;

public sealed class HygieneTests
{
    [Fact]
    public void The_texts_are_clean() => Breaches.None(Hygiene.InBreach(Repository.Files));

    // Each is put together here so that this file is clean itself.
    [Theory]
    [InlineData("see /wo" + "rk/roj/notes", "machine")]
    [InlineData("(/ro" + "ot/.dotnet)", "machine")]
    [InlineData("cd /ho" + "me/ann/roj", "machine")]
    [InlineData("cd /tm" + "p/wt/roj", "machine")]
    [InlineData("from api.nuget" + ".org", "registry")]
    [InlineData("deb" + ".debian.org", "registry")]
    [InlineData("// TO" + "DO: later", "left open")]
    [InlineData("throw new NotImplemented" + "Exception();", "left open")]
    public void A_line_that_does_not_belong_is_caught(string line, string said) =>
        Breaches.One(Hygiene.InBreach([new("src/Roj.Kernel/A.cs", $"first\n{line}\n")]), said);

    [Theory]
    [InlineData("frame/wo" + "rk/tests")] // within a path of our own
    [InlineData("/wo" + "rkers")]
    [InlineData("/torrent.conf and /data.bin")] // what the job of roj sync is given
    public void A_line_that_only_looks_so_is_let_through(string line) =>
        Breaches.None(Hygiene.InBreach([new("src/Roj.Kernel/A.cs", line + "\n")]));

    [Theory]
    [InlineData("a\r\nb\n", "LF")]
    [InlineData("a\nb", "last line")]
    [InlineData("\uFEFFa\n", "byte order mark")]
    public void Bytes_that_differ_between_editors_are_caught(string text, string said) =>
        Breaches.One(Hygiene.InBreach([new("docs/a.md", text)]), said);

    [Fact]
    public void Words_of_work_left_open_are_caught_in_the_source_only() =>
        Breaches.None(Hygiene.InBreach([new("CONTRIBUTING.md", "No TO" + "DO in src/.\n")]));
}

using Xunit;

namespace Roj.Tests.Tidy;

public sealed class DocumentsTests
{
    private static readonly TextFile noNames = new("foreign-names.txt", "# none\n");

    private static readonly TextFile[] house =
    [
        new("README.md", "# Roj\n\n## How it is built\n"),
        new("docs/words.md", "# Words\n"),
        new("src/Roj.Kernel/Roj.Kernel.csproj", "<Project />\n"),
        new("src/Roj.Kernel/ReadStatus.cs", "namespace Roj.Kernel; // GhostWriter\npublic enum ReadStatus { NeedMore }\n"),
    ];

    [Fact]
    public void Every_link_leads_somewhere() => Breaches.None(Documents.DeadLinks(Repository.Files, Repository.Pictures));

    [Fact]
    public void Every_name_is_borne() =>
        Breaches.None(Documents.UnknownNames(Repository.Files, Repository.File(Documents.ForeignNamesPath)));

    [Theory]
    [InlineData("[a](words.md)")]
    [InlineData("[a](../README.md#how-it-is-built)")]
    [InlineData("[a](../src/Roj.Kernel)")]
    [InlineData("[a](../src/Roj.Kernel/)")]
    [InlineData("[a](..)")]
    [InlineData("[a](#here)\n\n# Here")]
    [InlineData("[a](https://example.org/gone.md)")]
    [InlineData("```\n[a](gone.md)\n```")]
    public void A_link_that_leads_somewhere_is_fine(string text) =>
        Breaches.None(Documents.DeadLinks([.. house, new("docs/a.md", text + "\n")]));

    [Theory]
    [InlineData("[a](gone.md)", "nothing at gone.md")]
    [InlineData("![a](images/gone.png \"title\")", "nothing at images/gone.png")]
    [InlineData("[a](../../README.md)", "nothing at")] // out of the repository
    [InlineData("[a](../README.md#gone)", "no such heading")]
    [InlineData("[a](#gone)", "no such heading")]
    public void A_dead_link_is_caught(string text, string said)
    {
        var documents = house.Append(new("docs/a.md", text + "\n")).ToList();
        Breaches.One(Documents.DeadLinks(documents), said);
    }

    [Theory]
    [InlineData("`ReadStatus.cs`")]
    [InlineData("`src/Roj.Kernel/ReadStatus.cs`")]
    [InlineData("`ReadStatus.NeedMore`")]
    [InlineData("`Roj.Kernel`")]
    [InlineData("`Roj.Kernel.ReadStatus`")]
    [InlineData("`Ghost`")] // one hump: a word, not a name
    [InlineData("`*.cs`")]
    [InlineData("`roj sync --data GhostFile`")]
    [InlineData("```\n`GhostFile`\n```")]
    public void A_name_that_is_borne_is_fine(string text) =>
        Breaches.None(Documents.UnknownNames([.. house, new("docs/a.md", text + "\n")], noNames));

    [Theory]
    [InlineData("`Ghost.cs`", "Ghost.cs")]
    [InlineData("`src/Roj.Files/ReadStatus.cs`", "src/Roj.Files/ReadStatus.cs")]
    [InlineData("`GhostFile`", "GhostFile")]
    [InlineData("`GhostFile.Open(path)`", "GhostFile")]
    [InlineData("`GhostFile<T>`", "GhostFile")]
    [InlineData("`GhostWriter`", "GhostWriter")] // a comment speaks of it: that is not bearing the name
    [InlineData("`Roj.Attic`", "Roj.Attic")]
    public void A_name_that_nothing_bears_is_caught(string text, string name)
    {
        var documents = house.Append(new("docs/a.md", text + "\n")).ToList();
        Breaches.One(Documents.UnknownNames(documents, noNames), $"nothing is called {name}");
        Breaches.None(Documents.UnknownNames(documents, new("foreign-names.txt", name + "\n")));
    }

    [Fact]
    public void A_foreign_name_that_no_document_uses_is_caught() =>
        Breaches.One(Documents.UnknownNames(house, new("foreign-names.txt", "GhostFile\n")), "no document speaks of GhostFile");

    [Fact]
    public void History_keeps_the_names_of_its_day()
    {
        var history = new[] { "docs/decisions/0001-a.md", "CHANGELOG.md" }.Select(path => new TextFile(path, "`GhostFile`\n"));
        Breaches.None(Documents.UnknownNames([.. house, .. history], noNames));
    }
}

using System.Runtime.Versioning;
using Roj.Host.Daemon;
using Roj.Host.Election;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Election;

/// <summary>The greatest term on disk.</summary>
public sealed class TermFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<string> warnings = [];
    private readonly DataDirectory directory;
    private readonly TermFile file;

    public TermFileTests()
    {
        directory = DataDirectory.Open(folder.At("node"), () => new NodeId(1), _ => { });
        file = new TermFile(directory, warnings.Add);
    }

    public static TheoryData<string> Damaged =>
    [
        "", "\n", "available", "available 1", $"available 1 {new NodeId(7)} more", $"available -1 {new NodeId(7)}",
        $"available 18446744073709551616 {new NodeId(7)}", "available 1 7", $"available  1 {new NodeId(7)}", "available 1 \xFF",
        $"available 4611686018427387905 {new NodeId(7)}",
        new string('x', 300),
    ];

    [Fact]
    public void What_was_kept_is_there_for_the_next_life()
    {
        Assert.Equal(Term.None, file.Read("available"));
        foreach (var counter in (ulong[])[1, 2, 1UL << 62])
        {
            file.Keep("available", new Term(counter, new NodeId(7)));
            Assert.Equal(new Term(counter, new NodeId(7)), new TermFile(directory, warnings.Add).Read("available"));
        }

        Assert.DoesNotContain("term.new", Directory.EnumerateFiles(directory.Path).Select(Path.GetFileName));
        Assert.Empty(warnings);
    }

    [Fact]
    public void Of_another_modes_terms_nothing_carries_over()
    {
        file.Keep("available", new Term(9, new NodeId(7)));
        Assert.Equal(Term.None, file.Read("quorum"));
        file.Keep("quorum", new Term(2, new NodeId(7)));
        Assert.Equal((new Term(2, new NodeId(7)), Term.None), (file.Read("quorum"), file.Read("available")));
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void One_that_makes_no_sense_is_not_guessed_at(string text)
    {
        File.WriteAllText(directory.At("term"), text);
        var refused = Assert.Throws<NodeException>(() => file.Read("available"));
        var said = $"{directory.At("term")} makes no sense: put it back from a backup, or remove it";
        Assert.StartsWith(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void One_that_cannot_be_read_is_not_taken_for_none()
    {
        File.CreateSymbolicLink(directory.At("term"), "/proc/self/mem"); // whose first page can't be read, not even by root
        Assert.StartsWith($"cannot read {directory.At("term")}: ", Assert.Throws<NodeException>(() => file.Read("available")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_cannot_be_written_is_warned_of_once_and_the_old_one_stays()
    {
        file.Keep("available", new Term(1, new NodeId(7)));
        Directory.CreateDirectory(directory.At("term.new"));
        file.Keep("available", new Term(2, new NodeId(7)));
        file.Keep("available", new Term(3, new NodeId(7)));
        Assert.StartsWith($"the term can't be kept in {directory.At("term")}: ", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(1UL, file.Read("available").Counter);
        Directory.Delete(directory.At("term.new"));
        file.Keep("available", new Term(4, new NodeId(7)));
        Assert.Equal(4UL, file.Read("available").Counter);
        Directory.CreateDirectory(directory.At("term.new"));
        file.Keep("available", new Term(5, new NodeId(7)));
        Assert.Equal(2, warnings.Count); // it had worked in between
    }

    public void Dispose()
    {
        directory.Dispose();
        folder.Dispose();
    }
}

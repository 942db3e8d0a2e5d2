using Roj.Host;
using Roj.Node;
using Xunit;

namespace Roj.Tests.Host;

public class MemoryFileTests
{
    private readonly List<string> warnings = [];

    [Fact]
    public void A_node_without_a_past_has_none_and_nobody_is_warned()
    {
        using var folder = new ScratchFolder();
        Assert.Same(NodeMemory.Empty, new MemoryFile(folder.At("data.roj"), warnings.Add).Load());
        Assert.Empty(warnings);
    }

    [Fact]
    public void What_was_kept_is_read()
    {
        using var folder = new ScratchFolder();
        var info = Shared.Describe(Shared.Random(10), 4);
        var path = folder.Put("data.roj", new NodeMemory(info, []).Write());
        Assert.Equal(info.InfoHash, new MemoryFile(path, warnings.Add).Load().Info?.InfoHash);
        Assert.Empty(warnings);
    }

    [Fact]
    public void What_makes_no_sense_is_named_and_ignored()
    {
        using var folder = new ScratchFolder();
        var whole = new NodeMemory(Shared.Describe(Shared.Random(10), 4), []).Write();
        for (var kept = 0; kept < whole.Length; kept++)
        {
            var path = folder.Put("data.roj", whole.AsSpan(0, kept));
            Assert.Same(NodeMemory.Empty, new MemoryFile(path, warnings.Add).Load());
            Assert.Equal([$"{path} makes no sense and is ignored"], warnings);
            warnings.Clear();
        }
    }
}

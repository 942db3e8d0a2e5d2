using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Agreement;

/// <summary>What a node's log says of its starts, and what it says when it can't be opened.</summary>
public sealed class AgreementLogTests
{
    private readonly List<string> warnings = [];

    [Fact]
    public void Each_start_is_later_than_all_that_the_log_or_the_directory_knows()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(1u, BootOf(folder, life: 1));
        Assert.Equal(2u, BootOf(folder, life: 1)); // state.json was moved away
        Assert.Equal(7u, BootOf(folder, life: 7));
        Assert.Equal(8u, BootOf(folder, life: 3));
        Assert.Empty(warnings);
    }

    [Fact]
    public void Another_nodes_log_is_refused_with_what_to_do()
    {
        using var folder = new ScratchFolder();
        BootOf(folder, life: 1);
        var e = Assert.Throws<NodeException>(() => BootOf(folder, life: 1, new NodeId(2)));
        Assert.Contains("belongs to another", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_can_not_be_written_is_refused()
    {
        using var folder = new ScratchFolder();
        folder.Put(AgreementLog.DirectoryName, "a file"u8);
        var e = Assert.Throws<NodeException>(() => BootOf(folder, life: 1));
        Assert.Contains(AgreementLog.DirectoryName, e.Message, StringComparison.Ordinal);
    }

    private uint BootOf(ScratchFolder folder, uint life, NodeId? self = null)
    {
        using var log = AgreementLog.Open(folder.At("."), self ?? new NodeId(1), life, warnings.Add);
        return log.Boot;
    }
}

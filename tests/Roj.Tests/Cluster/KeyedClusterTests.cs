using Microsoft.Extensions.Options;
using Roj.Host.Security;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Nodes with a key, in a user's program.</summary>
public sealed class KeyedClusterTests : IDisposable
{
    private static readonly ClusterKey Key = ClusterKey.Create();

    private readonly Place place = new();
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Two_that_have_it_see_each_other_and_one_without_sees_nobody()
    {
        KeyFile.Create(folder.At("cluster"), Key);
        var (byText, byFile, without, foreign) = (place.Options(0), place.Options(1), place.Options(2), place.Options(3));
        byText.Key = Key.Reveal();
        byFile.KeyFile = folder.At("cluster");
        foreign.Key = ClusterKey.Create().Reveal();
        TestLog log = new();
        await using var one = await RojCluster.StartAsync(byText, log, Cancelled);
        await using var open = await RojCluster.StartAsync(without, cancellation: Cancelled);
        await using var stranger = await RojCluster.StartAsync(foreign, cancellation: Cancelled);
        await using var other = await RojCluster.StartAsync(byFile, cancellation: Cancelled);
        await Soon.UntilAsync(() => one.Members.Count == 2 && other.Members.Count == 2, "they see each other");
        Assert.Equal(["node-0", "node-1"], one.Members.Concat(other.Members).Select(member => member.Name).Distinct().Order());
        Assert.Equal((1, 1), (open.Members.Count, stranger.Members.Count));
        Assert.DoesNotContain(Key.Reveal()[5..], string.Join('\n', log.Lines), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_data_directorys_key_is_taken_too()
    {
        Directory.CreateDirectory(folder.At("node"));
        KeyFile.Create(folder.At("node/key"), Key);
        var (first, second) = (place.Options(0), place.Options(1));
        first.DataDirectory = folder.At("node");
        second.Key = Key.Reveal();
        await using var one = await RojCluster.StartAsync(first, cancellation: Cancelled);
        await using var other = await RojCluster.StartAsync(second, cancellation: Cancelled);
        await Soon.UntilAsync(() => one.Members.Count == 2 && other.Members.Count == 2, "they see each other");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var options = place.Options(0);
        options.KeyFile = folder.At("missing");
        var failed = await Assert.ThrowsAsync<RojException>(() => RojCluster.StartAsync(options, cancellation: Cancelled));
        Assert.Contains(folder.At("missing"), failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_none_is_not_repeated()
    {
        var options = place.Options(0);
        options.Key = Key.Reveal()[..^1];
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => RojCluster.StartAsync(options, cancellation: Cancelled));
        Assert.Equal(["RojOptions.Key, line 1: a key has 63 characters, this has 62"], wrong.Failures);
        options.Key = $"{Key.Reveal()}\n{ClusterKey.Create().Reveal()}";
        wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => RojCluster.StartAsync(options, cancellation: Cancelled));
        Assert.Equal(["RojOptions.Key has one key; several stand in a file: RojOptions.KeyFile"], wrong.Failures);
        Assert.Equal("Roj.RojOptions", options.ToString());
    }
}

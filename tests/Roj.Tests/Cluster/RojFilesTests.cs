using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Files of nodes in this process.</summary>
public sealed class RojFilesTests : IDisposable
{
    private readonly Place place = new();
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_one_shares_another_fetches()
    {
        var bytes = Host.Shared.Random(2_000_000);
        await using var one = await StartAsync(0);
        await using var other = await StartAsync(1);
        var shared = await one.Files.ShareAsync(folder.Put("film.mkv", bytes), Cancelled);
        Assert.Equal(("film.mkv", 2_000_000L, true, shared.Parts), (shared.Name, shared.Size, shared.IsComplete, shared.Have));
        Assert.Equal(shared.Id, Assert.Single(await one.Files.ListAsync(Cancelled)).Id);

        var begun = await other.Files.FetchAsync(shared.Id, folder.At("got"), Cancelled);
        Assert.Equal((shared.Id, false), (begun.Id, begun.IsComplete));
        List<RojFile> seen = [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Soon.Limit);
        await foreach (var file in other.Files.FollowAsync(shared.Id, limit.Token))
            seen.Add(file);
        Assert.Equal((true, null, folder.At("got")), (seen[^1].IsComplete, seen[^1].Fault, seen[^1].Path));
        Assert.Equal($"film.mkv {shared.Parts} of {shared.Parts}", seen[^1].ToString());
        Assert.DoesNotContain(seen[..^1], file => file.IsComplete);
        Assert.Equal(bytes, File.ReadAllBytes(folder.At("got")));

        Assert.Equal(folder.At("got"), (await other.Files.RemoveAsync(shared.Id, deleteData: true, Cancelled)).Path); // the user's place
        Assert.Empty(await other.Files.ListAsync(Cancelled));
        Assert.True(File.Exists(folder.At("got")));
    }

    [Fact]
    public async Task By_majority_a_turn_that_is_over_shares_nothing_of_that_name_at_any_node()
    {
        static RojTurn Turn(ulong sequence) => new("job", 0, default, new RojFence(3, sequence));
        List<RojCluster> nodes = [];
        try
        {
            for (var i = 0; i < 3; i++)
            {
                var options = Options(i);
                options.Expect = 3;
                nodes.Add(await RojCluster.StartAsync(options, cancellation: Cancelled));
                Directory.CreateDirectory(folder.At($"at-{i}"));
            }

            await Soon.UntilAsync(() => nodes.TrueForAll(node => node.Leader is not null), "they agree");
            await nodes[0].Files.ShareAsync(folder.Put("at-0/x", "later"u8), Turn(2), Cancelled);
            var late = folder.Put("at-1/x", "late"u8);
            var e = await Assert.ThrowsAsync<RojFileException>(() => nodes[1].Files.ShareAsync(late, Turn(1), Cancelled));
            Assert.Equal(RojFileProblem.Fenced, e.Problem);
            Assert.Empty(await nodes[1].Files.ListAsync(Cancelled));
            await nodes[1].Files.ShareAsync(folder.Put("at-1/y", "another name"u8), Turn(1), Cancelled);
            await nodes[1].Files.ShareAsync(late, Turn(3), Cancelled);

            await nodes[2].DisposeAsync();
            await nodes[1].DisposeAsync();
            nodes.RemoveRange(1, 2);
            e = await Assert.ThrowsAsync<RojFileException>(() => nodes[0].Files.ShareAsync(folder.At("at-0/x"), Turn(4), Cancelled));
            Assert.Equal(RojFileProblem.Unagreed, e.Problem);
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Members_see_where_files_are_shared()
    {
        var options = Options(0);
        var (port, _) = Cli.UpRun.FreePorts();
        options.SwarmPort = int.Parse(port, null);
        await using var one = await RojCluster.StartAsync(options, cancellation: Cancelled);
        Assert.Equal(options.SwarmPort, one.Self.Services["files"]);
    }

    [Fact]
    public async Task What_can_not_be_is_refused_in_words()
    {
        await using var node = await StartAsync(0);
        async Task RefusedAsync(RojFileProblem problem, string words, Func<Task> ask)
        {
            var e = await Assert.ThrowsAsync<RojFileException>(ask);
            Assert.Equal(problem, e.Problem);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }

        var id = new string('a', 40);
        await RefusedAsync(RojFileProblem.Unusable, "nothing", () => node.Files.ShareAsync(folder.At("nothing"), Cancelled));
        await RefusedAsync(RojFileProblem.Malformed, "absolute", () => node.Files.ShareAsync("", Cancelled));
        await RefusedAsync(RojFileProblem.Malformed, "absolute", () => node.Files.FetchAsync(id, "a\0b", Cancelled));
        await RefusedAsync(RojFileProblem.Malformed, "40 hexadecimal digits", () => node.Files.FetchAsync("xyz", null, Cancelled));
        await RefusedAsync(
            RojFileProblem.Conflict, "is there already", () => node.Files.FetchAsync(id, folder.Put("kept", "mine"u8), Cancelled));
        await RefusedAsync(RojFileProblem.Unknown, id, () => node.Files.RemoveAsync(id, deleteData: false, Cancelled));
        await RefusedAsync(
            RojFileProblem.Unknown, id, async () => await node.Files.FollowAsync(id, Cancelled).ToListAsync(Cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Files.ListAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_node_that_keeps_nothing_or_has_ended_says_so()
    {
        await using (var bare = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled))
        {
            var refused = Assert.Throws<InvalidOperationException>(() => bare.Files);
            Assert.Contains("RojOptions.DataDirectory", refused.Message, StringComparison.Ordinal);
        }

        var node = await StartAsync(0);
        await node.DisposeAsync();
        Assert.Equal("the node has ended", (await Assert.ThrowsAsync<RojException>(() => node.Files.ListAsync(Cancelled))).Message);
    }

    private RojOptions Options(int index)
    {
        var options = place.Options(index);
        options.DataDirectory = folder.At($"node-{index}");
        return options;
    }

    private Task<RojCluster> StartAsync(int index) => RojCluster.StartAsync(Options(index), cancellation: Cancelled);
}

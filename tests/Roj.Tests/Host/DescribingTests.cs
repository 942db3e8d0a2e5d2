using Roj.Files.Metadata;
using Roj.Host;
using Roj.Host.Disk;
using Xunit;

namespace Roj.Tests.Host;

public sealed class DescribingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 2)]
    [InlineData(256 << 10, 256 << 10)]
    [InlineData((256 << 10) + 1, 256 << 10)]
    [InlineData(3_000_001, 700_001)] // pieces of several chunks, the last one short
    [InlineData(3_000_001, 16 << 10)]
    [InlineData(1_000, 1 << 30)]
    public async Task A_file_is_described_as_piece_by_piece(int length, int pieceLength)
    {
        using var folder = new ScratchFolder();
        var bytes = Shared.Random(length);
        var describing = new Describing(folder.Put("data", bytes), pieceLength);
        var info = await describing.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Shared.Describe(bytes, pieceLength).InfoHash, info.InfoHash);
        Assert.Equal((length, length, pieceLength), (describing.Length, describing.Done, describing.PieceLength));
    }

    [Fact]
    public async Task Unless_told_the_rule_says_how_long_pieces_are()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", Shared.Random((2 << 20) + 1));
        var info = await new Describing(path).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(PieceLengths.For((2 << 20) + 1), info.PieceLength);
    }

    [Fact]
    public void What_can_not_be_shared_is_refused_before_it_is_read()
    {
        using var folder = new ScratchFolder();
        AssertRefused(folder.At("no"), "there is no such file");
        AssertRefused(folder.At(""), "it is a directory");
        AssertRefused(folder.Put("empty", []), "it is empty");
        AssertRefused(folder.Put("a\nb", [1]), "its name can't be shared: it has a control character");
        var sparse = folder.Put("sparse", []);
        using (var file = ScratchFolder.Share(sparse))
            file.SetLength(InfoDictionary.PieceCountMax + 1);
        AssertRefused(sparse, "in pieces of 1 bytes it would have 2097153, at most 2097152 are allowed", pieceLength: 1);
        using (var file = ScratchFolder.Share(sparse))
            file.SetLength(InfoDictionary.PieceCountMax);
        Assert.Equal(1, new Describing(sparse, 1).PieceLength);
    }

    [Fact]
    public async Task A_file_that_was_changed_before_the_end_is_refused()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", Shared.Random(100));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        await AssertChangedAsync(path, () => File.WriteAllBytes(path, Shared.Random(100, seed: 2)));
        await AssertChangedAsync(path, () => File.WriteAllBytes(path, Shared.Random(101)));
        await AssertChangedAsync(path, () => File.WriteAllBytes(path, Shared.Random(99)));
        await AssertChangedAsync(path, () => File.Move(folder.Put("other", Shared.Random(98)), path, overwrite: true));
    }

    [Fact]
    public async Task A_file_that_is_gone_before_the_end_is_refused()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("data", [1]);
        var describing = new Describing(path);
        File.Delete(path);
        var refused = await Assert.ThrowsAsync<SyncException>(() => describing.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"cannot share {path}: No such file or directory", refused.Message);
    }

    [Fact]
    public async Task It_can_be_given_up()
    {
        using var folder = new ScratchFolder();
        var describing = new Describing(folder.Put("data", Shared.Random(1000)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => describing.RunAsync(new CancellationToken(canceled: true)));
    }

    private static async Task AssertChangedAsync(string path, Action change)
    {
        var describing = new Describing(path);
        change();
        var refused = await Assert.ThrowsAsync<SyncException>(() => describing.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"cannot share {path}: it was changed while it was hashed", refused.Message);
        Assert.False(refused.IsWrongUse);
    }

    private static void AssertRefused(string path, string why, int? pieceLength = null)
    {
        var refused = Assert.Throws<SyncException>(() => new Describing(path, pieceLength));
        Assert.Equal($"cannot share {path}: {why}", refused.Message);
        Assert.True(refused.IsWrongUse);
    }
}

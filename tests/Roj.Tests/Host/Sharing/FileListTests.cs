using System.Text;
using Roj.Files.Metadata;
using Roj.Host.Sharing;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Sharing;

/// <summary>What is remembered of files: what was written is read, and nothing else is.</summary>
public sealed class FileListTests
{
    private static readonly HeldFile[] Files =
    [
        new(new Sha1Digest(1, 2), IsShared: true, "/srv/Ünï \"x\"\n.mkv", null),
        new(new Sha1Digest(3, 4), IsShared: false, null, "/srv"),
        new(new Sha1Digest(5, 6), IsShared: false, "/srv/x", null),
    ];

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.True(FileList.TryRead(FileList.Write(Files), 3, out var read));
        Assert.Equal(Files, read);
        Assert.True(FileList.TryRead(FileList.Write([]), 0, out read));
        Assert.Empty(read);
    }

    [Fact]
    public void Fences_are_kept_with_what_is_shared()
    {
        Fence[] fences = [new Fence("token/a", 1, ulong.MaxValue), new("b:c", 0, 0), new("leader", 7, 8), new("d", 1, 1)];
        Assert.True(FileList.TryRead(FileList.Write([Files[0] with { Fences = fences }]), 1, out var read));
        Assert.Equal(fences, read[0].Fences);
        Fence[] tooMany = [.. fences, new Fence("e", 1, 1)];
        Assert.False(FileList.TryRead(FileList.Write([Files[0] with { Fences = tooMany }]), 1, out _));
        Assert.False(FileList.TryRead(FileList.Write([Files[0] with { Fences = [fences[0], fences[0]] }]), 1, out _));
        Assert.False(FileList.TryRead(FileList.Write([Files[1] with { Fences = fences }]), 1, out _)); // nothing is shared there
    }

    [Fact]
    public void One_more_than_there_may_be_is_refused() => Assert.False(FileList.TryRead(FileList.Write(Files), 2, out _));

    [Fact]
    public void Whatever_is_cut_off_is_refused()
    {
        var bytes = FileList.Write(Files);
        for (var length = 0; length < bytes.Length - 2; length++)
            Assert.False(FileList.TryRead(bytes.AsMemory(0, length), 3, out _), $"{length} of {bytes.Length} bytes");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"files":{}}""")]
    [InlineData("""{"files":[7]}""")]
    [InlineData("""{"files":[{}]}""")]
    [InlineData("""{"files":[],"more":1}""")]
    [InlineData("""{"files":[{"id":"00000000000000000000000000000001000000020"}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","shared":true}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","path":"relative"}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","to":"/a\u0000b"}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","later":1}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002"},{"id":"0000000000000000000000000000000100000002"}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","to":"/\ud800"}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","shared":true,"path":"/a","fences":[]}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","shared":true,"path":"/a","fences":[7]}]}""")]
    [InlineData("""{"files":[{"id":"0000000000000000000000000000000100000002","shared":true,"path":"/a","fences":["a:1"]}]}""")]
    public void Anything_else_is_refused(string json) => Assert.False(FileList.TryRead(Encoding.UTF8.GetBytes(json), 3, out _));

    [Fact]
    public void A_path_is_as_long_as_the_system_takes()
    {
        Assert.True(FileList.IsPath("/" + new string('x', FileList.PathBytesMax - 1)));
        Assert.False(FileList.IsPath("/" + new string('x', FileList.PathBytesMax)));
    }
}

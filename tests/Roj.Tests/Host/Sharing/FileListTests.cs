using System.Text;
using Roj.Files.Metadata;
using Roj.Host.Sharing;
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
    public void Anything_else_is_refused(string json) => Assert.False(FileList.TryRead(Encoding.UTF8.GetBytes(json), 3, out _));

    [Fact]
    public void A_path_is_as_long_as_the_system_takes()
    {
        Assert.True(FileList.IsPath("/" + new string('x', FileList.PathBytesMax - 1)));
        Assert.False(FileList.IsPath("/" + new string('x', FileList.PathBytesMax)));
    }
}

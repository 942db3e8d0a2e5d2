using Roj.Host.Disk;
using Xunit;

namespace Roj.Tests.Host;

public class AtomicFileTests
{
    [Fact]
    public void A_file_is_made_and_replaced_and_nothing_else_is_left()
    {
        using var folder = new ScratchFolder();
        AtomicFile.Write(folder.At("memory"), "a longer beginning"u8);
        AtomicFile.Write(folder.At("memory"), "short"u8);
        Assert.Equal("short"u8.ToArray(), AtomicFile.Read(folder.At("memory"), 100));
        Assert.Equal(["memory"], folder.Names());
    }

    [Fact]
    public async Task Whoever_reads_meanwhile_sees_one_or_the_other_whole()
    {
        using var folder = new ScratchFolder();
        var (few, many) = (new byte[10], new byte[300_000]);
        few.AsSpan().Fill(1);
        many.AsSpan().Fill(2);
        AtomicFile.Write(folder.At("memory"), few);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                AtomicFile.Write(folder.At("memory"), i % 2 == 0 ? many : few);
        }, TestContext.Current.CancellationToken);

        var reads = 0;
        for (; !writing.IsCompleted; reads++)
        {
            var read = AtomicFile.Read(folder.At("memory"), 1 << 20)!;
            Assert.Equal(read[0] == 1 ? few : many, read);
        }

        await writing;
        Assert.NotEqual(0, reads);
    }

    [Fact]
    public void What_stands_in_the_way_stays_and_nothing_else_is_left()
    {
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.At("memory"));
        var thrown = Record.Exception(() => AtomicFile.Write(folder.At("memory"), "new"u8));
        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.True(Directory.Exists(folder.At("memory")));
        Assert.Equal(["memory"], folder.Names());
    }

    [Theory]
    [InlineData("no such folder/memory")]
    [InlineData("a file/memory")]
    [InlineData("/proc/self/memory")] // nobody can make a file there, not even root
    public void Where_nothing_can_be_written_it_says_so(string path)
    {
        using var folder = new ScratchFolder();
        folder.Put("a file", "old"u8);
        var thrown = Record.Exception(() => AtomicFile.Write(folder.At(path), "new"u8));
        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.Equal(["a file"], folder.Names());
    }

    [Fact]
    public void What_is_not_there_reads_as_nothing()
    {
        using var folder = new ScratchFolder();
        Assert.Null(AtomicFile.Read(folder.At("memory"), 100));
        Assert.Null(AtomicFile.Read(folder.At("no such folder/memory"), 100));
    }

    [Fact]
    public void What_is_longer_than_the_limit_is_not_read()
    {
        using var folder = new ScratchFolder();
        var path = folder.Put("memory", new byte[100]);
        Assert.Equal(100, AtomicFile.Read(path, 100)?.Length);
        Assert.Null(AtomicFile.Read(path, 99));
    }
}

using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>The judge takes nothing but the right file.</summary>
public sealed class JudgeTests : IDisposable
{
    private const int FileBytes = 300_000; // several chunks of the judge, the last one short
    private const int PartBytes = 10_000;

    private readonly string path = Path.GetTempFileName();
    private readonly SharedFile file = SharedFile.Random(FileBytes, PartBytes, new Rng(1));

    public void Dispose() => File.Delete(path);

    [Fact]
    public void The_right_file_is_right() => AssertVerdict(null, file.Bytes);

    [Theory]
    [InlineData(0)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(FileBytes - 1)]
    public void One_wrong_byte_is_wrong(int offset)
    {
        var bytes = (byte[])file.Bytes.Clone();
        bytes[offset] ^= 1;
        AssertVerdict($"is wrong at byte {offset}, in part {offset / PartBytes} of 30", bytes);
    }

    [Fact]
    public void One_byte_more_or_less_is_wrong()
    {
        AssertVerdict("has 300001 bytes rather than 300000", [.. file.Bytes, 0]);
        AssertVerdict("has 299999 bytes rather than 300000", file.Bytes[..^1]);
        AssertVerdict("has 0 bytes rather than 300000", []);
    }

    [Fact]
    public void No_file_is_wrong_even_where_nothing_is_wanted()
    {
        File.Delete(path);
        foreach (var wanted in new[] { file, new SharedFile([], 1) })
        {
            var judge = new Judge(wanted, path);
            Assert.False(judge.IsRight());
            Assert.Equal("is missing", judge.Difference());
        }
    }

    [Fact]
    public void The_empty_file_is_right_where_nothing_is_wanted()
    {
        var judge = new Judge(new SharedFile([], 1), path);
        File.WriteAllBytes(path, []);
        Assert.True(judge.IsRight());
        Assert.Null(judge.Difference());
        File.WriteAllBytes(path, [1]);
        Assert.False(judge.IsRight());
    }

    [Fact]
    public void A_file_is_judged_anew_whenever_it_changes()
    {
        var judge = new Judge(file, path);
        var bytes = new byte[FileBytes];
        // Right from the back to the front, then from the front to the back: the suspect moves both ways.
        for (var part = file.PartCount - 1; part >= 0; part--)
        {
            File.WriteAllBytes(path, bytes);
            Assert.False(judge.IsRight());
            file.Part(part).CopyTo(bytes.AsSpan(part * PartBytes));
        }

        File.WriteAllBytes(path, bytes);
        Assert.True(judge.IsRight());
        Assert.True(judge.IsRight());
        bytes[5] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(1)); // even where clock ticks are long
        Assert.False(judge.IsRight());
        bytes[5] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.True(judge.IsRight());
    }

    private void AssertVerdict(string? difference, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        var judge = new Judge(file, path);
        Assert.Equal(difference is null, judge.IsRight());
        Assert.Equal(difference, judge.Difference());
    }
}

using Roj.Files.Metadata;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class PieceLengthsTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(0, 16 << 10)]
    [InlineData(1, 16 << 10)]
    [InlineData((2 * MiB) - (32 << 10), 16 << 10)] // with 32 KiB it would have 63
    [InlineData(2 * MiB, 32 << 10)]
    [InlineData((16 * MiB) - (256 << 10), 128 << 10)]
    [InlineData(16 * MiB, 256 << 10)]
    [InlineData(1024 * MiB, 256 << 10)]
    [InlineData((1024 * MiB) + 1, 512 << 10)]
    [InlineData(65536 * MiB, 16 << 20)]
    [InlineData(1L << 45, 16 << 20)] // 2^21 pieces: as many as there may be
    [InlineData((1L << 45) + 1, 32 << 20)]
    [InlineData(1L << 51, 1 << 30)]
    public void The_rule_of_4096_pieces(long length, int pieceLength) => Assert.Equal(pieceLength, PieceLengths.For(length));

    [Fact]
    public void A_length_is_one_that_a_file_may_have()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLengths.For(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLengths.For(InfoDictionary.LengthMax + 1));
    }
}

using System.Text;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Log;

public sealed class CrcTests
{
    [Fact]
    public void The_check_value_is_that_of_the_catalogue() => Assert.Equal(0xE3069283, Crc.Of("123456789"u8)); // CRC-32/ISCSI

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(767)]
    [InlineData(768)]
    [InlineData(769)]
    [InlineData(1535)]
    [InlineData(1536)]
    [InlineData(5000)]
    public void However_long_it_is_the_checksum_is_that_of_its_bytes_one_by_one(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var begun = Crc.Of(Encoding.ASCII.GetBytes("before"));
        Assert.Equal(~bytes.Aggregate(~begun, ByBits), Crc.Of(bytes, begun));
    }

    // The definition: the remainder by the polynomial 0x1EDC6F41, bits reversed.
    private static uint ByBits(uint crc, byte next)
    {
        crc ^= next;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        return crc;
    }
}

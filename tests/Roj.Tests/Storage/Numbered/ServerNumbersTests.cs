using Roj.Kernel;
using Roj.Storage;
using Xunit;

namespace Roj.Tests.Storage.Numbered;

/// <summary>Which key goes to which servers: by CRC-32C of its bytes modulo their number, and to the one behind it. Fixed for ever: what is
/// on the servers' disks depends on it.</summary>
public sealed class ServerNumbersTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)] // RFC 3720's check value
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void The_checksum_is_Castagnolis(string text, uint expected) =>
        Assert.Equal(expected, Crc.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_checksum_of_RFC_3720s_examples()
    {
        Assert.Equal(0x8A9136AAu, Crc.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc.Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Crc.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0x113FDB5Cu, Crc.Of([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]));
    }

    // 0xC1D04330 = 3251651376; 0xE3069283 = 3808858755.
    [Theory]
    [InlineData("a", 1, 0, "0")]
    [InlineData("a", 2, 0, "0 1")]
    [InlineData("a", 3, 0, "0 1")]
    [InlineData("a", 4, 0, "0 1")]
    [InlineData("a", 5, 1, "1 2")]
    [InlineData("a", 1000, 376, "376 377")]
    [InlineData("123456789", 1, 0, "0")]
    [InlineData("123456789", 2, 1, "1 0")]
    [InlineData("123456789", 3, 0, "0 1")]
    [InlineData("123456789", 4, 3, "3 0")]
    [InlineData("123456789", 5, 0, "0 1")]
    [InlineData("123456789", 1000, 755, "755 756")]
    public void A_key_goes_to_server_h_and_the_one_behind_it(string key, int servers, int first, string all)
    {
        Assert.Equal(first, ServerNumbers.FirstOf(System.Text.Encoding.ASCII.GetBytes(key), servers));
        Assert.Equal(all, string.Join(' ', ServerNumbers.Of(first, servers, copies: 2)));
    }

    [Fact]
    public void More_copies_go_to_those_behind_it_round_at_the_end_and_no_server_has_two()
    {
        Assert.Equal([3, 4, 0], ServerNumbers.Of(3, 5, 3));
        Assert.Equal([1, 2, 0], ServerNumbers.Of(1, 3, 4));
        Assert.Equal([2], ServerNumbers.Of(2, 3, 1));
    }

    [Fact]
    public void A_number_stands_for_a_node_and_the_node_for_it()
    {
        foreach (var number in (int[])[0, 1, ServerNumbers.ServersMax - 1])
            Assert.Equal(number, ServerNumbers.NumberOf(ServerNumbers.NodeOf(number)));
    }
}

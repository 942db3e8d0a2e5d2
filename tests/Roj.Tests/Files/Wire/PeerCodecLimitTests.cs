using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class PeerCodecLimitTests
{
    [Theory]
    [InlineData(0, 0u, ReadStatus.Done)]
    [InlineData(0, 1u, ReadStatus.Malformed)]
    [InlineData(100, 100u, ReadStatus.NeedMore)]
    [InlineData(100, 101u, ReadStatus.Malformed)]
    [InlineData(100, 0x7FFFFFFFu, ReadStatus.Malformed)]
    [InlineData(100, 0x80000000u, ReadStatus.Malformed)]
    [InlineData(100, 0xFFFFFFFFu, ReadStatus.Malformed)]
    [InlineData(int.MaxValue, 0x7FFFFFFFu, ReadStatus.NeedMore)]
    [InlineData(int.MaxValue, 0x80000000u, ReadStatus.Malformed)]
    public void The_limit_is_checked_by_the_prefix_alone(int limit, uint length, ReadStatus expected)
    {
        var prefix = new byte[4];
        new ByteWriter(prefix).UInt32(length);
        Assert.Equal(expected, PeerCodec.TryRead(prefix, limit, out _, out _));
    }

    [Fact]
    public void A_frame_at_the_limit_is_read()
    {
        byte[] bytes = [0, 0, 0, 100, 5, .. new byte[99]];
        Assert.Equal(ReadStatus.Done, PeerCodec.TryRead(bytes, 100, out var message, out var consumed));
        Assert.Equal((99, 104), (Assert.IsType<PeerMessage.Bitfield>(message).Bits.Length, consumed));
        Assert.Equal(ReadStatus.Malformed, PeerCodec.TryRead(bytes, 99, out message, out consumed));
        Assert.Equal((null, 0), (message, consumed));
    }

    [Fact]
    public void Nothing_is_allocated_by_a_length_that_is_only_told()
    {
        var bytes = Hex.Bytes("7FFFFFFF 05 00");
        var info = Hex.Bytes("7FFFFFFF 14 00");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            PeerCodec.TryRead(bytes, int.MaxValue, out _, out _);
            PeerCodec.TryRead(info, int.MaxValue, out _, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("00000002 00")] // choke
    [InlineData("00000002 01")]
    [InlineData("00000002 02")]
    [InlineData("00000002 03")]
    [InlineData("00000002 0E")] // have all
    [InlineData("00000002 0F")]
    [InlineData("00000001 04")] // have
    [InlineData("00000004 04")]
    [InlineData("00000006 04")]
    [InlineData("00000006 0D")] // suggest
    [InlineData("00000004 11")] // allowed fast
    [InlineData("0000000C 06")] // request
    [InlineData("0000000E 06")]
    [InlineData("0000000C 08")] // cancel
    [InlineData("0000000E 10")] // reject
    [InlineData("00000001 07")] // piece
    [InlineData("00000008 07")]
    [InlineData("00000009 07 00000000 00000000")] // without a byte
    [InlineData("00000001 14")] // extended without its id
    public void A_wrong_length_shows_at_the_id(string hex) => AssertMalformed(hex);

    [Theory]
    [InlineData("00000005 04 80000000")]
    [InlineData("00000005 0D FFFFFFFF")]
    [InlineData("00000005 11 80000000")]
    [InlineData("0000000D 06 80000000 00000000 00004000")]
    [InlineData("0000000D 06 00000000 80000000 00004000")]
    [InlineData("0000000D 06 00000000 00000000 80000000")]
    [InlineData("0000000D 08 80000000 00000000 00004000")]
    [InlineData("0000000D 10 80000000 00000000 00004000")]
    [InlineData("0000000D 06 00000000 7FFFFFFF 00000001")] // the end is beyond
    [InlineData("0000000D 06 00000000 7FF00000 00100000")]
    [InlineData("0000000A 07 80000000")]
    [InlineData("0000000A 07 00000000 80000000")]
    [InlineData("0000000A 07 00000000 7FFFFFFF")]
    public void Numbers_are_below_two_to_the_31(string hex) => AssertMalformed(hex);

    [Theory]
    [InlineData("06", 0, ReadStatus.Malformed)]
    [InlineData("06", 1, ReadStatus.Done)]
    [InlineData("06", PeerCodec.BlockLengthMax, ReadStatus.Done)]
    [InlineData("06", PeerCodec.BlockLengthMax + 1, ReadStatus.Malformed)]
    [InlineData("08", 0, ReadStatus.Malformed)]
    [InlineData("08", PeerCodec.BlockLengthMax, ReadStatus.Done)]
    [InlineData("08", PeerCodec.BlockLengthMax + 1, ReadStatus.Malformed)]
    [InlineData("10", 0, ReadStatus.Malformed)]
    [InlineData("10", PeerCodec.BlockLengthMax, ReadStatus.Done)]
    [InlineData("10", PeerCodec.BlockLengthMax + 1, ReadStatus.Malformed)]
    public void Blocks_have_a_least_and_a_greatest_length(string id, int length, ReadStatus expected)
    {
        var bytes = Hex.Bytes($"0000000D {id} 00000000 00000000 {length:X8}");
        Assert.Equal(expected, PeerCodec.TryRead(bytes, 100, out _, out _));
    }

    [Theory]
    [InlineData(1, ReadStatus.Done)]
    [InlineData(PeerCodec.BlockLengthMax, ReadStatus.Done)]
    [InlineData(PeerCodec.BlockLengthMax + 1, ReadStatus.Malformed)]
    public void So_have_pieces(int length, ReadStatus expected)
    {
        byte[] bytes = [.. Hex.Bytes($"{9 + length:X8} 07 00000000 00000000"), .. new byte[length]];
        Assert.Equal(expected, PeerCodec.TryRead(bytes, int.MaxValue, out _, out _));
        if (expected == ReadStatus.Malformed)
            Assert.Equal(expected, PeerCodec.TryRead(bytes.AsSpan(0, 5), int.MaxValue, out _, out _));
    }

    [Fact]
    public void The_last_block_that_ends_below_the_bound_is_read()
    {
        var bytes = Hex.Bytes("0000000D 06 7FFFFFFF 7FEFFFFF 00100000");
        Assert.Equal(ReadStatus.Done, PeerCodec.TryRead(bytes, 13, out var message, out _));
        var (_, begin, length) = Assert.IsType<PeerMessage.Request>(message).Block;
        Assert.Equal(int.MaxValue, checked(begin + length));
    }

    [Fact]
    public void A_negative_limit_is_the_callers_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerCodec.TryRead([], -1, out _, out _));

    // Not a byte later than the last that is given, and whatever follows.
    private static void AssertMalformed(string hex)
    {
        var bytes = Hex.Bytes(hex);
        Assert.Equal(ReadStatus.NeedMore, PeerCodec.TryRead(bytes.AsSpan(0, 4), 100, out _, out _));
        Assert.Equal(ReadStatus.Malformed, PeerCodec.TryRead(bytes, 100, out var message, out var consumed));
        Assert.Equal((null, 0), (message, consumed));
        Assert.Equal(ReadStatus.Malformed, PeerCodec.TryRead([.. bytes, .. new byte[32]], 100, out _, out _));
    }
}

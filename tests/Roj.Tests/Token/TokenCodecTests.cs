using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

public sealed class TokenCodecTests
{
    private const ulong Cluster = 0xC0C1C2C3C4C5C6C7;
    private const string StampText =
        "0102030405060708" + "1112131415161718" + "2122232425262728" + "00000000000000000000000000000005" + "0000000000000007";

    private static readonly NodeId sender = new(new UInt128(0x0011223344556677, 0x8899AABBCCDDEEFF));

    internal static TokenStamp Stamp { get; } = new(0x0102030405060708, 0x1112131415161718, 0x2122232425262728, new NodeId(5), 7);

    internal static TokenMessage[] Datagrams { get; } =
    [
        new TokenMessage.Here(Stamp), new TokenMessage.Where(), new TokenMessage.Recently(), new TokenMessage.Generating(Stamp),
    ];

    internal static TokenMessage[] Frames { get; } =
    [
        new TokenMessage.Take(Stamp, "result"u8.ToArray()),
        new TokenMessage.Take(Stamp, default),
        new TokenMessage.Taken(Stamp, 0xA0A1A2A3),
        new TokenMessage.Refused(Stamp, Stamp with { Progress = 9 }),
        new TokenMessage.Yours(Stamp, TimeSpan.FromSeconds(3)),
        new TokenMessage.Fetch(Stamp),
        new TokenMessage.Fetched(Stamp, "result"u8.ToArray()),
    ];

    [Theory]
    [InlineData(0, "01", StampText)]
    [InlineData(1, "02", "")]
    [InlineData(2, "03", "")]
    [InlineData(3, "04", StampText)]
    public void Every_datagram_has_these_bytes(int sample, string kind, string own)
    {
        var expected = "524F4A54" + "01" + kind + "C0C1C2C3C4C5C6C7" + "00112233445566778899AABBCCDDEEFF" + "02" + "7069" + own;
        var bytes = Write(Datagrams[sample]);

        Assert.Equal(expected, Convert.ToHexString(bytes));
        Assert.True(TokenCodec.IsOne(bytes));
        Assert.True(TokenCodec.IsDatagram(Datagrams[sample]));
        Assert.Equal(ReadStatus.Done, TokenCodec.TryRead(bytes, out var heard));
        Assert.Equal(new TokenDatagram(Cluster, sender, "pi", Datagrams[sample]), heard);
    }

    [Fact]
    public void Every_other_length_of_a_datagram_is_malformed()
    {
        foreach (var message in Datagrams)
        {
            var bytes = Write(message);
            for (var length = 0; length < bytes.Length; length++)
                Refused(bytes[..length]);
            Refused([.. bytes, 0]);
            Refused([.. bytes, .. bytes]);
        }
    }

    [Theory]
    [InlineData(0, 0x51)] // foreign magic
    [InlineData(3, 0x45)] // a datagram of elections
    [InlineData(4, 0)] // versions that nobody speaks
    [InlineData(4, 2)]
    [InlineData(5, 0)] // kinds that don't exist
    [InlineData(5, 5)]
    [InlineData(5, 2)] // one that has no stamp
    [InlineData(30, 0)] // names
    [InlineData(30, 1)]
    [InlineData(30, 3)]
    [InlineData(30, 255)]
    [InlineData(31, 0x50)]
    [InlineData(31, 0x2D)]
    [InlineData(32, 0xE4)]
    public void One_wrong_byte_is_malformed(int index, byte value)
    {
        var bytes = Write(Datagrams[0]);
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;
        Refused(bytes);
    }

    [Fact]
    public void The_longest_name_makes_the_longest_datagram()
    {
        var buffer = new byte[TokenCodec.LengthMax];
        Assert.Equal(TokenCodec.LengthMax, TokenCodec.Write(Cluster, sender, new string('a', 32), Datagrams[0], buffer));
        Assert.Equal(ReadStatus.Done, TokenCodec.TryRead(buffer, out var heard));
        Assert.Equal(32, heard!.Name.Length);
        Assert.Throws<ArgumentException>(() => TokenCodec.Write(Cluster, sender, new string('a', 33), Datagrams[0], new byte[200]));
    }

    [Fact]
    public void What_goes_another_way_is_not_written()
    {
        foreach (var message in Frames)
        {
            Assert.False(TokenCodec.IsDatagram(message));
            Assert.Throws<ArgumentException>(() => Write(message));
        }

        foreach (var message in Datagrams)
            Assert.Throws<ArgumentException>(new TokenFrame("pi", message).Write);
        Assert.Throws<ArgumentException>(new TokenFrame("Pi", Frames[0]).Write);
    }

    [Fact]
    public void Every_frame_reads_as_it_was_written_wherever_it_is_cut()
    {
        foreach (var message in Frames)
        {
            var bytes = new TokenFrame("pi", message).Write();
            for (var length = 0; length < bytes.Length; length++)
                Assert.Equal(ReadStatus.NeedMore, TokenFrame.TryRead(bytes.AsSpan(0, length), out _, out _));
            byte[] followed = [.. bytes, 1, 2, 3];
            Assert.Equal(ReadStatus.Done, TokenFrame.TryRead(followed, out var frame, out var consumed));
            Assert.Equal((bytes.Length, "pi"), (consumed, frame!.Name));
            Assert.Equal(message.GetType(), frame.Message.GetType());
            Assert.Equal(bytes, frame.Write());
        }
    }

    [Fact]
    public void A_frame_that_ends_too_early_or_has_a_byte_too_many_is_malformed()
    {
        foreach (var message in Frames)
        {
            var bytes = new TokenFrame("pi", message).Write();
            var hasData = message is TokenMessage.Take or TokenMessage.Fetched;
            var least = hasData ? 4 + 2 + 1 + 2 + TokenStamp.Length : bytes.Length;
            for (var length = 6; length < bytes.Length; length++)
                Assert.Equal(length < least ? ReadStatus.Malformed : ReadStatus.Done, ReadAs(bytes[..length]));
            Assert.Equal(hasData ? ReadStatus.Done : ReadStatus.Malformed, ReadAs([.. bytes, 0]));
        }
    }

    [Theory]
    [InlineData(0, ReadStatus.Malformed)]
    [InlineData(1, ReadStatus.Malformed)]
    [InlineData(2, ReadStatus.NeedMore)]
    [InlineData(TokenFrame.LengthMax - 4, ReadStatus.NeedMore)]
    [InlineData(TokenFrame.LengthMax - 3, ReadStatus.Malformed)]
    [InlineData(-1, ReadStatus.Malformed)]
    public void A_length_that_can_not_be_is_malformed_before_anything_is_awaited(int length, ReadStatus expected)
    {
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Assert.Equal(expected, TokenFrame.TryRead(bytes, out _, out _));
        Assert.Equal(ReadStatus.Malformed, TokenFrame.TryRead([.. bytes, 2], out _, out _)); // a version that nobody speaks
    }

    [Fact]
    public void As_much_data_is_written_and_read_as_there_may_be_and_no_more()
    {
        var most = new TokenFrame(new string('a', 32), new TokenMessage.Take(Stamp, new byte[TokenFrame.DataMax]));
        var bytes = most.Write();
        Assert.Equal(TokenFrame.LengthMax, bytes.Length);
        Assert.Equal(ReadStatus.Done, TokenFrame.TryRead(bytes, out var frame, out _));
        Assert.Equal(TokenFrame.DataMax, ((TokenMessage.Take)frame!.Message).Data.Length);
        Assert.Throws<ArgumentException>(
            new TokenFrame("a", new TokenMessage.Take(Stamp, new byte[TokenFrame.DataMax + 1])).Write);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0", true)]
    [InlineData("a-_.9z", true)]
    [InlineData("01234567890123456789012345678901", true)]
    [InlineData("012345678901234567890123456789012", false)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("_", false)]
    [InlineData("A", false)]
    [InlineData("aB", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void What_a_token_may_be_called(string name, bool isOne)
    {
        Assert.Equal(isOne, TokenName.IsOne(name));
        if (isOne)
            Assert.Equal("token/" + name, TokenName.LeaseOf(name));
    }

    [Fact]
    public void A_register_holds_a_stamp_or_none()
    {
        var bytes = StampCodec.Write(Stamp);
        Assert.Equal(TokenStamp.Length, bytes.Length);
        Assert.Equal(Stamp, StampCodec.Read(bytes));
        for (var length = 0; length < bytes.Length; length++)
            Assert.True(StampCodec.Read(bytes.AsSpan(0, length)).IsNone);
        Assert.True(StampCodec.Read([.. bytes, 0]).IsNone);
        Assert.Equal(TokenStamp.None, StampCodec.Read(StampCodec.Write(TokenStamp.None)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(TokenMemory.TurnsMax, true)]
    public void A_memory_reads_as_it_was_written_and_cut_it_is_none(int turns, bool isLeased)
    {
        var memory = TokenMemory.Of(
            Stamp, "abc"u8.ToArray(), 77, 8, [.. Enumerable.Range(1, turns).Select(i => Stamp with { Revision = (ulong)i })]);
        var bytes = MemoryCodec.Write(memory, isLeased);
        Assert.Equal(ReadStatus.Done, MemoryCodec.TryRead(bytes, out var read, out var leased));
        Assert.Equal((isLeased, Stamp, 77UL, 8UL), (leased, read!.Best, read.Epoch, read.Revision));
        Assert.Equal(memory.Turns, read.Turns);
        Assert.Equal("abc"u8, read.Data.Span);
        for (var length = 0; length < bytes.Length - 3; length++)
            Assert.Equal(ReadStatus.Malformed, MemoryCodec.TryRead(bytes.AsSpan(0, length), out _, out _));
    }

    [Theory]
    [InlineData(0, 0x51)] // foreign magic
    [InlineData(3, 0x54)]
    [InlineData(4, 0)] // a version that nobody writes
    [InlineData(4, 2)]
    [InlineData(5, 2)] // a mode that there is not
    [InlineData(70, TokenMemory.TurnsMax + 1)]
    [InlineData(70, 255)]
    public void One_wrong_byte_is_no_memory(int index, byte value)
    {
        var turns = Enumerable.Range(1, TokenMemory.TurnsMax).Select(i => Stamp with { Revision = (ulong)i });
        var bytes = MemoryCodec.Write(TokenMemory.Of(Stamp, new byte[100_000], 1, 1, [.. turns]), isLeased: true);
        bytes[index] = value;
        Assert.Equal(ReadStatus.Malformed, MemoryCodec.TryRead(bytes, out var memory, out _));
        Assert.Null(memory);
    }

    [Fact]
    public void A_memory_has_as_much_data_as_a_frame_and_no_more()
    {
        var bytes = MemoryCodec.Write(TokenMemory.Of(Stamp, new byte[TokenFrame.DataMax], 1, 1, []), isLeased: false);
        Assert.Equal(ReadStatus.Done, MemoryCodec.TryRead(bytes, out _, out _));
        Assert.Equal(ReadStatus.Malformed, MemoryCodec.TryRead([.. bytes, 0], out _, out _));
    }

    internal static byte[] Write(TokenMessage message)
    {
        var buffer = new byte[TokenCodec.LengthMax];
        return buffer[..TokenCodec.Write(Cluster, sender, "pi", message, buffer)];
    }

    // The length says what there is.
    private static ReadStatus ReadAs(byte[] bytes)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        return TokenFrame.TryRead(bytes, out _, out _);
    }

    private static void Refused(byte[] bytes)
    {
        Assert.Equal(ReadStatus.Malformed, TokenCodec.TryRead(bytes, out var heard));
        Assert.Null(heard);
    }
}

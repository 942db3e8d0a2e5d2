using System.Text;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

public sealed class ElectionCodecTests
{
    private const ulong Cluster = 0xC0C1C2C3C4C5C6C7;

    private static readonly NodeId leader = new(new UInt128(0x0011223344556677, 0x8899AABBCCDDEEFF));
    private static readonly Term term = new(0x0102030405060708, leader);

    private static readonly ElectionMessage[] samples =
    [
        new ElectionMessage.Heartbeat(term, 42),
        new ElectionMessage.Resigned(term, new NodeId(5)),
        new ElectionMessage.Resigned(term, null),
    ];

    public static TheoryData<int> Samples => [0, 1, 2];

    [Theory]
    [InlineData(0, "01", "000000000000002A")]
    [InlineData(1, "02", "01" + "00000000000000000000000000000005")]
    [InlineData(2, "02", "00" + "00000000000000000000000000000000")]
    public void Every_kind_has_these_bytes(int sample, string kind, string own)
    {
        var expected = "524F4A45" + "01" + kind + "C0C1C2C3C4C5C6C7" + "00112233445566778899AABBCCDDEEFF"
            + "0102030405060708" + "00112233445566778899AABBCCDDEEFF" + own;

        Assert.Equal(expected, Convert.ToHexString(Write(samples[sample])));
        Assert.True(ElectionCodec.IsOne(Write(samples[sample])));
        Assert.Equal(ReadStatus.Done, ElectionCodec.TryRead(Write(samples[sample]), out var cluster, out var sender, out var read));
        Assert.Equal((Cluster, leader, samples[sample]), (cluster, sender, read));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_other_length_is_malformed(int sample)
    {
        var bytes = Write(samples[sample]);
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused([.. bytes, .. bytes]);
    }

    [Theory]
    [InlineData(0, 0, 0x51)] // foreign magic
    [InlineData(0, 3, 0x4D)] // a datagram of members
    [InlineData(0, 4, 0)] // versions that nobody speaks
    [InlineData(0, 4, 2)]
    [InlineData(0, 5, 0)] // kinds that don't exist
    [InlineData(0, 5, 3)]
    [InlineData(0, 5, 2)] // the other kind
    [InlineData(1, 5, 1)]
    [InlineData(0, 14, 1)] // whoever says it does not lead
    [InlineData(0, 53, 0)]
    [InlineData(1, 54, 0)] // a successor that is there and is not
    [InlineData(1, 54, 2)]
    [InlineData(2, 70, 1)]
    public void One_wrong_byte_is_malformed(int sample, int index, byte value)
    {
        var bytes = Write(samples[sample]);
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;
        Refused(bytes);
    }

    [Fact]
    public void Nothing_is_one_that_does_not_begin_so()
    {
        Assert.False(ElectionCodec.IsOne([]));
        Assert.False(ElectionCodec.IsOne("ROJ"u8));
        Assert.False(ElectionCodec.IsOne("ROJM"u8));
        Assert.True(ElectionCodec.IsOne(Encoding.ASCII.GetBytes("ROJE and more")));
    }

    [Fact]
    public void What_goes_another_way_is_not_written() =>
        Assert.Throws<ArgumentException>(() => Write(new ElectionMessage.Register(term)));

    internal static byte[] Write(ElectionMessage message)
    {
        var buffer = new byte[ElectionCodec.LengthMax];
        return buffer[..ElectionCodec.Write(Cluster, message, buffer)];
    }

    private static void Refused(byte[] bytes)
    {
        Assert.Equal(ReadStatus.Malformed, ElectionCodec.TryRead(bytes, out _, out _, out var message));
        Assert.Null(message);
    }
}

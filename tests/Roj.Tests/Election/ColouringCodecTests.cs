using System.Collections.Immutable;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

public sealed class ColouringCodecTests
{
    private const int NodeLength = NodeId.Length + 1;

    private static readonly Colouring sample = new(new Term(3, new NodeId(2)), 7, ImmutableSortedDictionary.CreateRange(
        [KeyValuePair.Create(new NodeId(1), Colour.Red), KeyValuePair.Create(new NodeId(2), Colour.Green)]));

    [Fact]
    public void It_has_these_bytes()
    {
        var bytes = ColouringCodec.Write(sample);

        Assert.Equal(
            "01" + "0000000000000003" + "00000000000000000000000000000002" + "0000000000000007" + "0002"
            + "00000000000000000000000000000001" + "02" + "00000000000000000000000000000002" + "01",
            Convert.ToHexString(bytes));
        Assert.Equal(ReadStatus.Done, ColouringCodec.TryRead(bytes, out var read));
        Assert.Equal(sample, read);
    }

    [Fact]
    public void Before_all_there_are_none()
    {
        Assert.Equal(ReadStatus.Done, ColouringCodec.TryRead(ColouringCodec.Write(Colouring.None), out var read));
        Assert.Equal(Colouring.None, read);
    }

    [Fact]
    public void Every_other_length_is_malformed()
    {
        var bytes = ColouringCodec.Write(Colouring.Of(Painted.Led(1), 1, Painted.Ids(4)));
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused([.. bytes, .. bytes[^NodeLength..]]);
    }

    [Fact]
    public void So_many_and_no_more()
    {
        var most = Colouring.Of(Painted.Led(1), ulong.MaxValue, Painted.Ids(ColouringCodec.NodesMax));
        var bytes = ColouringCodec.Write(most);
        Assert.Equal(ColouringCodec.LengthMax, bytes.Length);
        Assert.Equal(ReadStatus.Done, ColouringCodec.TryRead(bytes, out var read));
        Assert.Equal(most, read);

        var over = most.Repaint(most.Term, 1, Painted.Ids(ColouringCodec.NodesMax + 1));
        Assert.Throws<ArgumentException>(() => ColouringCodec.Write(over));
        // 4,096 nodes and 4,097 have equally many greens: one more red in the right place is wrong for nothing but the number.
        Assert.Equal(Colouring.GreenOf(ColouringCodec.NodesMax), Colouring.GreenOf(ColouringCodec.NodesMax + 1));
        byte[] longer = [.. bytes, .. Enumerable.Repeat((byte)0xFF, NodeId.Length), (byte)Colour.Red];
        longer[34]++;
        Refused(longer);
    }

    [Theory]
    [InlineData(0, 0)] // versions that nobody writes
    [InlineData(0, 2)]
    [InlineData(24, 1)] // a leader that is red
    [InlineData(24, 3)] // one that is not there
    [InlineData(34, 1)] // wrong counts
    [InlineData(34, 3)]
    [InlineData(50, 2)] // one node twice
    [InlineData(50, 3)] // not ascending
    [InlineData(51, 1)] // too many greens
    [InlineData(51, 0)] // no colours
    [InlineData(51, 3)]
    [InlineData(68, 2)] // nobody is green
    public void One_wrong_byte_is_malformed(int index, byte value)
    {
        var bytes = ColouringCodec.Write(sample);
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;
        Refused(bytes);
    }

    [Fact]
    public void What_is_not_right_is_not_written() => Assert.Throws<ArgumentException>(
        () => ColouringCodec.Write(sample with { Term = new Term(3, new NodeId(1)) }));

    private static void Refused(byte[] bytes)
    {
        Assert.Equal(ReadStatus.Malformed, ColouringCodec.TryRead(bytes, out var colouring));
        Assert.Null(colouring);
    }
}

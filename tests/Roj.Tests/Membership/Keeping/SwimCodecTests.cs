using FsCheck;
using FsCheck.Fluent;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class SwimCodecTests
{
    private const ulong Cluster = 0xC0C1C2C3C4C5C6C7;

    private static readonly NodeId sender = new(new UInt128(0x0011223344556677, 0x8899AABBCCDDEEFF));
    private static readonly NodeId target = new(new UInt128(0, 2));

    private static readonly Rumour alive = new(
        new NodeId(3), 4, MemberState.Alive, Finding.At(3), new NodeId(3), new Profile("é", 8080, 6881, 7, 0x010203, 9));

    private static readonly Rumour suspect = new(new NodeId(5), 6, MemberState.Suspect, Finding.At(5), new NodeId(8), null);

    private static readonly string header =
        "524F4A4D" + "01" + "0K" + "C0C1C2C3C4C5C6C7" // ROJM, version 1, the kind, the cluster
        + "00112233445566778899AABBCCDDEEFF" + "0102030405060708" + "0000002A";

    private static readonly string rumours =
        "02" + "00" + "00000000000000000000000000000003" + "0000000000000004" + "AC140703" + "1B9F"
        + "02" + "C3A9" + "1F90" + "1AE1" + "07" + "00010203" + "00000009"
        + "01" + "00000000000000000000000000000005" + "0000000000000006" + "AC140705" + "1B9F" + "00000000000000000000000000000008";

    public static TheoryData<int> Kinds => [0, 1, 2, 3, 4];

    [Theory]
    [InlineData(0, "00000000000000000000000000000002")]
    [InlineData(1, "00000000000000000000000000000002" + "AC140702" + "1B9F")]
    [InlineData(2, "")]
    [InlineData(3, "")]
    [InlineData(4, "")]
    public void Every_kind_has_these_bytes(int kind, string own)
    {
        var expected = Convert.FromHexString(header.Replace('K', (char)('1' + kind)) + own + rumours);

        Assert.Equal(expected, Write(Sample(kind)));
        Assert.Equal(expected.Length, SwimCodec.Size(Sample(kind)));
        Assert.True(SwimCodec.IsOne(expected));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_written_is_read(int kind)
    {
        foreach (var message in new[] { Sample(kind), Sample(kind) with { News = [] } })
        {
            Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(Write(message), out var cluster, out var read));
            Assert.Equal((Cluster, Words.Text(message)), (cluster, Words.Text(read!)));
        }
    }

    [Fact]
    public void What_anybody_can_say_is_read_as_it_was_written() => Prop.ForAll(Words.Messages.ToArbitrary(), message =>
    {
        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(Write(message), out _, out var read));
        Assert.Equal(Words.Text(message), Words.Text(read!));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_truncation_is_malformed(int kind)
    {
        var bytes = Write(Sample(kind));
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_ping_is_padded_to_its_least_length_and_refused_below_it(int kind)
    {
        var bytes = Write(Sample(kind) with { News = [] });

        Assert.Equal(SwimCodec.PingLength, bytes.Length);
        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(bytes, out _, out _));
        Refused(bytes[..^1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_follows_is_zeros_and_no_longer_than_a_datagram(int kind)
    {
        var bytes = Write(Sample(kind));

        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(Padded(bytes, SwimCodec.Length), out _, out _));
        Refused(Padded(bytes, SwimCodec.Length + 1));
        Refused([.. bytes, 0, 1]);
    }

    [Theory]
    [InlineData(0, 0x51)] // foreign magic
    [InlineData(4, 0)] // versions that nobody speaks
    [InlineData(4, 2)]
    [InlineData(5, 0)] // kinds that don't exist
    [InlineData(5, 6)]
    [InlineData(30, 0x80)] // an incarnation of 2^63 and more
    [InlineData(42, 1)] // counts that are wrong
    [InlineData(42, 3)]
    [InlineData(42, SwimCodec.NewsMax + 1)]
    [InlineData(42, 255)]
    [InlineData(43, 4)] // no such state
    [InlineData(60, 0x80)] // of 2^63, in a rumour
    [InlineData(68, 0xE0)] // a multicast address
    [InlineData(74, 0)] // lengths of a name
    [InlineData(74, 64)]
    [InlineData(75, 0xFF)] // not UTF-8
    public void One_wrong_byte_is_malformed(int index, byte value)
    {
        var bytes = Write(Sample(4));
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;

        Refused(bytes);
    }

    [Fact]
    public void Places_and_incarnations_of_nobody_are_malformed()
    {
        Refused(Write(Sample(4) with { News = [suspect with { Node = Finding.At(5, port: 0) }] }));
        Refused(Write(Sample(4) with { News = [suspect with { Incarnation = Rumour.IncarnationLimit }] }));
        Refused(Write(Sample(4) with { Incarnation = Rumour.IncarnationLimit }));
        Refused(Write((SwimMessage.PingRequest)Sample(1) with { At = Finding.At(2, port: 0) }));

        var last = Sample(4) with
        {
            Incarnation = Rumour.IncarnationLimit - 1,
            News = [suspect with { Incarnation = Rumour.IncarnationLimit - 1 }],
        };
        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(Write(last), out _, out _));
    }

    [Fact]
    public void A_name_may_be_as_long_as_its_limit()
    {
        var longest = Named(new string('n', Profile.NameBytesMax));
        Assert.Equal(ReadStatus.Done, SwimCodec.TryRead(Write(longest), out _, out var read));
        Assert.Equal(Words.Text(longest), Words.Text(read!));

        Assert.Throws<ArgumentException>(() => Write(Named(new string('n', Profile.NameBytesMax + 1))));
        Assert.Throws<ArgumentException>(() => Write(Named(new string('é', (Profile.NameBytesMax / 2) + 1))));
        Assert.Throws<ArgumentException>(() => Write(Named("")));
    }

    [Fact]
    public void News_are_no_more_than_their_limit_and_fit_into_a_datagram()
    {
        var shortest = alive with { Profile = alive.Profile! with { Name = "n" } };
        var room = (SwimCodec.Length - SwimCodec.HeaderSize(Sample(4))) / SwimCodec.Size(shortest);
        var full = Sample(4) with { News = [.. Enumerable.Repeat(shortest, room)] };
        Assert.InRange(room, 1, SwimCodec.NewsMax); // so that the limit in bytes is met first

        Assert.InRange(Write(full).Length, SwimCodec.Length - SwimCodec.Size(shortest) + 1, SwimCodec.Length);
        Assert.Throws<ArgumentException>(() => Write(full with { News = [.. full.News, shortest] }));
        Assert.Throws<ArgumentException>(() => Write(full with { News = [.. Enumerable.Repeat(suspect, SwimCodec.NewsMax + 1)] }));
    }

    [Fact]
    public void Clusters_are_told_apart_and_the_hash_of_none_is_FNVs_own()
    {
        Assert.Equal(0xCBF29CE484222325, SwimCodec.ClusterHash(""));
        Assert.Equal(0xAF63DC4C8601EC8C, SwimCodec.ClusterHash("a")); // FNV-1a's published test vector
        Assert.NotEqual(SwimCodec.ClusterHash("roj"), SwimCodec.ClusterHash("jor"));
    }

    private static SwimMessage Sample(int kind) =>
        Words.Message(kind, sender, 0x0102030405060708, 42, target, Finding.At(2), [alive, suspect]);

    private static SwimMessage Named(string name) =>
        Sample(4) with { News = [alive with { Profile = alive.Profile! with { Name = name } }] };

    private static byte[] Padded(byte[] bytes, int length) => [.. bytes, .. new byte[length - bytes.Length]];

    private static byte[] Write(SwimMessage message)
    {
        var buffer = new byte[SwimCodec.Length];
        Array.Fill(buffer, (byte)0xAA); // a pooled buffer is not empty
        return buffer[..SwimCodec.Write(Cluster, message, buffer)];
    }

    private static void Refused(byte[] datagram)
    {
        Assert.Equal(ReadStatus.Malformed, SwimCodec.TryRead(datagram, out _, out var message));
        Assert.Null(message);
    }
}

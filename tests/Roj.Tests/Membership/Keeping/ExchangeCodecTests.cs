using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Xunit;

namespace Roj.Tests.Membership.Keeping;

public sealed class ExchangeCodecTests
{
    private const ulong Cluster = 0xC0C1C2C3C4C5C6C7;
    private const int HeaderLength = 18;

    private static readonly MemberRecord record = new(
        new NodeId(3),
        4,
        MemberState.Suspect,
        Finding.At(3),
        new NodeId(8),
        new Profile("é", 8080, 6881, 7, 0x010203, 9),
        5,
        "tag"u8.ToArray());

    private static readonly ExchangeMessage[] samples =
    [
        new ExchangeMessage.Digest(0x0102030405060708),
        new ExchangeMessage.Same(),
        new ExchangeMessage.Everything([record], IsLast: false),
        new ExchangeMessage.Everything([record, record with { Tags = default }], IsLast: true),
        new ExchangeMessage.Everything([], IsLast: true),
        new ExchangeMessage.Claim(new NodeId(3), 0xA1, 0xB2, Finding.At(3), TimeSpan.FromMilliseconds(1500)),
        new ExchangeMessage.Verdict(0xA1, 0xB2, TimeSpan.FromMilliseconds(1500)),
    ];

    private static readonly string recordHex =
        "01" + "00000000000000000000000000000003" + "0000000000000004" + "AC140703" + "1B9F" + "00000000000000000000000000000008"
        + "02" + "C3A9" + "1F90" + "1AE1" + "07" + "00010203" + "00000009" + "00000005" + "0003" + "746167";

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, samples.Length)];

    [Theory]
    [InlineData(0, "00000016" + "524F4A58" + "01" + "01" + "C0C1C2C3C4C5C6C7" + "0102030405060708")]
    [InlineData(1, "0000000E" + "524F4A58" + "01" + "02" + "C0C1C2C3C4C5C6C7")]
    [InlineData(2, "0000005A" + "524F4A58" + "01" + "03" + "C0C1C2C3C4C5C6C7" + "00000001" + "R")]
    [InlineData(4, "00000012" + "524F4A58" + "01" + "04" + "C0C1C2C3C4C5C6C7" + "00000000")]
    [InlineData(
        5,
        "0000003C" + "524F4A58" + "01" + "05" + "C0C1C2C3C4C5C6C7" + "00000000000000000000000000000003" + "00000000000000A1"
            + "00000000000000B2" + "AC140703" + "1B9F" + "00000000000005DC")]
    [InlineData(
        6,
        "00000026" + "524F4A58" + "01" + "06" + "C0C1C2C3C4C5C6C7" + "00000000000000A1" + "00000000000000B2" + "00000000000005DC")]
    public void Every_kind_has_these_bytes(int sample, string hex) => Assert.Equal(
        Convert.FromHexString(hex.Replace("R", recordHex, StringComparison.Ordinal)), ExchangeCodec.Write(Cluster, samples[sample]));

    [Theory]
    [MemberData(nameof(Samples))]
    public void What_was_written_is_read_and_no_byte_more(int sample)
    {
        var frame = ExchangeCodec.Write(Cluster, samples[sample]);

        Assert.Equal(ReadStatus.Done, ExchangeCodec.TryRead([.. frame, 1, 2], out var cluster, out var message, out var consumed));

        Assert.Equal((Cluster, frame.Length, Words.Text(samples[sample])), (cluster, consumed, Words.Text(message!)));
    }

    [Fact]
    public void What_anybody_can_say_is_read_as_it_was_written() => Prop.ForAll(Words.Exchanges.ToArbitrary(), message =>
    {
        Assert.Equal(ReadStatus.Done, ExchangeCodec.TryRead(ExchangeCodec.Write(Cluster, message), out _, out var read, out _));
        Assert.Equal(Words.Text(message), Words.Text(read!));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_beginning_needs_more_and_every_frame_cut_short_is_malformed(int sample)
    {
        var frame = ExchangeCodec.Write(Cluster, samples[sample]);
        for (var length = 0; length < frame.Length; length++)
        {
            Assert.Equal(ReadStatus.NeedMore, ExchangeCodec.TryRead(frame.AsSpan(0, length), out _, out var message, out var consumed));
            Assert.Null(message);
            Assert.Equal(0, consumed);
            if (length >= sizeof(int))
                Refused(Framed(frame[sizeof(int)..length]));
        }

        Refused(Framed([.. frame[sizeof(int)..], 0])); // nor may anything follow
    }

    [Theory]
    [InlineData(4, 0x51)] // foreign magic
    [InlineData(8, 0)] // versions that nobody speaks
    [InlineData(8, 2)]
    [InlineData(9, 0)] // kinds that don't exist
    [InlineData(9, 7)]
    [InlineData(21, 0)] // counts that are wrong
    [InlineData(21, 2)]
    [InlineData(22, 4)] // no such state
    [InlineData(39, 0x80)] // an incarnation of 2^63 and more
    [InlineData(47, 0xE0)] // a multicast address
    [InlineData(69, 0)] // lengths of a name
    [InlineData(69, 64)]
    [InlineData(70, 0xFF)] // not UTF-8
    [InlineData(90, 2)] // lengths of the tags
    [InlineData(90, 4)]
    public void One_wrong_byte_is_malformed(int index, byte value)
    {
        var frame = ExchangeCodec.Write(Cluster, samples[2]);
        Assert.NotEqual(value, frame[index]);
        frame[index] = value;

        Refused(frame);
    }

    [Theory]
    [InlineData(5, 41, 0)] // a boot of 0
    [InlineData(5, 50, 0xE0)] // a multicast address
    [InlineData(5, 58, 2)] // an uptime of more than 2^40 ms
    [InlineData(6, 36, 2)]
    public void One_wrong_byte_of_a_dispute_is_malformed(int sample, int index, byte value)
    {
        var frame = ExchangeCodec.Write(Cluster, samples[sample]);
        Assert.NotEqual(value, frame[index]);
        frame[index] = value;

        Refused(frame);
    }

    [Fact]
    public void Places_and_incarnations_of_nobody_are_malformed()
    {
        Refused(Everything(record with { Node = Finding.At(3, port: 0) }));
        Refused(Everything(record with { Incarnation = Rumour.IncarnationLimit }));
        Read(Everything(record with { Incarnation = Rumour.IncarnationLimit - 1 }));
    }

    [Fact]
    public void Tags_may_be_as_long_as_their_limit()
    {
        Read(Everything(record with { Tags = new byte[Member.TagsBytesMax] }));

        var frame = Everything(record with { Tags = new byte[Member.TagsBytesMax] });
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(frame.Length - Member.TagsBytesMax - 2), Member.TagsBytesMax + 1);
        Refused(Framed([.. frame[sizeof(int)..], 0]));
    }

    [Fact]
    public void Something_else_is_refused_before_it_has_come_whole()
    {
        byte[] claimsAll = [.. Length(ExchangeCodec.LengthMax - sizeof(int)), .. "ROJX"u8, 1];
        Assert.Equal(ReadStatus.NeedMore, ExchangeCodec.TryRead(claimsAll, out _, out _, out _));

        Refused(Length(ExchangeCodec.LengthMax - sizeof(int) + 1));
        Refused(Length(uint.MaxValue));
        Refused(Length(HeaderLength - sizeof(int) - 1));
        Refused([.. Length(1000), .. "ROJX"u8, 2]);
        Refused([.. Length(1000), .. "GET /"u8]);
    }

    [Fact]
    public void Members_that_are_not_there_take_no_memory()
    {
        var frame = ExchangeCodec.Write(Cluster, samples[2]);
        Refused(frame[..HeaderLength].Concat(Length(1u << 31)).Concat(frame[(HeaderLength + 4)..]).ToArray());
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(HeaderLength), 1u << 31);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = ExchangeCodec.TryRead(frame, out _, out _, out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
        Assert.Equal(ReadStatus.Malformed, status);
    }

    /// <summary>Tags are the members' own: however many there are, none of them may stop who tells of them.</summary>
    [Fact]
    public void A_full_table_with_full_tags_goes_without_the_last_of_them()
    {
        var name = new string('n', Profile.NameBytesMax);
        var member = record with { Profile = record.Profile with { Name = name }, Tags = new byte[Member.TagsBytesMax] };
        var all = new ExchangeMessage.Everything([.. Enumerable.Repeat(member, Observer.Settings().MembersMax)], IsLast: true);

        var frame = ExchangeCodec.Write(Cluster, all);

        Assert.InRange(frame.Length, ExchangeCodec.LengthMax - Member.TagsBytesMax, ExchangeCodec.LengthMax);
        Assert.Equal(ReadStatus.Done, ExchangeCodec.TryRead(frame, out _, out var read, out _));
        var records = ((ExchangeMessage.Everything)read!).Records;
        Assert.Equal(all.Records.Count, records.Count);
        Assert.True(records.Count(r => r.Tags.Length > 0) > 1000);
        Assert.Equal((0u, 0), (records[^1].TagsOf, records[^1].Tags.Length));
    }

    private static byte[] Everything(MemberRecord of) => ExchangeCodec.Write(Cluster, new ExchangeMessage.Everything([of], true));

    private static byte[] Length(uint length)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        return bytes;
    }

    private static byte[] Framed(byte[] body) => [.. Length((uint)body.Length), .. body];

    private static void Read(byte[] frame) => Assert.Equal(ReadStatus.Done, ExchangeCodec.TryRead(frame, out _, out _, out _));

    private static void Refused(byte[] input)
    {
        Assert.Equal(ReadStatus.Malformed, ExchangeCodec.TryRead(input, out _, out var message, out var consumed));
        Assert.Null(message);
        Assert.Equal(0, consumed);
    }
}

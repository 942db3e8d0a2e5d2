using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Wire;
using Xunit;

namespace Roj.Tests.Membership;

public sealed class HelloCodecTests
{
    private static readonly Hello Sample = new(
        HelloKind.Answer,
        "roj",
        new NodeId(new UInt128(0x0011223344556677, 0x8899AABBCCDDEEFF)),
        0x0102030405060708,
        0x1112131415161718,
        7071,
        6881,
        [new CatalogueEntry(new FileId(new UInt128(1, 2), 3), "é")],
        [new Endpoint(0xAC140702, 7071)]);

    private static readonly byte[] SampleBytes = Convert.FromHexString(
        "524F4A21" + "01" + "02" + "03" + "726F6A" // ROJ!, version 1, answer, "roj"
        + "00112233445566778899AABBCCDDEEFF" + "0102030405060708" + "1112131415161718"
        + "1B9F" + "1AE1"
        + "01" + "0000000000000001" + "0000000000000002" + "00000003" + "02" + "C3A9"
        + "01" + "AC140702" + "1B9F");

    [Fact]
    public void An_answer_has_these_bytes()
    {
        Assert.Equal(SampleBytes, Write(Sample));
        Assert.Equal(SampleBytes.Length, HelloCodec.Measure(Sample));
    }

    [Fact]
    public void An_ask_has_the_same_bytes_and_zeros_up_to_its_length()
    {
        var bytes = Write(Sample with { Kind = HelloKind.Ask });

        Assert.Equal(HelloCodec.Length, bytes.Length);
        Assert.Equal(1, bytes[5]);
        Assert.Equal(SampleBytes[6..], bytes[6..SampleBytes.Length]);
        Assert.DoesNotContain(bytes[SampleBytes.Length..], b => b != 0);
    }

    [Theory]
    [InlineData(HelloKind.Ask)]
    [InlineData(HelloKind.Answer)]
    public void What_was_written_is_read(HelloKind kind)
    {
        Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(Write(Sample with { Kind = kind }), out var hello));

        Assert.Equal((Sample with { Kind = kind }).ToString(), hello!.ToString());
    }

    [Theory]
    [InlineData(HelloKind.Ask)]
    [InlineData(HelloKind.Answer)]
    public void Every_truncation_is_malformed(HelloKind kind)
    {
        var bytes = Write(Sample with { Kind = kind });
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
    }

    [Fact]
    public void Padding_is_zeros_and_no_longer_than_a_datagram()
    {
        Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(Padded(SampleBytes, HelloCodec.Length), out _));
        Refused(Padded(SampleBytes, HelloCodec.Length + 1));
        Refused([.. SampleBytes, 0, 1]);

        var ask = Write(Sample with { Kind = HelloKind.Ask });
        Refused([.. ask, 0]);
    }

    [Theory]
    [InlineData(0, 0x51)] // foreign magic
    [InlineData(4, 0)] // versions that nobody speaks
    [InlineData(4, 2)]
    [InlineData(5, 0)] // kinds that don't exist
    [InlineData(5, 3)]
    [InlineData(6, 0)] // lengths and counts that are wrong
    [InlineData(6, 64)]
    [InlineData(46, 5)]
    [InlineData(46, 255)]
    [InlineData(67, 255)]
    [InlineData(70, 2)]
    [InlineData(70, 255)]
    [InlineData(68, 0xFF)] // not UTF-8
    [InlineData(71, 0xE0)] // a multicast address
    public void One_wrong_byte_is_malformed(int index, byte value)
    {
        var bytes = (byte[])SampleBytes.Clone();
        Assert.NotEqual(value, bytes[index]);
        bytes[index] = value;

        Refused(bytes);
    }

    [Fact]
    public void Ports_and_boots_of_nobody_are_malformed()
    {
        Refused(Write(Sample with { NodePort = 0 }));
        Refused(Write(Sample with { Boot = 0 }));
        Refused(Write(Sample with { Peers = [new Endpoint(0xAC140702, 0)] }));
    }

    [Fact]
    public void Names_may_be_as_long_as_their_limit()
    {
        var longest = Sample with { Cluster = new string('c', 63), Catalogue = [Finding.File(1, new string('n', 255))] };
        Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(Write(longest), out var hello));
        Assert.Equal(longest.ToString(), hello!.ToString());

        Assert.Throws<ArgumentException>(() => Write(Sample with { Cluster = new string('c', 64) }));
        Assert.Throws<ArgumentException>(() => Write(Sample with { Catalogue = [Finding.File(1, new string('n', 256))] }));
    }

    [Fact]
    public void A_catalogue_may_have_four_entries()
    {
        CatalogueEntry[] four = [.. Enumerable.Range(1, 4).Select(i => Finding.File(i))];
        Assert.Equal(ReadStatus.Done, HelloCodec.TryRead(Write(Sample with { Catalogue = four }), out var hello));
        Assert.Equal(four, hello!.Catalogue);

        Assert.Throws<ArgumentException>(() => Write(Sample with { Catalogue = [.. four, Finding.File(5)] }));
    }

    [Fact]
    public void As_many_peers_stay_as_fit()
    {
        var without = Sample with { Catalogue = [], Peers = [] };
        var room = (HelloCodec.Length - HelloCodec.Measure(without)) / Endpoint.CompactLength;
        Endpoint[] peers = [.. Enumerable.Range(1, room).Select(i => Finding.At(i))];
        Assert.Equal(98, room);

        Assert.Same(peers, HelloCodec.Cut(without with { Peers = peers }).Peers);
        Assert.Equal(peers, HelloCodec.Cut(without with { Peers = [.. peers, Finding.At(200)] }).Peers);
        Assert.InRange(Write(without with { Peers = peers }).Length, HelloCodec.Length - Endpoint.CompactLength + 1, HelloCodec.Length);
        Assert.Throws<ArgumentException>(() => Write(without with { Peers = [.. peers, Finding.At(200)] }));
    }

    [Fact]
    public void Files_are_cut_after_peers_and_the_same_ones_in_asks_and_answers()
    {
        CatalogueEntry[] four = [.. Enumerable.Range(1, 4).Select(i => Finding.File(i, new string('n', 255)))];
        var full = Sample with { Catalogue = four, Peers = [.. Enumerable.Range(1, 98).Select(i => Finding.At(i))] };

        var answer = HelloCodec.Cut(full);
        var ask = HelloCodec.Cut(full with { Kind = HelloKind.Ask, Peers = [] });

        Assert.Equal(four[..2], answer.Catalogue);
        Assert.Equal(four[..2], ask.Catalogue);
        Assert.InRange(HelloCodec.Measure(answer), HelloCodec.Length - Endpoint.CompactLength + 1, HelloCodec.Length);
    }

    [Fact]
    public void Garbage_never_throws_and_what_is_read_is_what_would_be_written()
    {
        var rng = new Rng(7071);
        var read = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = round % 4 == 0 ? Garbage(rng) : Mutated(rng);
            if (HelloCodec.TryRead(bytes, out var hello) != ReadStatus.Done)
                continue;
            read++;
            var written = Write(hello!);
            Assert.Equal(bytes[..written.Length], written);
            Assert.DoesNotContain(bytes[written.Length..], b => b != 0);
        }

        Assert.InRange(read, 100, 49_000); // else the mutations are too wild, or too tame, to say anything
    }

    private static byte[] Garbage(Rng rng)
    {
        var bytes = new byte[rng.Next(HelloCodec.Length + 100)];
        rng.Fill(bytes);
        return bytes;
    }

    private static byte[] Mutated(Rng rng)
    {
        var bytes = Write(Sample with { Kind = rng.Chance(1, 2) ? HelloKind.Ask : HelloKind.Answer });
        for (var times = rng.Next(1, 4); times > 0; times--)
            bytes[rng.Next(Math.Min(bytes.Length, SampleBytes.Length + 8))] = (byte)rng.Next(256);
        return rng.Chance(1, 8) ? bytes[..rng.Next(bytes.Length)] : bytes;
    }

    private static byte[] Padded(byte[] bytes, int length) => [.. bytes, .. new byte[length - bytes.Length]];

    private static byte[] Write(Hello hello)
    {
        var buffer = new byte[HelloCodec.Length];
        return buffer[..HelloCodec.Write(hello, buffer)];
    }

    private static void Refused(byte[] datagram)
    {
        Assert.Equal(ReadStatus.Malformed, HelloCodec.TryRead(datagram, out var hello));
        Assert.Null(hello);
    }
}

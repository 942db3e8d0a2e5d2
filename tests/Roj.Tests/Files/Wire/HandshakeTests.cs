using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class HandshakeTests
{
    private const string Protocol = "13 426974546F7272656E742070726F746F636F6C";
    private const string InfoHash = "000102030405060708090A0B0C0D0E0F10111213";
    private const string Id = "2D524A303030312D616263646566676869 6A6B6C";

    [Theory]
    [InlineData("00 00 00 00 00 00 00 00", false, false)]
    [InlineData("00 00 00 00 00 00 00 04", true, false)]
    [InlineData("00 00 00 00 00 10 00 00", false, true)]
    [InlineData("00 00 00 00 00 10 00 04", true, true)]
    public void Writes_and_reads_literal_bytes(string reserved, bool fast, bool extended)
    {
        var bytes = Hex.Bytes(Protocol + reserved + InfoHash + Id);
        var handshake = new Handshake(Sha1Digest.Read(Hex.Bytes(InfoHash)), PeerId.Read(Hex.Bytes(Id)), fast, extended);

        var written = new byte[Handshake.Length];
        Array.Fill(written, (byte)0xEE);
        handshake.Write(written);
        Assert.Equal(bytes, written);
        foreach (var cut in Delivery.Cuts([.. bytes, .. bytes]))
            Assert.Equal([handshake, handshake], Delivery.ReadAll<Handshake>(cut, Handshake.TryRead));
    }

    [Fact]
    public void Bits_of_others_are_passed_over()
    {
        var bytes = Hex.Bytes(Protocol + "FF FF FF FF FF EF FF FB" + InfoHash + Id);
        Assert.Equal(ReadStatus.Done, Handshake.TryRead(bytes, out var handshake, out _));
        Assert.False(handshake.Fast);
        Assert.False(handshake.Extended);
    }

    [Fact]
    public void Another_protocol_shows_at_its_first_byte()
    {
        var right = Hex.Bytes(Protocol + "00 00 00 00 00 00 00 00" + InfoHash + Id);
        for (var at = 0; at < 20; at++)
        {
            var wrong = right.ToArray();
            wrong[at] ^= 0x20;
            Assert.Equal(ReadStatus.NeedMore, Handshake.TryRead(wrong.AsSpan(0, at), out _, out _));
            Assert.Equal(ReadStatus.Malformed, Handshake.TryRead(wrong.AsSpan(0, at + 1), out _, out var consumed));
            Assert.Equal(0, consumed);
            Assert.Equal(ReadStatus.Malformed, Handshake.TryRead(wrong, out _, out _));
        }
    }

    [Fact]
    public void A_short_destination_is_the_callers_mistake() =>
        Assert.ThrowsAny<ArgumentException>(() => default(Handshake).Write(new byte[Handshake.Length - 1]));

    [Fact]
    public void What_is_written_is_read_back() => Prop.ForAll<ulong, bool, bool>((seed, fast, extended) =>
    {
        var digest = new byte[Sha1Digest.Length];
        new Rng(seed).Fill(digest);
        var handshake = new Handshake(Sha1Digest.Read(digest), PeerId.Create(new Rng(~seed)), fast, extended);
        var bytes = new byte[Handshake.Length];
        handshake.Write(bytes);
        return Handshake.TryRead(bytes, out var read, out var consumed) == ReadStatus.Done && read == handshake && consumed == bytes.Length;
    }).QuickCheckThrowOnFailure();
}

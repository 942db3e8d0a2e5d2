using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files.Wire;

public sealed class ExtendedHandshakeTests
{
    private const string Full =
        "d1:md11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi500e9:roj_blocki262144e11:upload_onlyi1e1:v8:Roj 0.1 e";

    private static readonly ExtendedHandshake FullRead = new()
    {
        MetadataId = 2,
        PeerExchangeId = 1,
        MetadataSize = 31235,
        ListenPort = 6881,
        RequestQueue = 500,
        BlockBytesMax = 256 * 1024,
        UploadOnly = true,
        Client = "Roj 0.1 ",
    };

    [Fact]
    public void Writes_and_reads_literal_bytes()
    {
        Assert.Equal(Full, Encoding.Latin1.GetString(FullRead.Write()));
        Assert.True(ExtendedHandshake.TryRead(Hex.Latin(Full), out var read));
        Assert.Equal(FullRead, read);
    }

    [Fact]
    public void Everything_may_be_left_out()
    {
        Assert.Equal("d1:mdee", Encoding.Latin1.GetString(new ExtendedHandshake().Write()));
        Assert.True(ExtendedHandshake.TryRead("d1:mdee"u8, out var read));
        Assert.Equal(new ExtendedHandshake(), read);
        Assert.True(ExtendedHandshake.TryRead("de"u8, out read));
        Assert.Equal(new ExtendedHandshake(), read);
    }

    [Fact]
    public void Every_beginning_is_refused()
    {
        for (var length = 0; length < Full.Length; length++)
            Assert.False(ExtendedHandshake.TryRead(Hex.Latin(Full[..length]), out _), $"{length} bytes");
        Assert.False(ExtendedHandshake.TryRead(Hex.Latin(Full + "e"), out _));
    }

    [Fact]
    public void Reads_what_others_send()
    {
        // Keys that mean nothing here, keys out of order, and zeros for "none".
        var text = "d12:complete_agoi3e1:md11:lt_donthavei7e6:ut_pexi0ee1:pi0e13:metadata_sizei0e4:reqqi0e9:roj_blocki0e"
            + "6:yourip4:\u007F\0\0\u0001e";
        Assert.True(ExtendedHandshake.TryRead(Hex.Latin(text), out var read));
        Assert.Equal(new ExtendedHandshake { PeerExchangeId = 0 }, read);
    }

    [Theory]
    [InlineData("d1:mlee")]
    [InlineData("d1:md11:ut_metadata1:aee")]
    [InlineData("d1:md11:ut_metadatai256eee")]
    [InlineData("d1:md6:ut_pexi-1eee")]
    [InlineData("d13:metadata_sizei-1ee")]
    [InlineData("d13:metadata_sizei67108865ee")]
    [InlineData("d1:pi65536ee")]
    [InlineData("d1:pi-1ee")]
    [InlineData("d4:reqqi2147483648ee")]
    [InlineData("d9:roj_blocki2147483648ee")]
    [InlineData("d9:roj_blocki-1ee")]
    [InlineData("d9:roj_block6:262144e")]
    [InlineData("d11:upload_only1:1e")]
    [InlineData("d1:vi1ee")]
    [InlineData("d1:pi1e1:pi2ee")]
    [InlineData("le")]
    public void Refuses(string text)
    {
        Assert.False(ExtendedHandshake.TryRead(Hex.Latin(text), out var read));
        Assert.Null(read);
    }

    [Fact]
    public void The_greatest_numbers_are_read()
    {
        var text = "d1:md11:ut_metadatai255ee13:metadata_sizei67108864e1:pi65535e4:reqqi2147483647e9:roj_blocki2147483647ee";
        Assert.True(ExtendedHandshake.TryRead(Hex.Latin(text), out var read));
        Assert.Equal(
            ((byte?)255, MetadataMessage.TotalSizeMax, (ushort?)65535, int.MaxValue, int.MaxValue),
            (read.MetadataId, read.MetadataSize, read.ListenPort, read.RequestQueue, read.BlockBytesMax));
    }

    [Theory]
    [InlineData("1:v0:", null)]
    [InlineData("1:v4:a\u001B\nb", "a\uFFFD\uFFFDb")]
    [InlineData("1:v3:\u00B5T1", "\uFFFDT1")]
    [InlineData("1:v64:0123456789012345678901234567890123456789012345678901234567890123",
        "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("1:v65:01234567890123456789012345678901234567890123456789012345678901234",
        "0123456789012345678901234567890123456789012345678901234567890123")]
    public void The_programs_name_is_fit_to_be_shown(string member, string? expected)
    {
        Assert.True(ExtendedHandshake.TryRead(Hex.Latin($"d{member}e"), out var read));
        Assert.Equal(expected, read.Client);
    }

    [Fact]
    public void A_later_handshake_adds_and_changes_and_a_number_of_0_takes_back()
    {
        var first = new ExtendedHandshake { MetadataId = 1, PeerExchangeId = 2, ListenPort = 6881, UploadOnly = true };
        var later = first.Then(new ExtendedHandshake { PeerExchangeId = 0, MetadataSize = 100, UploadOnly = false });
        Assert.Equal(
            new ExtendedHandshake { MetadataId = 1, PeerExchangeId = 0, MetadataSize = 100, ListenPort = 6881, UploadOnly = false },
            later);
        Assert.Equal(later, later.Then(new ExtendedHandshake()));
        var served = later.Then(new ExtendedHandshake { BlockBytesMax = 65536 });
        Assert.Equal(65536, served.BlockBytesMax);
        Assert.Equal(served, served.Then(new ExtendedHandshake())); // who says nothing of it still serves as much
        Assert.Equal(16384, served.Then(new ExtendedHandshake { BlockBytesMax = 16384 }).BlockBytesMax);
        Assert.Equal((byte?)7, later.Then(new ExtendedHandshake { PeerExchangeId = 7 }).PeerExchangeId);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var any =
            from metadataId in Maybe(0, 255)
            from exchangeId in Maybe(0, 255)
            from size in Maybe(1, MetadataMessage.TotalSizeMax)
            from port in Maybe(1, 65535)
            from queue in Maybe(1, int.MaxValue)
            from block in Maybe(1, int.MaxValue)
            from uploadOnly in Gen.Elements<bool?>(true, false, null)
            from client in Gen.Elements<string?>(null, "Roj", "дом")
            select new ExtendedHandshake
            {
                MetadataId = (byte?)metadataId,
                PeerExchangeId = (byte?)exchangeId,
                MetadataSize = size,
                ListenPort = (ushort?)port,
                RequestQueue = queue,
                BlockBytesMax = block,
                UploadOnly = uploadOnly,
                Client = client,
            };
        Prop.ForAll(any.ToArbitrary(), handshake =>
            ExtendedHandshake.TryRead(handshake.Write(), out var read) && read == handshake).QuickCheckThrowOnFailure();
    }
    private static Gen<int?> Maybe(int from, int to) =>
        Gen.OneOf(Gen.Constant<int?>(null), Gen.Choose(from, to).Select(number => (int?)number));
}

using Roj.Files.Metadata;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class MagnetLinkTests
{
    private const string H = "c12fe1c06bba254a9dc9f519b335aa7c1367a88a";
    private const string Base32 = "YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK"; // the same
    private const string Topic = "magnet:?xt=urn:btih:" + H;

    [Fact]
    public void Reads_the_link_of_BEP_9()
    {
        var link = Read($"{Topic}&dn=a%20b.bin&tr=http%3A%2F%2Fa%2Fannounce%3Fk%3D1&tr=udp://c:1&x.pe=172.20.0.1:6881&x.pe=10.0.0.1:1");
        Assert.Equal((H, "a b.bin"), (link.InfoHash.ToString(), link.Name));
        Assert.Equal(["http://a/announce?k=1", "udp://c:1"], link.Trackers);
        Assert.Equal([new Endpoint(0xAC140001, 6881), new Endpoint(0x0A000001, 1)], link.Peers);
    }

    [Theory]
    [InlineData(Topic)]
    [InlineData("MAGNET:?XT=URN:BTIH:C12FE1C06BBA254A9DC9F519B335AA7C1367A88A")]
    [InlineData("magnet:?xt=urn:btih:" + Base32)]
    [InlineData("magnet:?xt=urn:btih:yex6dqdlxisuvhoj6um3gnnkpqjwpkek")]
    [InlineData("magnet:?xt=urn%3Abtih%3A" + H)]
    [InlineData("magnet:?xt.1=urn:btih:" + H + "&xt.2=urn:btih:" + Base32)]
    [InlineData("magnet:?xt=urn:btmh:1220aaaa&xt=urn:btih:" + H)]
    [InlineData("magnet:?&&dn&=x&xt=urn:sha1:" + Base32 + "&xt=urn:btih:" + H + "&xl=5&so=0&")]
    public void Reads_the_info_hash_however_it_is_written(string text) => Assert.Equal(H, Read(text).InfoHash.ToString());

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "0000000000000000000000000000000000000001")]
    [InlineData("77777777777777777777777777777777", "ffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("QAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "8000000000000000000000000000000000000000")]
    public void Base_32_has_five_bits_a_digit(string digits, string hex) =>
        Assert.Equal(hex, Read("magnet:?xt=urn:btih:" + digits).InfoHash.ToString());

    [Theory]
    [InlineData("dn=a+b", "a b")]
    [InlineData("dn=a%2Bb", "a+b")]
    [InlineData("dn=%C3%BC%E2%82%AC", "ü€")]
    [InlineData("dn=ü€\ud83d\ude00", "ü€\ud83d\ude00")]
    [InlineData("dn=a&dn=b", "a")]
    [InlineData("dn=%FF", null)]
    [InlineData("dn=%2", null)]
    [InlineData("dn=%zz", null)]
    [InlineData("dn=..", null)]
    [InlineData("dn=a%2Fb", null)]
    [InlineData("dn=a%0Ab", null)]
    [InlineData("dn=", null)]
    public void A_name_is_one_that_a_file_may_have_or_none(string parameter, string? name) =>
        Assert.Equal(name, Read($"{Topic}&{parameter}").Name);

    [Theory]
    [InlineData("tr=")]
    [InlineData("tr=foo")]
    [InlineData("tr=http://a/%0d%0a")]
    [InlineData("tr=http%3A%2F%2F%FF")]
    [InlineData("x.pe=10.0.0.1")]
    [InlineData("x.pe=10.0.0.1:0")]
    [InlineData("x.pe=10.0.0.1:65536")]
    [InlineData("x.pe=224.0.0.1:1")]
    [InlineData("x.pe=host:1")]
    [InlineData("x.pe=[::1]:1")]
    public void What_can_not_be_called_is_passed_over(string parameter)
    {
        var link = Read($"{Topic}&{parameter}");
        Assert.Empty(link.Trackers);
        Assert.Empty(link.Peers);
    }

    [Theory]
    [InlineData("", "it does not begin with magnet:?")]
    [InlineData("magnet:xt=urn:btih:" + H, "it does not begin with magnet:?")]
    [InlineData("magnet:?", "xt is missing: it must be urn:btih: and an info hash")]
    [InlineData("magnet:?dn=x", "xt is missing: it must be urn:btih: and an info hash")]
    [InlineData("magnet:?xt=urn:sha1:x", "xt is missing: it must be urn:btih: and an info hash")]
    [InlineData("magnet:?xt=" + H, "xt is missing: it must be urn:btih: and an info hash")]
    [InlineData("magnet:?xt=%zz", "xt is missing: it must be urn:btih: and an info hash")]
    [InlineData("magnet:?xt=urn:btmh:1220aa", "xt is urn:btmh:: this is BitTorrent v2 only (BEP 52), roj needs urn:btih:")]
    [InlineData("magnet:?xt=urn:btih:", "xt \"urn:btih:\" has no info hash: 40 hexadecimal digits, or 32 of base 32")]
    [InlineData(
        "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88",
        "xt \"urn:btih:c12fe1c06bba254a9dc9f519b335aa7...\" has no info hash: 40 hexadecimal digits, or 32 of base 32")]
    [InlineData(
        "magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE1",
        "xt \"urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE...\" has no info hash: 40 hexadecimal digits, or 32 of base 32")]
    [InlineData(
        "magnet:?xt=urn:btih:0000000000000000000000000000000000000000",
        "xt \"urn:btih:0000000000000000000000000000000...\" has no info hash: 40 hexadecimal digits, or 32 of base 32")]
    [InlineData(Topic + "&xt=urn:btih:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "xt is there twice, with different info hashes")]
    public void Says_what_is_wrong(string text, string expected)
    {
        Assert.Null(MagnetLink.TryRead(text, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(MagnetLink.LengthMax, null)]
    [InlineData(MagnetLink.LengthMax + 1, "it has 16385 characters: at most 16384 are allowed")]
    public void The_length_is_limited(int length, string? expected)
    {
        MagnetLink.TryRead($"{Topic}&as=".PadRight(length, 'x'), out var error);
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(MagnetLink.PeersMax, MagnetLink.PeersMax)]
    [InlineData(MagnetLink.PeersMax + 1, MagnetLink.PeersMax)]
    public void Peers_are_limited(int given, int kept)
    {
        var peers = string.Concat(Enumerable.Range(1, given).Select(i => $"&x.pe=10.0.0.1:{i}"));
        Assert.Equal(kept, Read(Topic + peers).Peers.Count);
    }

    [Theory]
    [InlineData(AnnounceUrl.CountMax, AnnounceUrl.CountMax)]
    [InlineData(AnnounceUrl.CountMax + 1, AnnounceUrl.CountMax)]
    public void Trackers_are_limited(int given, int kept)
    {
        var trackers = string.Concat(Enumerable.Range(1, given).Select(i => $"&tr=http://a:{i}/"));
        Assert.Equal(kept, Read(Topic + trackers).Trackers.Count);
    }

    [Fact]
    public void Writes_the_link()
    {
        Assert.True(Sha1Digest.TryParse(H, out var hash));
        Assert.Equal(Topic, new MagnetLink(hash).ToString());
        var whole = new MagnetLink(hash)
        {
            Name = "a+b &ü.bin",
            Trackers = ["http://a/b?c=d&e", "udp://f:1"],
            Peers = [new Endpoint(0x7F000001, 6881)],
        };
        var text = $"{Topic}&dn=a%2Bb%20%26%C3%BC.bin&tr=http%3A%2F%2Fa%2Fb%3Fc%3Dd%26e&tr=udp%3A%2F%2Ff%3A1&x.pe=127.0.0.1:6881";
        Assert.Equal(text, whole.ToString());
        var read = Read(text);
        Assert.Equal((hash, whole.Name), (read.InfoHash, read.Name));
        Assert.Equal(whole.Trackers, read.Trackers);
        Assert.Equal(whole.Peers, read.Peers);
    }

    private static MagnetLink Read(string text)
    {
        var link = MagnetLink.TryRead(text, out var error);
        Assert.Null(error);
        return Assert.IsType<MagnetLink>(link);
    }
}

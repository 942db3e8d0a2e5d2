using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Metadata;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class TorrentConfTests
{
    private const string H = "b03f0a063a217b3e94f1f87edc160ff1bbce8d3e";

    [Fact]
    public void Reads_the_example()
    {
        var conf = Read($$"""
            {
              "Peers": ["172.31.111.42", "172.31.111.69", "172.31.111.42"],
              "FileInfo": { "Size": 300, "PartSize": 256, "Parts": ["{{H}}", "{{H.ToUpperInvariant()}}"] }
            }
            """);

        Assert.Equal([0xAC1F6F2Au, 0xAC1F6F45u], conf.Peers);
        Assert.NotNull(conf.Info);
        Assert.Equal(("data.bin", 300L, 256, 2), (conf.Info.Name, conf.Info.Length, conf.Info.PieceLength, conf.Info.PieceCount));
        Assert.Equal(H, conf.Info.Hash(1).ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(" \n{ } \n")]
    [InlineData("\uFEFF{}")]
    [InlineData("""{"Peers":null,"FileInfo":null}""")]
    [InlineData("""{"Peers":[]}""")]
    [InlineData("""{"Extra":{"Peers":[1,{"a":null}]},"Comment":"x","n":1e99}""")]
    public void Both_members_are_optional(string json)
    {
        var conf = Read(json);
        Assert.Empty(conf.Peers);
        Assert.Null(conf.Info);
    }

    [Theory]
    [InlineData("""{"FileInfo":{"Size":0,"PartSize":1,"Parts":null}}""")]
    [InlineData("""{"FileInfo":{"Size":0,"PartSize":1,"Parts":[]}}""")]
    [InlineData("""{"FileInfo":{"Size":0,"PartSize":1}}""")]
    [InlineData("""{"fileinfo":{"PARTSIZE":1073741824,"size":0,"More":[[]]}}""")]
    public void A_file_may_be_empty(string json) => Assert.Equal(0, Read(json).Info!.PieceCount);

    [Fact]
    public void Members_come_in_any_order_and_case() =>
        Assert.Equal(5, Read($$"""{"FILEINFO":{"parts":["{{H}}"],"partSize":8,"SIZE":5},"peers":["1.2.3.4"]}""").Info!.PieceSize(0));

    [Theory]
    [InlineData("", "not JSON: line 1, byte 1")]
    [InlineData("{\n\n  \"a\" x}", "not JSON: line 3, byte 7")]
    [InlineData("{} x", "not JSON: line 1, byte 4")]
    [InlineData("{", "not JSON: line 1, byte 2")]
    [InlineData("{\"Peers\":[],}", "not JSON: line 1, byte 13")]
    [InlineData("{/**/}", "not JSON: line 1, byte 2")]
    [InlineData("[]", "the whole is an array: it must be an object")]
    [InlineData("null", "the whole is null: it must be an object")]
    [InlineData("""{"Peers":"1.2.3.4"}""", "Peers is a string: it must be an array of IPv4 addresses, or null")]
    [InlineData("""{"Peers":{}}""", "Peers is an object: it must be an array of IPv4 addresses, or null")]
    [InlineData("""{"Peers":["1.2.3.4",null]}""", "Peers[1] is null: it must be an IPv4 address in quotes")]
    [InlineData("""{"Peers":["1.2.3.4","1.2.3.5","1.2.3"]}""", "Peers[2] \"1.2.3\" is not an IPv4 address")]
    [InlineData("""{"Peers":["::1"]}""", "Peers[0] \"::1\" is not an IPv4 address")]
    [InlineData("""{"Peers":["a\nb"]}""", "Peers[0] \"a?b\" is not an IPv4 address")]
    [InlineData("""{"Peers":["\ud800"]}""", "Peers[0] is not Unicode text")]
    [InlineData("""{"Peers":[],"peers":[]}""", "Peers is there twice")]
    [InlineData("""{"\ud800":1}""", "a member's name is not Unicode text")]
    [InlineData("""{"FileInfo":[]}""", "FileInfo is an array: it must be an object, or null")]
    [InlineData("""{"FileInfo":null,"FileInfo":null}""", "FileInfo is there twice")]
    [InlineData("""{"FileInfo":{}}""", "FileInfo.Size is missing: it must be a whole number of at least 0")]
    [InlineData("""{"FileInfo":{"Size":1}}""", "FileInfo.PartSize is missing: it must be a whole number of at least 1")]
    [InlineData("""{"FileInfo":{"Size":-1}}""", "FileInfo.Size is -1: it must be at least 0")]
    [InlineData("""{"FileInfo":{"Size":9007199254740993}}""", "FileInfo.Size is 9007199254740993: it must be at most 9007199254740992")]
    [InlineData("""{"FileInfo":{"Size":1e3}}""", "FileInfo.Size is 1e3: it must be a whole number from 0 to 9007199254740992")]
    [InlineData("""{"FileInfo":{"Size":"5"}}""", "FileInfo.Size is a string: it must be a whole number from 0 to 9007199254740992")]
    [InlineData("""{"FileInfo":{"Size":1,"size":1}}""", "FileInfo.Size is there twice")]
    [InlineData("""{"FileInfo":{"PartSize":0}}""", "FileInfo.PartSize is 0: it must be at least 1")]
    [InlineData("""{"FileInfo":{"PartSize":1073741825}}""", "FileInfo.PartSize is 1073741825: it must be at most 1073741824")]
    [InlineData("""{"FileInfo":{"PartSize":true}}""", "FileInfo.PartSize is true: it must be a whole number from 1 to 1073741824")]
    [InlineData("""{"FileInfo":{"Parts":{}}}""", "FileInfo.Parts is an object: it must be an array of SHA-1 hashes, or null")]
    [InlineData("""{"FileInfo":{"Parts":[1]}}""", "FileInfo.Parts[0] is not 40 hexadecimal digits")]
    [InlineData($$$"""{"FileInfo":{"Parts":["{{{H}}}","{{{H}}}0"]}}""", "FileInfo.Parts[1] is not 40 hexadecimal digits")]
    [InlineData(
        """{"FileInfo":{"Parts":["z03f0a063a217b3e94f1f87edc160ff1bbce8d3e"]}}""",
        "FileInfo.Parts[0] is not 40 hexadecimal digits")]
    [InlineData(
        $$$"""{"FileInfo":{"Parts":["{{{H}}}"],"Size":2048,"PartSize":256}}""",
        "FileInfo.Parts has 1 hash, but 2048 bytes in parts of 256 need 8")]
    [InlineData("""{"FileInfo":{"Size":1,"PartSize":1}}""", "FileInfo.Parts has 0 hashes, but 1 bytes in parts of 1 need 1")]
    [InlineData(
        """{"FileInfo":{"Size":2097153,"PartSize":1}}""",
        "FileInfo.PartSize is 1: 2097153 bytes would be 2097153 parts, at most 2097152 are allowed")]
    public void Says_what_is_wrong(string json, string expected)
    {
        Assert.Null(TorrentConf.TryRead(Encoding.UTF8.GetBytes(json), "data.bin", out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_said_to_be_so()
    {
        Assert.Null(TorrentConf.TryRead([.. "{\"Peers\":[\""u8, 0xFF, .. "\"]}"u8], "data.bin", out var error));
        Assert.Equal("Peers[0] is not Unicode text", error);
    }

    [Fact]
    public void The_data_files_name_must_be_fit_to_share()
    {
        var json = """{"FileInfo":{"Size":0,"PartSize":1}}"""u8;
        Assert.Null(TorrentConf.TryRead(json, "a/b", out var error));
        Assert.Equal("the data file's name \"a/b\" can't be shared: it has a path separator", error);
    }

    [Fact]
    public void What_is_quoted_is_short()
    {
        Assert.Null(TorrentConf.TryRead(Encoding.UTF8.GetBytes($$"""{"Peers":["{{new string('x', 100_000)}}"]}"""), "d", out var error));
        Assert.InRange(error!.Length, 50, 100);
    }

    [Theory]
    [InlineData(TorrentConf.PeersMax, null)]
    [InlineData(TorrentConf.PeersMax + 1, "Peers has more than 65536 addresses")]
    public void Peers_are_limited(int count, string? expected)
    {
        var peers = Enumerable.Range(0, count).Select(i => $"\"{Endpoint.AddressText(0x0A000000 + (uint)i)}\"").ToArray();
        var json = $$"""{"Peers":[{{string.Join(',', peers.Concat(peers.Take(10)))}}]}""";
        var conf = TorrentConf.TryRead(Encoding.UTF8.GetBytes(json), "d", out var error);
        Assert.Equal(expected, error);
        Assert.Equal(expected is null ? count : null, conf?.Peers.Count);
    }

    [Theory]
    [InlineData(InfoDictionary.PieceCountMax, null)]
    [InlineData(InfoDictionary.PieceCountMax + 1, "FileInfo.Parts has more than 2097152 hashes")]
    public void Parts_are_limited(int count, string? expected)
    {
        var json = new StringBuilder("""{"FileInfo":{"PartSize":1,"Parts":[""");
        for (var i = 0; i < count; i++)
            json.Append(i == 0 ? "\"" : ",\"").Append(H).Append('"');
        json.Append("],\"Size\":").Append(count).Append("}}");
        var conf = TorrentConf.TryRead(Encoding.UTF8.GetBytes(json.ToString()), "d", out var error);
        Assert.Equal(expected, error);
        Assert.Equal(expected is null ? count : null, conf?.Info?.PieceCount);
    }

    [Fact]
    public void Writes_the_example()
    {
        Assert.True(Sha1Digest.TryParse(H, out var digest));
        var bytes = new byte[Sha1Digest.Length];
        digest.Write(bytes);

        var written = TorrentConf.Write([0xAC1F6F2A], InfoDictionary.Create("x", 5, 8, bytes));

        var expected = $$"""
            {
              "Peers": [
                "172.31.111.42"
              ],
              "FileInfo": {
                "Size": 5,
                "PartSize": 8,
                "Parts": [
                  "{{H}}"
                ]
              }
            }

            """;
        Assert.Equal(expected, Encoding.UTF8.GetString(written));
        Assert.Equal("{\n  \"Peers\": []\n}\n"u8, TorrentConf.Write([], null));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var any =
            from peers in Gen.Choose(int.MinValue, int.MaxValue).ListOf()
            from length in Gen.Choose(-1, 2000)
            from pieceLength in Gen.Choose(1, 300)
            select (Peers: peers.Select(peer => (uint)peer).Distinct().ToArray(), length, pieceLength);
        Prop.ForAll(any.ToArbitrary(), given =>
        {
            var info = given.length < 0 ? null : InfoDictionary.Create(
                "data.bin",
                given.length,
                given.pieceLength,
                new byte[InfoDictionary.CountPieces(given.length, given.pieceLength) * Sha1Digest.Length]);
            var read = TorrentConf.TryRead(TorrentConf.Write(given.Peers, info), "data.bin", out var error);
            return error is null && read!.Peers.SequenceEqual(given.Peers) && read.Info?.InfoHash == info?.InfoHash;
        }).QuickCheckThrowOnFailure();
    }

    private static TorrentConf Read(string json)
    {
        var conf = TorrentConf.TryRead(Encoding.UTF8.GetBytes(json), "data.bin", out var error);
        Assert.Null(error);
        return Assert.IsType<TorrentConf>(conf);
    }
}

using FsCheck;
using FsCheck.Fluent;
using Roj.Files.Metadata;
using Xunit;

namespace Roj.Tests.Files.Metadata;

public sealed class MetainfoTests
{
    private const string Info = "d6:lengthi1e4:name5:a.bin12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaae";

    [Fact]
    public void Reads_what_others_write()
    {
        var torrent = Read("d8:announce10:http://a/b13:announce-listll9:udp://c:1el10:http://a/b10:http://d/eee7:comment4:h\u00C3\u00A9h" +
            $"10:created by3:mkt13:creation datei1700000000e8:encoding5:UTF-84:info{Info}8:url-list10:http://w/xe");
        Assert.Equal(Hex.Latin(Info), torrent.Info.Bytes.ToArray());
        Assert.Equal(Sha1Digest.Of(Hex.Latin(Info)), torrent.Info.InfoHash);
        Assert.Equal([["udp://c:1"], ["http://a/b", "http://d/e"]], torrent.Trackers);
        Assert.Equal(("héh", "mkt", 1_700_000_000L), (torrent.Comment, torrent.CreatedBy, torrent.CreationDate));
        Assert.False(torrent.Info.IsPrivate);
    }

    [Fact]
    public void The_info_dictionary_stays_as_it_came_though_its_keys_are_others()
    {
        const string strange = "d6:pieces20:aaaaaaaaaaaaaaaaaaaa6:source1:x12:piece lengthi1e4:name5:a.bin6:lengthi1e7:privatei1ee";
        var torrent = Read($"d4:info{strange}e");
        Assert.Equal(Hex.Latin(strange), torrent.Info.Bytes.ToArray());
        Assert.True(torrent.Info.IsPrivate);
        Assert.Equal(Hex.Latin($"d4:info{strange}e"), torrent.Write());
    }

    [Theory]
    [InlineData("7:privatei1e", true)]
    [InlineData("7:privatei0e", false)]
    [InlineData("7:privatei2e", false)]
    [InlineData("7:private1:1", false)]
    [InlineData("7:privatei99999999999999999999e", false)]
    public void Private_is_the_number_one(string member, bool isPrivate) =>
        Assert.Equal(isPrivate, Read($"d4:info{Info[..^1]}{member}ee").Info.IsPrivate);

    [Fact]
    public void A_file_of_both_versions_is_read_as_the_first() => Assert.Equal(
        1,
        Read("d4:infod9:file treed5:a.bind0:d6:lengthi1eeee6:lengthi1e12:meta versioni2e4:name5:a.bin12:piece lengthi1e" +
            "6:pieces20:aaaaaaaaaaaaaaaaaaaaee").Info.PieceCount);

    [Theory]
    [InlineData("8:announce10:http://a/b", "http://a/b")]
    [InlineData("8:announce0:", "")]
    [InlineData("8:announce8:http://a13:announce-listle", "http://a")]
    [InlineData("8:announce8:http://a13:announce-listllee", "http://a")]
    [InlineData("8:announce8:http://a13:announce-listll8:http://bee", "http://b")]
    [InlineData("13:announce-listll0:8:http://b3:foo8:file:///11:http://a b/el9:http://b\nel8:ws://c:1ee", "http://b|ws://c:1")]
    public void Trackers_that_can_not_be_called_are_passed_over(string members, string expected) =>
        Assert.Equal(expected, string.Join('|', Read($"d{members}4:info{Info}e").Trackers.SelectMany(tier => tier)));

    [Theory]
    [InlineData(AnnounceUrl.CountMax, AnnounceUrl.CountMax)]
    [InlineData(AnnounceUrl.CountMax + 1, AnnounceUrl.CountMax)]
    public void Trackers_are_limited(int given, int kept)
    {
        var tiers = string.Concat(Enumerable.Range(0, given).Select(i => $"l{Text($"http://{i}/")}e"));
        Assert.Equal(kept, Read($"d13:announce-listl{tiers}e4:info{Info}e").Trackers.Count);
    }

    [Theory]
    [InlineData(AnnounceUrl.LengthMax, true)]
    [InlineData(AnnounceUrl.LengthMax + 1, false)]
    public void A_trackers_url_is_limited(int length, bool kept) =>
        Assert.Equal(kept, Read($"d8:announce{Text("http://a/".PadRight(length, 'x'))}4:info{Info}e").Trackers.Count == 1);

    [Theory]
    [InlineData(Metainfo.TextBytesMax, true)]
    [InlineData(Metainfo.TextBytesMax + 1, false)]
    public void A_comment_is_limited(int length, bool kept) =>
        Assert.Equal(kept, Read($"d7:comment{Text(new string('x', length))}4:info{Info}e").Comment is not null);

    [Theory]
    [InlineData("7:commenti7e")]
    [InlineData("7:comment1:\u00FF")]
    [InlineData("7:comment0:")]
    [InlineData("10:created byle")]
    [InlineData("13:creation date4:2026")]
    [InlineData("13:creation datei99999999999999999999e")]
    public void What_only_tells_people_something_may_be_wrong(string member)
    {
        var torrent = Read($"d{member}4:info{Info}e");
        Assert.Equal((null, null, null), (torrent.Comment, torrent.CreatedBy, torrent.CreationDate));
    }

    [Theory]
    [InlineData("", "not a .torrent file: it does not begin with a bencoded dictionary")]
    [InlineData("<html>", "not a .torrent file: it does not begin with a bencoded dictionary")]
    [InlineData("l4:infoe", "not a .torrent file: it does not begin with a bencoded dictionary")]
    [InlineData("d", "not a .torrent file: its bencoding is cut off or broken")]
    [InlineData("d4:info" + Info, "not a .torrent file: its bencoding is cut off or broken")]
    [InlineData("d4:info" + Info + "4:info" + Info + "e", "not a .torrent file: its bencoding is cut off or broken")]
    [InlineData("d4:info" + Info + "e\n", "1 bytes stand behind the end of the dictionary")]
    [InlineData("de", "info is missing: it must be a dictionary that describes the file")]
    [InlineData("d4:infolee", "info is a list: it must be a dictionary")]
    [InlineData("d8:announcei1e4:info" + Info + "e", "announce is a number: it must be a string")]
    [InlineData("d13:announce-list1:x4:info" + Info + "e", "announce-list is a string: it must be a list")]
    [InlineData("d13:announce-listlel1:xee", "not a .torrent file: its bencoding is cut off or broken")]
    [InlineData("d13:announce-listle1:xi1ee", "info is missing: it must be a dictionary that describes the file")]
    [InlineData("d13:announce-listl1:xe4:info" + Info + "e", "announce-list[0] is a string: it must be a list")]
    [InlineData("d13:announce-listlleldeee4:info" + Info + "e", "announce-list[1][…] is a dictionary: it must be a string")]
    public void Says_what_is_wrong(string text, string expected) => Refuses(text, expected);

    [Theory]
    [InlineData("", "info.length is missing")]
    [InlineData("6:lengthi1e", "info.name is missing")]
    [InlineData("6:lengthi1e4:name1:a", "info.piece length is missing")]
    [InlineData("6:lengthi1e4:name1:a12:piece lengthi1e", "info.pieces is missing")]
    [InlineData("6:lengthi-1e", "info.length is -1: it must be a whole number from 0 to 9007199254740992")]
    [InlineData("6:lengthi9007199254740993e", "info.length is 9007199254740993: it must be a whole number from 0 to 9007199254740992")]
    [InlineData(
        "6:lengthi99999999999999999999999999999999999999999999e",
        "info.length is 9999999999999999999999999999999999999999...: it must be a whole number from 0 to 9007199254740992")]
    [InlineData("6:length1:1", "info.length is a string: it must be a whole number from 0 to 9007199254740992")]
    [InlineData("4:name0:", "info.name \"\" won't do: it is empty")]
    [InlineData("4:name2:..", "info.name \"..\" won't do: it ends with a dot or a space")]
    [InlineData("4:name3:a/b", "info.name \"a/b\" won't do: it has a path separator")]
    [InlineData("4:name3:a\nb", "info.name \"a?b\" won't do: it has a control character")]
    [InlineData("4:name1:\u00FF", "info.name is not UTF-8")]
    [InlineData("4:namele", "info.name is a list: it must be a string")]
    [InlineData("12:piece lengthi0e", "info.piece length is 0: it must be a whole number from 1 to 1073741824")]
    [InlineData("12:piece lengthi1073741825e", "info.piece length is 1073741825: it must be a whole number from 1 to 1073741824")]
    [InlineData("12:piece lengthde", "info.piece length is a dictionary: it must be a whole number from 1 to 1073741824")]
    [InlineData("6:piecesi1e", "info.pieces is a number: it must be a string")]
    [InlineData(
        "6:lengthi2e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaa",
        "info.pieces has 20 bytes, but 2 bytes in pieces of 1 need 40")]
    [InlineData(
        "6:lengthi2097153e4:name1:a12:piece lengthi1e6:pieces0:",
        "info.piece length is 1: 2097153 bytes would be 2097153 pieces, at most 2097152 are allowed")]
    [InlineData(
        "5:filesld6:lengthi1e4:pathl1:beee4:name1:a12:piece lengthi1e6:pieces0:",
        "info.files is there: roj shares single files, not folders")]
    [InlineData(
        "9:file treede12:meta versioni2e4:name1:a12:piece lengthi16384e",
        "info.meta version is 2 and info.pieces is missing: this is BitTorrent v2 only (BEP 52), roj shares v1")]
    public void Says_what_is_wrong_with_the_description(string members, string expected) => Refuses($"d4:infod{members}ee", expected);

    [Fact]
    public void The_bytes_are_limited()
    {
        Assert.Null(Error(Padded(Metainfo.BytesMax)));
        Assert.Equal("it has 68157441 bytes: at most 68157440 are allowed", Error(Padded(Metainfo.BytesMax + 1)));

        static byte[] Padded(int length)
        {
            var bytes = new byte[length];
            Hex.Latin($"d4:info{Info}1:z{length - 20 - Info.Length}:").CopyTo(bytes, 0);
            bytes[^1] = (byte)'e';
            return bytes;
        }
    }

    [Fact]
    public void A_description_is_limited()
    {
        Assert.StartsWith("info has ", Error(Whole(InfoDictionary.BytesMax + 1)), StringComparison.Ordinal);
        Assert.Null(Error(Whole(InfoDictionary.BytesMax)));

        static byte[] Whole(int infoLength)
        {
            var head = Hex.Latin($"{Info[..^1]}1:z{infoLength - Info.Length - 12}:");
            var info = new byte[infoLength];
            head.CopyTo(info, 0);
            info[^1] = (byte)'e';
            return [.. "d4:info"u8, .. info, (byte)'e'];
        }
    }

    [Fact]
    public void Writes_the_same_bytes_for_the_same_file()
    {
        var info = InfoDictionary.Create("a.bin", 1, 1, Hex.Latin("aaaaaaaaaaaaaaaaaaaa"));
        Assert.Equal(Hex.Latin($"d4:info{Info}e"), new Metainfo(info).Write());
        Assert.Equal(Hex.Latin($"d8:announce8:http://a4:info{Info}e"), new Metainfo(info) { Trackers = [["http://a"]] }.Write());
        Assert.Equal(
            Hex.Latin($"d8:announce8:http://a13:announce-listll8:http://a8:http://bel8:http://cee7:comment1:x10:created by1:y" +
                $"13:creation datei-1e4:info{Info}e"),
            new Metainfo(info)
            {
                Trackers = [["http://a", "http://b"], ["http://c"]],
                Comment = "x",
                CreatedBy = "y",
                CreationDate = -1,
            }.Write());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var any =
            from tiers in Gen.Choose(1, 9).ListOf(3)
            from comment in Gen.Elements(null, "x", "ünï")
            from date in Gen.Elements(null, (long?)0, long.MinValue)
            select (Tiers: tiers, Comment: comment, Date: date);
        Prop.ForAll(any.ToArbitrary(), given =>
        {
            var info = InfoDictionary.Create("a", 0, 1, []);
            string[][] trackers =
                [.. given.Tiers.Select((count, tier) => Enumerable.Range(0, count).Select(i => $"http://{tier}/{i}").ToArray())];
            var made = new Metainfo(info) { Trackers = trackers, Comment = given.Comment, CreationDate = given.Date };
            var read = Metainfo.TryRead(made.Write(), out var error);
            return error is null && read!.Info.InfoHash == info.InfoHash && read.Comment == given.Comment &&
                read.CreationDate == given.Date && read.Trackers.Select(tier => string.Join(' ', tier))
                    .SequenceEqual(trackers.Select(tier => string.Join(' ', tier)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void It_has_a_magnet_link() => Assert.Equal(
        $"magnet:?xt=urn:btih:{Sha1Digest.Of(Hex.Latin(Info))}&dn=a.bin&tr=http%3A%2F%2Fa%2Fb&tr=udp%3A%2F%2Fc%3A1",
        Read($"d13:announce-listll10:http://a/bel9:udp://c:1ee4:info{Info}e").Magnet.ToString());

    private static string Text(string text) => $"{text.Length}:{text}";

    private static Metainfo Read(string text)
    {
        var torrent = Metainfo.TryRead(Hex.Latin(text), out var error);
        Assert.Null(error);
        return Assert.IsType<Metainfo>(torrent);
    }

    private static void Refuses(string text, string expected)
    {
        Assert.Null(Metainfo.TryRead(Hex.Latin(text), out var error));
        Assert.Equal(expected, error);
    }

    private static string? Error(byte[] bytes)
    {
        Metainfo.TryRead(bytes, out var error);
        return error;
    }
}

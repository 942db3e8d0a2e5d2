using System.Text;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>Descriptions from elsewhere that can't be: one line that names the file and the member, exit code 2, nothing written.</summary>
public class TorrentBadInputTests
{
    private const string Address = "127.0.0.1";
    private const string Pieces = "6:pieces20:aaaaaaaaaaaaaaaaaaaa";
    private const string Right = "6:lengthi1e4:name1:a12:piece lengthi1e" + Pieces;

    public static TheoryData<string, string> BadTorrents => new()
    {
        { "", "not a .torrent file" },
        { "nonsense", "not a .torrent file" },
        { "d4:infod" + Right, "cut off" },
        { "d4:infod" + Right + "eex", "behind the end" },
        { "de", "info is missing" },
        { "d4:infoi1ee", "info is a number" },
        { "d8:announcei1e4:infod" + Right + "ee", "announce is a number" },
        { "d13:announce-listi1e4:infod" + Right + "ee", "announce-list is a number" },
        { "d13:announce-listl1:xe4:infod" + Right + "ee", "announce-list[0]" },
        { Info("5:filesld6:lengthi1e4:pathl1:beee4:name1:a12:piece lengthi1e" + Pieces), "info.files" },
        { Info("9:file treede12:meta versioni2e4:name1:a12:piece lengthi16384e"), "info.meta version" },
        { Info(Right + "7:privatei1e"), "info.private" },
        { Info(Right.Replace("i1e4", "1:x4", StringComparison.Ordinal)), "info.length is a string" },
        { Info(Right.Replace("i1e4", "i-1e4", StringComparison.Ordinal)), "info.length is -1" },
        { Info(Right.Replace("i1e4", "i99999999999999999999e4", StringComparison.Ordinal)), "info.length is 99999999999999999999" },
        { Info(Right.Replace("i1e4", "i9007199254740992e4", StringComparison.Ordinal)), "info.piece length" },
        { Info(Right.Replace("i1e6", "i0e6", StringComparison.Ordinal)), "info.piece length is 0" },
        { Info(Right.Replace("i1e6", "i1073741825e6", StringComparison.Ordinal)), "info.piece length is 1073741825" },
        { Info(Right.Replace(Pieces, "6:pieces2147483647:", StringComparison.Ordinal)), "cut off" },
        { Info(Right.Replace(Pieces, "6:piecesle", StringComparison.Ordinal)), "info.pieces is a list" },
        { Info(Right.Replace("i1e4", "i2e4", StringComparison.Ordinal)), "info.pieces has 20 bytes" },
        { Info(Right.Replace("1:a", "0:", StringComparison.Ordinal)), "info.name" },
        { Info(Right.Replace("1:a", "2:..", StringComparison.Ordinal)), "info.name \"..\"" },
        { Info(Right.Replace("1:a", "9:../../etc", StringComparison.Ordinal)), "info.name \"../../etc\"" },
        { Info(Right.Replace("1:a", "3:a\\b", StringComparison.Ordinal)), "path separator" },
        { Info(Right.Replace("1:a", "3:a\nb", StringComparison.Ordinal)), "control character" },
        { Info(Right.Replace("1:a", "4:\u202Ea", StringComparison.Ordinal)), "control character" },
    };

    public static TheoryData<string, string> BadMagnets => new()
    {
        { "", "magnet:?" },
        { "http://127.0.0.1/", "magnet:?" },
        { "magnet:?dn=x", "xt is missing" },
        { "magnet:?xt=urn:sha1:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK", "xt is missing" },
        { "magnet:?xt=urn:btmh:1220aabb", "BEP 52" },
        { "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88", "has no info hash" },
        { "magnet:?xt=urn:btih:g12fe1c06bba254a9dc9f519b335aa7c1367a88a", "has no info hash" },
        { "magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE1", "has no info hash" },
        { "magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKE", "has no info hash" },
        { "magnet:?" + new string('x', 16384), "16384" },
    };

    public static TheoryData<string[], string> BadCommands => new()
    {
        { ["create"], "create" },
        { ["create", ""], "FILE" },
        { ["create", "no"], "there is no such file" },
        { ["create", "."], "it is a directory" },
        { ["create", "empty"], "it is empty" },
        { ["create", "data", "--piece-size", "0"], "--piece-size" },
        { ["create", "data", "--piece-size", "2G"], "--piece-size" },
        { ["create", "data", "--piece-size", "many"], "--piece-size" },
        { ["create", "data", "--tracker", "tracker"], "--tracker" },
        { ["create", "data", "-o", "data"], "written over" },
        { ["create", "data", "--conf", "./data"], "written over" },
        { ["create", "data", "-o", "x", "--conf", "x"], "written over" },
        { ["show"], "show" },
        { ["show", "no"], "does not exist" },
        { ["show", "."], "is a directory" },
        { ["show", "empty"], "not JSON" },
        { ["show", "magnet:?x"], "xt is missing" },
        { ["show", "data", "--output", "xml"], "--output" },
        { ["bogus"], "'bogus'" },
    };

    [Theory]
    [MemberData(nameof(BadTorrents))]
    public async Task A_bad_torrent_file_is_named_and_nothing_is_written(string text, string named)
    {
        using var workshop = new Workshop();
        var torrent = workshop.Put("bad.torrent", Encoding.UTF8.GetBytes(text));
        using var roj = workshop.Start("sync", "--torrent", torrent, "--data", workshop.At("data.bin"), "--address", Address);
        AssertWrongUse(await roj.EndAsync(), torrent, named);
        Assert.Single(Directory.GetFileSystemEntries(workshop.Folder));
    }

    [Theory]
    [MemberData(nameof(BadMagnets))]
    public async Task A_bad_magnet_link_is_named_and_nothing_is_written(string link, string named)
    {
        using var workshop = new Workshop();
        using var roj = workshop.Start("sync", "--magnet", link, "--data", workshop.At("data.bin"), "--address", Address);
        AssertWrongUse(await roj.EndAsync(), "--magnet", named);
        Assert.Empty(Directory.GetFileSystemEntries(workshop.Folder));
    }

    [Theory]
    [MemberData(nameof(BadCommands))]
    public async Task A_wrong_command_is_one_line_and_nothing_is_written(string[] args, string named)
    {
        using var workshop = new Workshop();
        workshop.Put("data", "precious");
        workshop.Put("empty", "");
        using var roj = workshop.Start(["torrent", .. args]);
        AssertWrongUse(await roj.EndAsync(), named);
        Assert.Equal("precious", File.ReadAllText(workshop.At("data")));
        Assert.Equal(2, Directory.GetFileSystemEntries(workshop.Folder).Length);
    }

    [Theory]
    [InlineData("no", "there is no such file")]
    [InlineData("empty", "it is empty")]
    [InlineData("folder", "it is a directory")]
    public async Task What_is_not_there_is_not_shared(string name, string named)
    {
        using var workshop = new Workshop();
        workshop.Put("empty", "");
        Directory.CreateDirectory(workshop.At("folder"));
        using var roj = workshop.Start("sync", "--share", "--data", workshop.At(name), "--address", Address);
        AssertWrongUse(await roj.EndAsync(), workshop.At(name), named);
        Assert.Equal(2, Directory.GetFileSystemEntries(workshop.Folder).Length);
    }

    [Fact]
    public async Task Two_descriptions_are_one_too_many()
    {
        using var workshop = new Workshop();
        var config = workshop.Configure("torrent.conf", describes: true);
        using var roj = workshop.Sync(config, workshop.Put("data.bin", workshop.File.Bytes), Address, "--share");
        AssertWrongUse(await roj.EndAsync(), config, "FileInfo", "--share");
    }

    [Fact]
    public async Task A_place_that_can_not_be_written_is_named_before_the_work()
    {
        using var workshop = new Workshop();
        workshop.Put("data", "x");
        using var roj = workshop.Start("torrent", "create", "data", "-o", "nowhere/x.torrent");
        AssertOneLine(await roj.EndAsync(), 1, "nowhere/x.torrent", "No such file or directory");
    }

    [Fact]
    public async Task A_full_disk_is_named_and_leaves_nothing()
    {
        using var workshop = new Workshop();
        workshop.Put("data", new byte[1 << 20]);
        var disk = Directory.CreateDirectory(workshop.At("disk")).FullName;
        Tool.Run("mount", ["-n", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk]);
        try
        {
            using var roj = workshop.Start("torrent", "create", "data", "-o", "disk/x.torrent", "--piece-size", "64");
            AssertOneLine(await roj.EndAsync(), 1, "disk/x.torrent", "No space left on device");
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Tool.Run("umount", ["--lazy", disk]);
        }
    }

    private static string Info(string members) => $"d4:infod{members}ee";

    private static void AssertWrongUse(RojEnd end, params string[] named)
    {
        AssertOneLine(end, 2, named);
        Assert.Equal("", end.Output);
    }

    private static void AssertOneLine(RojEnd end, int exitCode, params string[] named)
    {
        Assert.StartsWith("roj: ", end.Errors, StringComparison.Ordinal);
        Assert.Equal(1, end.Errors.Count(c => c == '\n'));
        Assert.All(named, name => Assert.Contains(name, end.Errors, StringComparison.Ordinal));
        Assert.Equal(exitCode, end.ExitCode);
    }
}

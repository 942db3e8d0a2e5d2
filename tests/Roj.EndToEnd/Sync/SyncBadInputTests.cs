using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>What a user can get wrong: one line that says what, an exit code, and not a byte of the data file touched.</summary>
public class SyncBadInputTests
{
    private const string Address = "127.0.0.1";
    private const string Hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    public static TheoryData<string, string> BadConfigurations => new()
    {
        { "", "not JSON" },
        { "nonsense", "not JSON: line 1" },
        { "{\n\"Peers\": [,]}", "line 2" },
        { "{} {}", "not JSON" },
        { "[]", "must be an object" },
        { "{\"Peers\":\"127.0.0.2\"}", "Peers" },
        { "{\"Peers\":[7]}", "Peers[0]" },
        { "{\"Peers\":[\"127.0.0.2\",\"::1\"]}", "Peers[1]" },
        { "{\"Peers\":[\"localhost\"]}", "Peers[0]" },
        { "{\"FileInfo\":[]}", "FileInfo" },
        { "{\"FileInfo\":{}}", "FileInfo.Size" },
        { Described("-1", "4", 0), "FileInfo.Size" },
        { Described("\"3\"", "4", 1), "FileInfo.Size" },
        { Described("2.5", "4", 1), "FileInfo.Size" },
        { Described("9007199254740993", "1073741824", 1), "FileInfo.Size" },
        { Described("1e400", "4", 1), "FileInfo.Size" },
        { Described("3", "0", 1), "FileInfo.PartSize" },
        { Described("3", "-4", 1), "FileInfo.PartSize" },
        { Described("3", "null", 1), "FileInfo.PartSize" },
        { Described("3", "1073741825", 1), "FileInfo.PartSize" },
        { Described("9007199254740992", "1", 1), "FileInfo.PartSize" },
        { Described("3", "4", 0), "FileInfo.Parts" },
        { Described("3", "4", 2), "FileInfo.Parts" },
        { Described("0", "4", 1), "FileInfo.Parts" },
        { Described("3", "4", 1).Replace(Hash, Hash[1..], StringComparison.Ordinal), "FileInfo.Parts[0]" },
        { Described("3", "4", 1).Replace(Hash, Hash + "00", StringComparison.Ordinal), "FileInfo.Parts[0]" },
        { Described("3", "4", 1).Replace(Hash, "x" + Hash[1..], StringComparison.Ordinal), "FileInfo.Parts[0]" },
        { Described("5", "4", 2).Replace($",\"{Hash}\"", ",7", StringComparison.Ordinal), "FileInfo.Parts[1]" },
    };

    public static TheoryData<string[], string> BadCommandLines => new()
    {
        { [], "command" },
        { ["snyc"], "'snyc'" },
        { ["sync", "--bogus"], "'--bogus'" },
        { ["sync", "--bogus", "--port", "0"], "'--bogus'" },
        { ["sync", "extra"], "'extra'" },
        { ["sync", "two\nlines"], "'two lines'" },
        { ["sync", "--port"], "--port" },
        { ["sync", "--port", "0"], "--port" },
        { ["sync", "--port", "-1"], "--port" },
        { ["sync", "--port", "65536"], "--port" },
        { ["sync", "--port", "http"], "--port" },
        { ["sync", "--port", "1", "--port", "2"], "--port" },
        { ["sync", "--node-port", "0"], "--node-port" },
        { ["sync", "--address", ""], "--address" },
        { ["sync", "--address", "localhost"], "--address" },
        { ["sync", "--address", "::1"], "--address" },
        { ["sync", "--address", "127.1"], "--address" },
        { ["sync", "--seed-for", "30"], "--seed-for" },
        { ["sync", "--seed-for", "-1s"], "--seed-for" },
        { ["sync", "--seed-for", "s"], "--seed-for" },
        { ["sync", "--seed-for", "2000000000h"], "--seed-for" },
        { ["sync", "--output", "xml"], "--output" },
        { ["sync", "--config", ""], "--config" },
        { ["sync", "--data", ""], "--data" },
        { ["sync", "--data", "folder/"], "--data" },
        { ["sync", "--cluster", ""], "--cluster" },
        { ["sync", "--cluster", new string('x', 64)], "--cluster" },
        { ["up", "1", "--share", "x"], "roj up" },
        { ["up", "five", "--share", "x"], "roj up" },
        { ["up", "65"], "roj up" },
        { ["up", "--share", ""], "--share" },
        { ["sim", "--seed", "x"], "--seed" },
        { ["sim", "--seeds", "0"], "--seeds" },
        { ["sim", "--seeds", "-5"], "--seeds" },
    };

    [Theory]
    [MemberData(nameof(BadConfigurations))]
    public async Task A_bad_configuration_is_named_and_the_data_file_is_left_alone(string json, string named)
    {
        using var workshop = new Workshop();
        var config = workshop.Put("torrent.conf", json);
        var data = workshop.Put("data.bin", "precious");
        var written = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(data, written);

        using var roj = workshop.Sync(config, data, Address);
        var end = await roj.EndAsync();

        AssertWrongUse(end, config, named);
        Assert.Equal("precious", File.ReadAllText(data));
        Assert.Equal(written, File.GetLastWriteTimeUtc(data));
        Assert.Equal(2, Directory.GetFileSystemEntries(workshop.Folder).Length);
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_named()
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.At("no.conf"), workshop.At("data.bin"), Address);
        AssertWrongUse(await roj.EndAsync(), workshop.At("no.conf"), "does not exist");
        Assert.Empty(Directory.GetFileSystemEntries(workshop.Folder));
    }

    [Fact]
    public async Task A_configuration_that_is_a_directory_is_named()
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.Folder, workshop.At("data.bin"), Address);
        AssertWrongUse(await roj.EndAsync(), workshop.Folder, "is a directory");
    }

    [Theory]
    [MemberData(nameof(BadCommandLines))]
    public async Task A_wrong_command_line_is_one_line_that_names_what_is_wrong(string[] args, string named)
    {
        using var workshop = new Workshop();
        using var roj = workshop.Start(args);
        AssertWrongUse(await roj.EndAsync(), named, "--help");
    }

    [Fact]
    public async Task An_address_that_no_interface_has_is_wrong_use()
    {
        using var workshop = new Workshop();
        // 192.0.2.1 is nobody's: TEST-NET-1 of RFC 5737.
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", describes: false), workshop.At("data.bin"), "192.0.2.1");
        AssertWrongUse(await roj.EndAsync(), "192.0.2.1", "no interface");
    }

    [Fact]
    public async Task A_port_in_use_fails_and_the_address_is_named()
    {
        using var workshop = new Workshop();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Parse(Address), 0));
        taken.Listen();
        var port = $"{((IPEndPoint)taken.LocalEndPoint!).Port}";
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), workshop.At("data.bin"), Address, "--port", port);
        AssertFailed(await roj.EndAsync(), $"{Address}:{port}", "Address already in use");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_data_file_that_is_a_directory_fails_at_once(bool described)
    {
        using var workshop = new Workshop();
        var data = Directory.CreateDirectory(workshop.At("data.bin")).FullName;
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", described), data, Address);
        AssertFailed(await roj.EndAsync(), data, "Is a directory");
    }

    [Fact]
    public async Task A_data_file_without_a_folder_fails_at_once()
    {
        using var workshop = new Workshop();
        var data = workshop.At("nowhere/data.bin");
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", false), data, Address);
        AssertFailed(await roj.EndAsync(), data, "No such file or directory");
    }

    [Fact]
    public async Task A_data_file_that_cannot_be_written_fails_and_is_named()
    {
        using var workshop = new Workshop();
        var config = workshop.Configure("torrent.conf", describes: true);
        var disk = Directory.CreateDirectory(workshop.At("disk")).FullName;
        var data = Path.Combine(disk, "data.bin");
        Tool.Run("mount", ["-n", "-t", "tmpfs", "tmpfs", disk]);
        try
        {
            File.WriteAllText(data, "precious");
            Tool.Run("mount", ["-n", "-o", "remount,ro", disk]);
            using var roj = workshop.Sync(config, data, Address);
            AssertFailed(await roj.EndAsync(), data, "Read-only file system");
            Assert.Equal("precious", File.ReadAllText(data));
        }
        finally
        {
            Tool.Run("umount", ["--lazy", disk]);
        }
    }

    [Fact]
    public async Task A_file_of_two_pebibytes_of_holes_can_be_given_up_at_any_time()
    {
        using var workshop = new Workshop();
        const long GiB = 1 << 30;
        var config = workshop.Put("torrent.conf", Described($"{GiB << 21}", $"{GiB}", 1 << 21));
        using var roj = workshop.Sync(config, workshop.At("data.bin"), Address);
        await roj.SaysAsync("2097152 parts");
        var (end, took) = await roj.SignalAsync(Native.SigTerm);
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static string Described(string size, string partSize, int hashes)
    {
        var parts = string.Join(',', Enumerable.Repeat($"\"{Hash}\"", hashes));
        return $$$"""{"FileInfo":{"Size":{{{size}}},"PartSize":{{{partSize}}},"Parts":[{{{parts}}}]}}""";
    }

    private static void AssertWrongUse(RojEnd end, params string[] named)
    {
        AssertOneLine(end, named);
        Assert.Equal("", end.Output);
        Assert.Equal(2, end.ExitCode);
    }

    private static void AssertFailed(RojEnd end, params string[] named)
    {
        AssertOneLine(end, named);
        Assert.Equal(1, end.ExitCode);
    }

    private static void AssertOneLine(RojEnd end, string[] named)
    {
        Assert.StartsWith("roj: ", end.Errors, StringComparison.Ordinal);
        Assert.Equal(1, end.Errors.Count(c => c == '\n'));
        Assert.All(named, name => Assert.Contains(name, end.Errors, StringComparison.Ordinal));
    }
}

using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Daemon;

public class NodeConfigurationTests
{
    private readonly SortedDictionary<string, string> environment = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IReadOnlyList<string>> words = new(StringComparer.Ordinal);

    [Fact]
    public void Variables_that_look_like_settings_and_are_none_are_named() => Assert.Equal(
        ["ROJ_HTP_PORT", "ROJ_data_dir"],
        NodeConfiguration.Unknown(
        [
            "ROJ_HTTP_PORT", "ROJ_data_dir", "ROJ_HTP_PORT", "ROJ_DATA_DIR", "ROJ_NODE", "ROJ_CONFIG", "ROJ_TOKEN", "ROJ_TOKEN_FILE",
            "ROJ_KEY", "ROJ_KEY_FILE", "HOME",
        ]));

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file_over_what_is_usual()
    {
        using var folder = Folder("""{ "name": "file", "cluster": "file", "port": 1, "httpPort": 2 }""");
        environment["ROJ_CLUSTER"] = "environment";
        environment["ROJ_PORT"] = "3";
        words["port"] = ["4"];
        var options = Read();
        Assert.Equal(("file", "environment", 4, 2), (options.Name, options.Cluster, options.Port, options.HttpPort));
        Assert.Equal((true, true, false, LogLevel.Info), (options.Broadcast, options.Sweep, options.Insecure, options.LogLevel));
        Assert.Equal(Path.GetDirectoryName(folder.At("roj.json")), options.DataPath);
    }

    [Fact]
    public void A_key_comes_by_the_environment_or_a_file_and_is_never_told()
    {
        using var folder = Folder("""{ "keyFile": "/etc/roj.key", "allowPlainSwarm": true }""");
        var key = ClusterKey.Create();
        environment["ROJ_KEY"] = key.Reveal();
        var options = Read();
        Assert.Equal(("/etc/roj.key", key.Id, true), (options.KeyPath, options.Key!.Id, options.AllowPlainSwarm));
        Assert.DoesNotContain(key.Reveal()[6..], options.ToString(), StringComparison.Ordinal);
        environment["ROJ_KEY"] = $"{key.Reveal()}\n{ClusterKey.Create().Reveal()}";
        Assert.Equal("ROJ_KEY has one key; several stand in a file: --key-file", Assert.Throws<NodeException>(Read).Message);
        words["key-file"] = ["-"]; // what the command line says is meant
        Assert.Equal(("-", null), (Read().KeyPath, Read().Key));
    }

    [Fact]
    public void How_many_make_a_cluster_may_be_said_everywhere_and_is_one_to_seven()
    {
        using var folder = Folder("""{ "expect": 3 }""");
        Assert.Equal(3, Read().Expect);
        environment["ROJ_EXPECT"] = "5";
        Assert.Equal(5, Read().Expect);
        foreach (var (word, number) in new[] { ("1", 1), ("7", 7) })
        {
            words["expect"] = [word];
            Assert.Equal(number, Read().Expect);
        }

        foreach (var wrong in new[] { "0", "8", "-1", "three", "3.0", "" })
        {
            words["expect"] = [wrong];
            var e = Assert.Throws<NodeException>(Read);
            Assert.Equal(($"--expect takes a whole number from 1 to 7, not '{wrong}'", true), (e.Message, e.IsWrongUse));
        }
    }

    [Fact]
    public void Others_names_work_and_our_own_win()
    {
        using var folder = Folder("""{ "interface": "file0" }""");
        environment["INTERFACE_NAME"] = "eth7";
        environment["BROADCAST_PORT"] = "1234";
        environment["HTTP_PORT"] = "2345";
        environment["IP_ADDRESS"] = "10.0.1.101";
        environment["ROJ_HTTP_PORT"] = "3456";
        var options = Read();
        Assert.Equal(("eth7", 1234, 3456), (options.Interface, options.Port, options.HttpPort));
        Assert.Equal(0x0A000165u, options.Address);
    }

    [Fact]
    public void Lists_may_be_given_in_every_place()
    {
        using var folder = Folder("""{ "join": ["10.0.0.1", "10.0.0.2:7000"], "tag": { "rack": 7, "disk": "a=b" } }""");
        var options = Read();
        Assert.Equal([new Endpoint(0x0A000001, 0), new Endpoint(0x0A000002, 7000)], options.Join);
        Assert.Equal([new("rack", "7"), new("disk", "a=b")], options.Tags);
        Assert.Equal(options.Tags, Tags.Read(Tags.Write(options.Tags)));

        environment["ROJ_JOIN"] = "10.0.0.3, 10.0.0.4";
        Assert.Equal([new Endpoint(0x0A000003, 0), new Endpoint(0x0A000004, 0)], Read().Join);
        words["join"] = ["10.0.0.5,10.0.0.6", "10.0.0.7"];
        Assert.Equal(3, Read().Join.Count);
    }

    [Theory]
    [InlineData("""{ "port": 0 }""", ": port takes a whole number from 1 to 65535, not '0'")]
    [InlineData("""{ "port": 65536 }""", ": port takes a whole number")]
    [InlineData("""{ "port": "x" }""", ": port takes a whole number")]
    [InlineData("""{ "port": [1, 2] }""", ": port takes a whole number")]
    [InlineData("""{ "port": null }""", ": port takes a whole number")]
    [InlineData("""{ "address": "10.1" }""", ": address takes an IPv4 address")]
    [InlineData("""{ "noSweep": "yes" }""", ": noSweep takes true or false, not 'yes'")]
    [InlineData("""{ "join": ["10.0.0.1", "there"] }""", ": join takes addresses")]
    [InlineData("""{ "join": ["255.255.255.255"] }""", ": join takes addresses")]
    [InlineData("""{ "tag": ["rack"] }""", ": tag takes name=value")]
    [InlineData("""{ "tag": ["a=1", "a=2"] }""", ": tag takes name=value")]
    [InlineData("""{ "name": "" }""", ": name takes a text")]
    [InlineData("{ \"name\": \"a\\nb\" }", ": name takes a text")]
    [InlineData("{ \"name\": \"\\ud800\" }", ": half a surrogate pair")]
    [InlineData("""{ "logLevel": "loud" }""", ": logLevel takes debug, info, warning or error")]
    [InlineData("""{ "Port": 1 }""", ": Port is no setting; there are name, cluster, join")]
    [InlineData("""{ "dataDir": "/tmp" }""", ": dataDir is no setting")]
    [InlineData("""{ "port": 1, "port": 1 }""", ": port is there twice")]
    [InlineData("[]", " must be a JSON object")]
    [InlineData("{\n\"port\": }", ": line 2 is not JSON")]
    [InlineData("", ": line 1 is not JSON")]
    public void What_is_wrong_in_the_file_is_named(string json, string complaint)
    {
        using var folder = Folder(json);
        Assert.StartsWith(folder.At("roj.json") + complaint, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_elsewhere_is_named_even_where_it_is_overruled()
    {
        using var folder = Folder("{}");
        words["port"] = ["7071"];
        environment["ROJ_PORT"] = "many";
        Assert.StartsWith("ROJ_PORT takes a whole number", Refused(), StringComparison.Ordinal);
        environment.Remove("ROJ_PORT");
        environment["HTTP_PORT"] = "-1";
        Assert.StartsWith("HTTP_PORT takes a whole number", Refused(), StringComparison.Ordinal);
        environment.Remove("HTTP_PORT");
        words["output"] = ["xml"];
        Assert.Equal("--output takes json or text, not 'xml'", Refused());
    }

    [Fact]
    public void A_file_that_the_user_names_must_be_there()
    {
        using var folder = Folder("{}");
        words["config"] = [folder.At("other.json")];
        Assert.Equal($"{folder.At("other.json")} does not exist", Refused());
        File.Delete(folder.At("roj.json"));
        words.Remove("config");
        Assert.Equal("roj", Read().Cluster); // the one that nobody named need not
    }

    [Fact]
    public void A_name_has_as_many_bytes_as_may_be_and_not_one_more()
    {
        using var folder = Folder("{}");
        words["name"] = [new string('n', 63)];
        Assert.Equal(63, Read().Name!.Length);
        words["name"] = [new string('n', 62) + "ñ"];
        Assert.StartsWith("--name takes a text of 1 to 63 bytes", Refused(), StringComparison.Ordinal);
    }

    private NodeOptions Read() => NodeConfiguration.Read(
        words.ToDictionary(), name => environment.GetValueOrDefault(name), isRoot: false);

    private string Refused()
    {
        var refused = Assert.Throws<NodeException>(Read);
        Assert.True(refused.IsWrongUse);
        return refused.Message;
    }

    private ScratchFolder Folder(string json)
    {
        var folder = new ScratchFolder();
        folder.Put("roj.json", System.Text.Encoding.UTF8.GetBytes(json));
        environment["ROJ_DATA_DIR"] = Path.GetDirectoryName(folder.At("roj.json"))!;
        return folder;
    }
}

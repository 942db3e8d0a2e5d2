using Microsoft.Extensions.Options;
using Xunit;

namespace Roj.Tests.Cluster;

public sealed class RojOptionsTests
{
    public static TheoryData<Action<RojOptions>, string> Wrong => new()
    {
        { o => o.Cluster = "", "RojOptions.Cluster takes a text of 1 to 63 bytes, not ''" },
        { o => o.Cluster = null!, "RojOptions.Cluster takes a text of 1 to 63 bytes, not ''" },
        { o => o.Name = new string('n', 64), $"RojOptions.Name takes a text of 1 to 63 bytes, not '{new string('n', 64)}'" },
        { o => o.Address = "::1", "RojOptions.Address takes an IPv4 address of this machine, such as 192.168.7.11, not '::1'" },
        { o => o.Port = 0, "RojOptions.Port takes a whole number from 1 to 65535, not '0'" },
        { o => o.Port = 65536, "RojOptions.Port takes a whole number from 1 to 65535, not '65536'" },
        { o => o.Port = -1, "RojOptions.Port takes a whole number from 1 to 65535, not '-1'" },
        { o => o.SwarmPort = 65536, "RojOptions.SwarmPort takes a whole number from 1 to 65535, not '65536'" },
        { o => o.Interface = "", "RojOptions.Interface takes the name of a network interface, such as eth0, not ''" },
        { o => o.DataDirectory = "", "RojOptions.DataDirectory takes the path of a directory, or null to keep nothing" },
        { o => o.Key = "", "RojOptions.Key has 0 keys; 1 to 3 may be there, a line each: 'roj keygen' makes one" },
        { o => o.Key = "hunter2", "RojOptions.Key, line 1: a key begins with roj1-, this does not" },
        { o => o.KeyFile = "", "RojOptions.KeyFile takes the path of a file, or - for standard input, not ''" },
        { o => o.KeyFile = "-", "RojOptions.KeyFile takes the path of a file" },
        { o => o.Expect = -1, "RojOptions.Expect takes a whole number from 1 to 7, not '-1'" },
        { o => o.Expect = 8, "RojOptions.Expect takes a whole number from 1 to 7, not '8'" },
        { o => o.Expect = 3, "RojOptions.Expect needs a RojOptions.DataDirectory: what a node promises must survive it" },
        { o => o.Election = (RojElection)7, "RojOptions.Election takes bully or ring, not '7'" },
        {
            o => o.Lease = TimeSpan.FromMilliseconds(99),
            "RojOptions.Lease takes a time from 100ms to 60s, such as 2s or 500ms, not '99ms'"
        },
        {
            o => o.Lease = TimeSpan.FromMilliseconds(60_001),
            "RojOptions.Lease takes a time from 100ms to 60s, such as 2s or 500ms, not '60001ms'"
        },
        {
            o => o.Lease = TimeSpan.FromMilliseconds(100.5),
            "RojOptions.Lease takes a time from 100ms to 60s, such as 2s or 500ms, not '100.5ms'"
        },
        {
            o => o.ElectionWait = TimeSpan.FromMilliseconds(-1),
            "RojOptions.ElectionWait takes a time from 0s to 60s, such as 15s or 500ms, not '-1ms'"
        },
        { o => o.Join.Add(""), "RojOptions.Join takes addresses such as 192.168.7.11 or 192.168.7.11:7071, at most 256, not 'nothing'" },
        {
            o =>
            {
                o.Join.Add("192.168.7.11");
                o.Join.Add("pluto");
            },
            "RojOptions.Join takes addresses such as 192.168.7.11 or 192.168.7.11:7071, at most 256, not 'pluto'"
        },
        { o => o.Tags["a=b"] = "c", "RojOptions.Tags takes names without '=', not 'a=b'" },
        { o => o.Tags["a"] = "b\nc", "RojOptions.Tags takes name=value, at most 64 of them and 16384 bytes in all, not 'a=b\nc'" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_is_wrong_is_named_with_what_it_may_be(Action<RojOptions> spoil, string complaint)
    {
        var options = new RojOptions();
        spoil(options);
        Assert.Contains(complaint, Check(options).Failures!);
    }

    [Fact]
    public void Nothing_has_to_be_said() => Assert.True(Check(new RojOptions()).Succeeded);

    [Fact]
    public void All_that_may_be_said_together_is_fine()
    {
        var options = new RojOptions
        {
            Cluster = "shop",
            Name = "red",
            DataDirectory = "data",
            Expect = 3,
            Election = RojElection.Ring,
            ElectionWait = TimeSpan.FromMinutes(1),
            Lease = TimeSpan.FromMilliseconds(100),
            Key = Roj.Host.Security.ClusterKey.Create().Reveal(),
            KeyFile = "roj.key",
            Join = { "192.168.7.11", "192.168.7.12:7000" },
            Interface = "eth0",
            Address = "192.168.7.13",
            Port = 7000,
            SwarmPort = 7001,
            Broadcast = false,
            Sweep = false,
            AllowPublicAddresses = true,
            Tags = { ["rack"] = "7", ["empty"] = "" },
        };
        Assert.True(Check(options).Succeeded);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.Equal(2, Check(new RojOptions { Port = 0, Address = "x" }).Failures!.Count());

    [Fact]
    public void One_place_or_tag_too_many_is_refused()
    {
        var options = new RojOptions();
        for (var number = 1; number <= 256; number++)
            options.Join.Add($"10.0.0.{number & 127 | 1}");
        for (var number = 1; number <= 64; number++)
            options.Tags[$"tag{number}"] = "";
        Assert.True(Check(options).Succeeded);
        options.Join.Add("10.0.0.1");
        options.Tags["tag65"] = "";
        Assert.Equal(2, Check(options).Failures!.Count());
    }

    private static ValidateOptionsResult Check(RojOptions options) => new RojOptionsCheck().Validate(null, options);
}

using Roj.Election;
using Roj.Host.Daemon;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>The settings of elections: at each limit and one past it, and under the seeds' names.</summary>
public sealed class ElectionSettingsTests
{
    private readonly SortedDictionary<string, string> environment = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IReadOnlyList<string>> words = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("lease", "100ms")]
    [InlineData("lease", "60s")]
    [InlineData("election-wait", "0s")]
    [InlineData("election-wait", "60s")]
    [InlineData("election-wait", "15")] // the seeds give seconds
    [InlineData("num-nodes", "1")]
    [InlineData("num-nodes", "250")]
    [InlineData("ip-offset", "0")]
    [InlineData("ip-offset", "253")]
    [InlineData("broadcast-ip", "10.0.1.255")]
    [InlineData("election", "bully")]
    [InlineData("election", "ring")]
    public void At_the_limit_it_is_taken(string name, string word)
    {
        words[name] = [word];
        Read();
    }

    [Theory]
    [InlineData("lease", "99ms", "a time from 100ms to 60s, such as 2s or 500ms")]
    [InlineData("lease", "60001ms", "a time from 100ms to 60s, such as 2s or 500ms")]
    [InlineData("lease", "1h", "a time from 100ms to 60s, such as 2s or 500ms")]
    [InlineData("lease", "-2s", "a time from 100ms to 60s, such as 2s or 500ms")]
    [InlineData("lease", "", "a time from 100ms to 60s, such as 2s or 500ms")]
    [InlineData("election-wait", "60001ms", "a time from 0s to 60s, such as 15s or 500ms")]
    [InlineData("election-wait", "99999999999999999999s", "a time from 0s to 60s, such as 15s or 500ms")]
    [InlineData("num-nodes", "0", "a whole number from 1 to 250")]
    [InlineData("num-nodes", "251", "a whole number from 1 to 250")]
    [InlineData("num-nodes", "three", "a whole number from 1 to 250")]
    [InlineData("ip-offset", "254", "a whole number from 0 to 253")]
    [InlineData("ip-offset", "-1", "a whole number from 0 to 253")]
    [InlineData("election", "foo", "bully or ring")]
    [InlineData("election", "Ring", "bully or ring")]
    public void One_past_it_is_refused_with_a_sentence(string name, string word, string takes)
    {
        words[name] = [word];
        var refused = Assert.Throws<NodeException>(Read);
        Assert.Equal(($"--{name} takes {takes}, not '{word}'", true), (refused.Message, refused.IsWrongUse));
    }

    [Fact]
    public void The_seeds_names_are_heard_and_our_own_win()
    {
        (environment["NUM_NODES"], environment["IP_OFFSET"], environment["NEW_CLIENT_TIMEOUT"]) = ("5", "10", "3");
        environment["BROADCAST_IP"] = "10.0.1.255";
        var options = Read();
        Assert.Equal((5, 10, TimeSpan.FromSeconds(3), 0x0A0001FFu),
            (options.NumNodes, options.IpOffset, options.ElectionWait, options.BroadcastIp));
        environment["ROJ_ELECTION_WAIT"] = "500ms";
        Assert.Equal(TimeSpan.FromMilliseconds(500), Read().ElectionWait);
        environment["ROJ_ELECTION"] = "ring";
        Assert.Equal(ElectionKind.Ring, Read().Election);
        environment["NUM_NODES"] = "many";
        var refused = Assert.Throws<NodeException>(Read);
        Assert.StartsWith("NUM_NODES takes a whole number from 1 to 250", refused.Message, StringComparison.Ordinal);
    }

    private NodeOptions Read()
    {
        using var folder = new ScratchFolder();
        environment["ROJ_DATA_DIR"] = Path.GetDirectoryName(folder.At("roj.json"))!;
        return NodeConfiguration.Read(words.ToDictionary(), name => environment.GetValueOrDefault(name), isRoot: false);
    }
}

using Xunit;

namespace Roj.EndToEnd.Elections;

/// <summary>What a user can get wrong of elections: exit code 2, and one line that says what.</summary>
public class ElectionBadInputTests
{
    /// <summary>Words, and what the line must say.</summary>
    public static TheoryData<string[], string> Bad => new()
    {
        { ["--election", "foo"], "--election takes bully or ring" },
        { ["--lease", "1h"], "--lease takes a time from 100ms to 60s" },
        { ["--lease", "99ms"], "--lease takes a time from 100ms to 60s" },
        { ["--election-wait", "61s"], "--election-wait takes a time from 0s to 60s" },
        { ["--num-nodes", "0"], "--num-nodes takes a whole number from 1 to 250" },
        { ["--ip-offset", "254"], "--ip-offset takes a whole number from 0 to 253" },
        { ["--on-leader", " "], "--on-leader takes a command" },
        { ["--num-nodes", "3"], "NUM_NODES 3 says that the ring is 127.0.0.101 to 127.0.0.103, and this node is 127.0.0.1" },
        { ["--num-nodes", "250"], "NUM_NODES 250 behind IP_OFFSET 100 are more addresses than a /24 has" },
        { ["--broadcast-ip", "10.1.2.255"], "BROADCAST_IP is 10.1.2.255, and the broadcast address of" },
        { ["--broadcast-ip", "everybody"], "--broadcast-ip takes an IPv4 address" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Is_named(string[] words, string said)
    {
        using var workshop = new Workshop();
        using var roj = workshop.Start(["node", "--data-dir", workshop.At("data"), "--address", "127.0.0.1", .. words]);
        var end = await roj.EndAsync();
        Assert.Equal(2, end.ExitCode);
        Assert.Contains(said, end.Errors, StringComparison.Ordinal);
    }
}

using Xunit;

namespace Roj.Tests.Files;

/// <summary>A swarm of which everybody knows only the first node, without hello, while nothing can be fetched yet: nobody becomes
/// complete and leaves a place to others.</summary>
public sealed class SwarmMeetingTests
{
    private static readonly TimeSpan limit = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(60)]
    [InlineData(100)]
    public void All_are_connected_and_have_five_peers_within_a_second(int count)
    {
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var meeting = new SwarmMeeting(count, Swarming.File("abcd"), seed, Swarming.Settings);
            var connected = meeting.Run(limit, () => meeting.IsConnected);
            Assert.NotNull(connected);
            var fivePeers = meeting.Run(limit, () => meeting.FewestPeers >= 5);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{count} nodes, seed {seed}: connected after {connected?.TotalMilliseconds} ms, "
                + $"five peers each after {fivePeers?.TotalMilliseconds} ms, at most {meeting.SocketsMax} connections");
            Assert.NotNull(fivePeers);
            Assert.InRange(meeting.SocketsMax, 5, 20);
            meeting.Run(2 * limit, () => false);
            Assert.True(meeting.IsConnected); // and stays so
        }
    }

    [Fact]
    public void A_full_node_that_told_nobody_of_others_would_be_a_wall()
    {
        var meeting = new SwarmMeeting(60, Swarming.File("abcd"), seed: 1, Swarming.Settings with { LobbyMax = 0 });
        Assert.Null(meeting.Run(limit, () => meeting.IsConnected));
    }
}

using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>What time alone brings: each patience ends at its instant and not a tick before it.</summary>
public sealed class HousekeepingTests
{
    private static readonly SwarmSettings settings = Swarming.Settings;

    private readonly SwarmOutbox outbox = new();
    private readonly ExtensionMessages extensions = new(settings, new Candidates(settings, new Rng(1)), new Rng(1));
    private readonly Transfer transfer = new(settings, Swarming.File("a"), new Rng(1));
    private readonly Peer peer = new(settings, new ConnectionId(1), Swarming.Place(1), outgoing: true, default) { IsOpen = true };

    [Fact]
    public void A_connection_that_does_not_open_is_given_up()
    {
        peer.IsOpen = false;
        peer.GiveUpAt = Swarming.At(5);
        Ends(CloseReason.TimedOut, Swarming.At(5));
    }

    [Fact]
    public void A_peer_that_is_silent_for_150_s_is_gone()
    {
        peer.LastHeard = Swarming.At(100);
        peer.KeptAliveAt = Swarming.At(1000);
        Ends(CloseReason.TimedOut, Swarming.At(250));
    }

    [Fact]
    public void A_keep_alive_is_sent_every_minute()
    {
        peer.LastHeard = Swarming.At(1000);
        foreach (var minute in new[] { 60, 120, 180 })
        {
            Assert.Equal(Swarming.At(minute), Due());
            Keep(Swarming.At(minute) - TimeSpan.FromTicks(1));
            Assert.Empty(outbox.TakeLines());
            Keep(Swarming.At(minute));
            Assert.Equal(["#1 <- keep-alive"], outbox.TakeLines());
        }
    }

    [Fact]
    public void Whoever_owes_for_3_s_is_snubbed_and_dropped_15_s_later()
    {
        Owe(Swarming.At(10));
        Assert.Equal(Swarming.At(13), Due());
        Keep(Swarming.At(13) - TimeSpan.FromTicks(1));
        Assert.False(peer.Snubbed);
        Keep(Swarming.At(13));
        Assert.True(peer.Snubbed);
        Assert.Single(peer.Requests); // the one that a snubbed peer gets
        Ends(CloseReason.TimedOut, Swarming.At(28));
    }

    [Fact]
    public void A_snubbed_peer_that_owes_nothing_stays()
    {
        Owe(Swarming.At(10));
        Keep(Swarming.At(13));
        // Another peer sent the block: it may be long until there is something else to ask of this one.
        transfer.Receive(Swarming.At(14), peer, new PeerMessage.Choke(), [], outbox);
        peer.Fast = false;
        transfer.Receive(Swarming.At(14), peer, new PeerMessage.Choke(), [], outbox);
        Assert.Empty(peer.Requests);
        Assert.Null(Verdict(Swarming.At(28)));
        Assert.Equal(Swarming.At(60), Due());

        transfer.Receive(Swarming.At(40), peer, new PeerMessage.Unchoke(), [], outbox);
        Assert.Single(peer.Requests);
        peer.KeptAliveAt = Swarming.At(50);
        Ends(CloseReason.TimedOut, Swarming.At(55));
    }

    [Fact]
    public void Two_complete_peers_stay_for_a_second_from_when_the_later_of_both_facts_was()
    {
        peer.Pieces = Swarming.Pieces(1, 0);
        transfer.Verified(Swarming.At(2), 0, right: true, [], outbox);
        peer.Opened = Swarming.At(1);
        Ends(CloseReason.BothComplete, Swarming.At(3));
        peer.Opened = Swarming.At(7);
        Ends(CloseReason.BothComplete, Swarming.At(8));
    }

    [Fact]
    public void A_peer_that_wants_nothing_is_as_a_complete_one_while_it_keeps_to_that()
    {
        peer.Pieces = Swarming.Pieces(1);
        peer.Extensions = new ExtendedHandshake { UploadOnly = true };
        transfer.Verified(Swarming.At(2), 0, right: true, [], outbox);
        Ends(CloseReason.BothComplete, Swarming.At(3));
        peer.IsInterested = true;
        Assert.Null(Verdict(Swarming.At(3)));
    }

    [Fact]
    public void One_complete_peer_alone_stays()
    {
        peer.Pieces = Swarming.Pieces(1, 0);
        Assert.Null(Verdict(Swarming.At(60)));
        transfer.Verified(Swarming.At(2), 0, right: true, [], outbox);
        peer.Pieces = Swarming.Pieces(1);
        Assert.Null(Verdict(Swarming.At(60)));
    }

    private void Ends(CloseReason reason, Instant at)
    {
        Assert.Equal(at, Due());
        Assert.Null(Verdict(at - TimeSpan.FromTicks(1)));
        Assert.Equal(reason, Verdict(at));
    }

    private void Owe(Instant since)
    {
        transfer.Verified(since, 0, right: false, [], outbox);
        peer.Fast = true;
        transfer.Join(since, peer, outbox);
        transfer.Receive(since, peer, new PeerMessage.Unchoke(), [], outbox);
        transfer.Receive(since, peer, new PeerMessage.HaveAll(), [], outbox);
        Assert.Equal(2, peer.Requests.Count);
    }

    private Instant? Due() => Housekeeping.Due(settings, Instant.Zero, extensions, transfer, peer);

    private CloseReason? Verdict(Instant now) => Housekeeping.Verdict(settings, now, transfer, peer);

    private void Keep(Instant now) => Housekeeping.Keep(settings, now, extensions, transfer, peer, [peer], outbox);
}

using System.Diagnostics;
using Roj.Files;
using Roj.Files.Wire;
using Xunit;

namespace Roj.Tests.Files;

/// <summary>Haves that change nothing for the peer.</summary>
public sealed class HeldHavesTests
{
    private static readonly ConnectionId peer = new(1);

    private readonly HeldHaves held = new(Swarming.Settings);
    private readonly SwarmOutbox outbox = new();

    [Fact]
    public void They_wait_half_a_second_after_the_first_and_go_in_order()
    {
        Assert.Null(held.Due);
        held.Hold(Swarming.At(1), 7);
        held.Hold(Swarming.At(1.3), 3);
        Assert.Equal(Swarming.At(1.5), held.Due);
        held.Release(peer, outbox);
        Assert.Equal([7, 3], outbox.TakeSent<PeerMessage.Have>().Select(sent => sent.Message.Index));
        Assert.Null(held.Due);
        held.Release(peer, outbox);
        Assert.Empty(outbox.TakeSent<PeerMessage.Have>());
    }

    [Fact]
    public void Sixty_four_may_wait_and_no_more()
    {
        for (var piece = 0; piece < 64; piece++)
        {
            Assert.False(held.IsFull);
            held.Hold(Swarming.At(1), piece);
        }

        Assert.True(held.IsFull);
        Assert.Throws<UnreachableException>(() => held.Hold(Swarming.At(1), 64));
        held.Release(peer, outbox);
        Assert.False(held.IsFull);
    }
}

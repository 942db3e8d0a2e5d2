using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files;

public sealed class ExtensionMessagesTests
{
    private readonly SwarmOutbox outbox = new();
    private readonly ExtensionMessages extensions = new(Swarming.Settings, new Candidates(Swarming.Settings, new Rng(1)), new Rng(2));

    // BEP 21 and BEP 16 together: who seems to have nothing and to want nothing is left by libtorrent.
    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    public void A_complete_node_that_hides_it_says_so_to_a_Roj_only(bool isForeign, bool hides, bool says)
    {
        var peer = new Peer(Swarming.Settings, new ConnectionId(1), Swarming.Place(1), outgoing: true, default)
        {
            PeerId = isForeign ? Swarming.ForeignId(1) : Swarming.Id(1),
            Promises = hides ? new Promises(4) : null,
        };
        extensions.Introduce(peer, isComplete: true, outbox);
        var sent = Assert.Single(outbox.TakeSent<PeerMessage.Extended>()).Message;
        Assert.True(ExtendedHandshake.TryRead(sent.Payload.Span, out var handshake));
        Assert.Equal(says, handshake.UploadOnly is true);
    }
}

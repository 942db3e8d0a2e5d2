using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Who calls while all places are taken hears of other peers before it is sent away: a node that a whole swarm knows, and knows
/// alone, is then full and not a wall.</summary>
/// <remarks>Nothing else is said there: who we are (BEP 3), then, when the caller has said where it listens (BEP 10), whom we know
/// (BEP 11). That takes two round trips.</remarks>
internal static class Lobby
{
    /// <summary>A caller's handshake came and was answered: why it must go now, null if it has something to hear.</summary>
    public static CloseReason? Shaken(Peer peer, Handshake handshake, ExtensionMessages extensions, bool isComplete, SwarmOutbox outbox)
    {
        peer.PeerId = handshake.PeerId;
        peer.IsWelcome = true;
        if (!handshake.Extended)
            return CloseReason.Full;
        extensions.Introduce(peer, isComplete, outbox);
        return null;
    }

    /// <summary>A message of a caller came: why it must go now. <paramref name="introduced"/> is called when it said who it is.</summary>
    public static CloseReason? Receive(
        Instant now, Peer peer, PeerMessage message, ExtensionMessages extensions, Action introduced, SwarmOutbox outbox)
    {
        if (!peer.IsWelcome)
            return CloseReason.Misbehaved;
        if (message is not PeerMessage.Extended extended)
            return null; // it takes us for one who has a place for it
        if (!extensions.Receive(now, peer, extended, outbox))
            return CloseReason.Misbehaved;
        introduced();
        if (peer.Extensions is null)
            return null;
        extensions.Tell(now, peer, outbox);
        return CloseReason.Full;
    }
}

using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Telling each peer, now and then, of peers it may not know (BEP 11): a node that knows one meets all.</summary>
/// <remarks>Told are endpoints that answered a handshake of ours or called us: hearsay is not passed on.</remarks>
internal sealed class PeerExchange(SwarmSettings settings, Candidates candidates)
{
    /// <summary>When <paramref name="peer"/> is to be told more; null if there is nothing to tell.</summary>
    public Instant? Due(Peer peer) =>
        peer is { IsOpen: true, Extensions.PeerExchangeId: > 0 } && peer.ToldVersion != candidates.ProvenVersion ? peer.TellFrom : null;

    /// <summary>Tells <paramref name="peer"/> what is due.</summary>
    public void Tell(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!(Due(peer) <= now))
            return;
        var added = candidates.Proven.Where(e => e != peer.Listening && !peer.Told.Contains(e))
            .Take(PeerExchangeMessage.EndpointsMax).ToArray();
        if (added.Length < PeerExchangeMessage.EndpointsMax)
            peer.ToldVersion = candidates.ProvenVersion;
        peer.TellFrom = now + (peer.PeerId.IsRoj ? settings.ExchangePace : settings.ForeignExchangePace);
        if (added.Length == 0)
            return;
        peer.Told.IntersectWith(candidates.Proven); // those that were forgotten since make room: there are always others
        peer.Told.UnionWith(added);
        outbox.Send(peer.Id, new PeerMessage.Extended(peer.Extensions!.PeerExchangeId!.Value, new PeerExchangeMessage(added, []).Write()));
    }
}

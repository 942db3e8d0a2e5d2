using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Telling each peer, now and then, of peers it may not know, and taking what it tells (BEP 11): a node that knows one meets
/// all.</summary>
/// <remarks>Told are endpoints that answered a handshake of ours or called us: hearsay is not passed on. Who is told first is chance, so
/// that those who hear the same do not all dial the same.</remarks>
internal sealed class PeerExchange(SwarmSettings settings, Candidates candidates, Rng rng)
{
    /// <summary>When <paramref name="peer"/> is to be told more; null if there is nothing to tell.</summary>
    public Instant? Due(Peer peer) =>
        (peer.IsOpen || peer.InLobby) && peer.Extensions is { PeerExchangeId: > 0 } && peer.ToldVersion != candidates.ProvenVersion
            ? peer.TellFrom
            : null;

    /// <summary>Tells <paramref name="peer"/> what is due.</summary>
    public void Tell(Instant now, Peer peer, SwarmOutbox outbox)
    {
        if (!(Due(peer) <= now))
            return;
        Endpoint[] news = [.. candidates.Proven.Where(e => e != peer.Listening && !peer.Told.Contains(e))];
        if (news.Length <= PeerExchangeMessage.EndpointsMax)
            peer.ToldVersion = candidates.ProvenVersion;
        else
            rng.Shuffle<Endpoint>(news);
        if (news.Length == 0)
            return; // the pace is of what is said: a minute that nothing was told in must not keep the next newcomer waiting
        peer.TellFrom = now + Pace(now, peer);
        var added = news[..Math.Min(news.Length, PeerExchangeMessage.EndpointsMax)];
        peer.Told.IntersectWith(candidates.Proven); // those that were forgotten since make room: there are always others
        peer.Told.UnionWith(added);
        outbox.Send(peer.Id, new PeerMessage.Extended(peer.Extensions!.PeerExchangeId!.Value, new PeerExchangeMessage(added, []).Write()));
    }

    /// <summary>A peer tells of others. What is new is added to <paramref name="learnt"/>; what comes too fast is passed over.</summary>
    public void Learn(Instant now, Peer peer, PeerExchangeMessage told, List<Endpoint> learnt)
    {
        var from = peer.TaughtUntil > now ? peer.TaughtUntil : now;
        if (from + settings.TaughtPace > now + (settings.TaughtBurst * settings.TaughtPace))
            return;
        peer.TaughtUntil = from + settings.TaughtPace;
        foreach (var endpoint in told.Added)
        {
            if (candidates.Find(endpoint) is null && candidates.Learn(endpoint, peer.Remote.Address) is not null)
                learnt.Add(endpoint);
        }
    }

    private TimeSpan Pace(Instant now, Peer peer)
    {
        if (!peer.PeerId.IsRoj)
            return settings.ForeignExchangePace;
        // A swarm that forms changes by the moment, and the news of an old one can wait.
        var age = now - peer.Opened;
        return age < settings.FirstExchangePace ? settings.FirstExchangePace : age < settings.ExchangePace ? age : settings.ExchangePace;
    }
}

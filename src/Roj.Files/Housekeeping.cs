using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What time alone brings to a connection: patience ends, keep-alives and news of peers are due.</summary>
internal static class Housekeeping
{
    /// <summary>When something is due for <paramref name="peer"/>.</summary>
    public static Instant? Due(SwarmSettings settings, Instant now, ExtensionMessages extensions, Transfer? transfer, Peer peer)
    {
        if (!peer.IsOpen)
            return peer.GiveUpAt;
        var due = Instant.Earliest(peer.KeptAliveAt + settings.KeepAliveAfter, peer.LastHeard + settings.SilenceMax);
        due = Instant.Earliest(due, extensions.TellDue(peer));
        due = Instant.Earliest(due, transfer?.Due(now, peer));
        if (peer.Requests.Count > 0)
            due = Instant.Earliest(due, peer.Snubbed ? peer.OwesSince + settings.DropAfter : SnubAt(settings, peer));
        return AreBothComplete(transfer, peer) ? Instant.Earliest(due, LingerUntil(settings, transfer!, peer)) : due;
    }

    /// <summary>Why <paramref name="peer"/> must go now; null if it may stay.</summary>
    public static CloseReason? Verdict(SwarmSettings settings, Instant now, Transfer? transfer, Peer peer)
    {
        if (!peer.IsOpen)
            return now >= peer.GiveUpAt ? CloseReason.TimedOut : null;
        // One that owes nothing any more, because others sent it or it chokes us, may still be fetching from us.
        var owesTooLong = peer is { Snubbed: true, Requests.Count: > 0 } && now >= peer.OwesSince + settings.DropAfter;
        if (owesTooLong || now >= peer.LastHeard + settings.SilenceMax)
            return CloseReason.TimedOut;
        return AreBothComplete(transfer, peer) && now >= LingerUntil(settings, transfer!, peer) ? CloseReason.BothComplete : null;
    }

    /// <summary>Does what is due for <paramref name="peer"/>.</summary>
    public static void Keep(
        SwarmSettings settings,
        Instant now,
        ExtensionMessages extensions,
        Transfer? transfer,
        Peer peer,
        IEnumerable<Peer> open,
        SwarmOutbox outbox)
    {
        if (!peer.IsOpen)
            return;
        if (peer is { Snubbed: false, Requests.Count: > 0 } && now >= SnubAt(settings, peer))
            transfer!.Snub(now, peer, open, outbox);
        transfer?.Keep(now, peer, outbox);
        extensions.Tell(now, peer, outbox);
        if (now < peer.KeptAliveAt + settings.KeepAliveAfter)
            return;
        peer.KeptAliveAt = now;
        outbox.Send(peer.Id, new PeerMessage.KeepAlive());
    }

    private static Instant? SnubAt(SwarmSettings settings, Peer peer)
    {
        var lastSign = peer.HeardAt > peer.OwesSince ? peer.HeardAt : peer.OwesSince;
        return Instant.Earliest(lastSign + settings.SnubAfter, peer.OwesSince + settings.DropAfter);
    }

    private static bool AreBothComplete(Transfer? transfer, Peer peer) => transfer is { IsComplete: true } && peer.IsComplete;

    private static Instant LingerUntil(SwarmSettings settings, Transfer transfer, Peer peer)
    {
        var since = peer.Opened > transfer.CompleteSince ? peer.Opened : transfer.CompleteSince;
        return since + settings.Linger;
    }
}

using Roj.Files.Bencoding;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>A node as a tracker of the one file that it shares: what it answers to HTTP requests on its swarm port.</summary>
/// <remarks>
/// <para>So a tool that only knows trackers joins: <c>/announce</c> (BEP 3, BEP 12's tiers may name several nodes, BEP 23) and
/// <c>/scrape</c> (BEP 48).</para>
/// <para>What is told is no secret: any peer may learn it by peer exchange. Whoever announces is taken at the address that it calls from;
/// what it says of its address is not believed.</para>
/// </remarks>
public sealed class Tracker(Rng rng)
{
    /// <summary>When peers are to announce again. A swarm of a LAN is over in minutes: a newcomer must be heard of soon, and a request
    /// a minute is nothing to a node.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>When a peer that is alone may come back.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(10);

    private readonly AnnouncedPeers announced = new();
    private long completions;

    /// <summary>Answers a request; the bytes are the whole HTTP response.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Where the request came from.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="state">What the node knows.</param>
    /// <param name="outbox">Where an announced peer is told of.</param>
    public byte[] Answer(Instant now, Endpoint from, HttpRequestHead request, SharedState state, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(outbox);
        if (request.IsForeign)
            return HttpAnswer.Write(403, "A web page has no business with a swarm.\n"u8);
        var target = request.Target.Span;
        var mark = target.IndexOf((byte)'?');
        var path = mark < 0 ? target : target[..mark];
        var query = mark < 0 ? default : target[(mark + 1)..];
        if (path.SequenceEqual("/announce"u8))
            return HttpAnswer.Write(200, Announce(now, from, query, state, outbox));
        if (path.SequenceEqual("/scrape"u8))
            return HttpAnswer.Write(200, Scrape(now, query, state));
        return HttpAnswer.Write(404, "A node of Roj. There is /announce and /scrape, for BitTorrent programs.\n"u8);
    }

    /// <summary>Which file a request is about: the first that it names; null if it names none.</summary>
    public static Sha1Digest? FileAskedFor(HttpRequestHead request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = request.Target.Span;
        var pairs = new QueryString(target[(target.IndexOf((byte)'?') + 1)..]);
        Span<byte> hash = stackalloc byte[Sha1Digest.Length];
        while (pairs.Next(out var name, out var value))
        {
            if (name.SequenceEqual("info_hash"u8) && QueryString.Decode(value, hash) == hash.Length)
                return Sha1Digest.Read(hash);
        }

        return null;
    }

    private byte[] Announce(Instant now, Endpoint from, ReadOnlySpan<byte> query, SharedState state, TrackingOutbox outbox)
    {
        if (!AnnounceRequest.TryRead(query, out var request, out var fault))
            return Refuse(fault);
        if (state.InfoHash is null)
            return Refuse("this node does not know yet what it shares");
        if (request.InfoHash != state.InfoHash)
            return Refuse("this node does not share that file");
        var asker = from.WithPort(request.Port);
        if (!asker.IsUsable)
            return Refuse("nobody can be called at the address that this came from");
        if (request.Event == AnnounceEvent.Completed)
            completions++;
        announced.Forget(now);
        if (request.Event == AnnounceEvent.Stopped)
            announced.Remove(asker);
        else
            Note(now, asker, request, outbox);
        return AnswerTo(asker, request, state).Write(request.IsCompact);
    }

    private void Note(Instant now, Endpoint asker, AnnounceRequest request, TrackingOutbox outbox)
    {
        announced.Put(now, new AnnouncedPeers.Announced(asker, request.PeerId, request.Left == 0, now + (2 * Interval)));
        outbox.Emit(new TrackingEvent.PeersFound([asker]));
    }

    private AnnounceAnswer AnswerTo(Endpoint asker, AnnounceRequest request, SharedState state)
    {
        var (complete, incomplete) = Count(state);
        return new AnnounceAnswer
        {
            Interval = Interval,
            MinInterval = MinInterval,
            Complete = complete,
            Incomplete = incomplete,
            Peers = request.Event == AnnounceEvent.Stopped ? [] : Choose(asker, request, state),
        };
    }

    private TrackedPeer[] Choose(Endpoint asker, AnnounceRequest request, SharedState state)
    {
        // Who has everything has no use for another who has.
        var useless = request.Left == 0;
        var told = new SortedSet<Endpoint>();
        var known = announced.All.Where(peer => !(useless && peer.IsComplete))
            .Select(peer => new TrackedPeer(peer.Endpoint, request.NoPeerId ? null : peer.PeerId))
            .Concat(state.Peers.Select(peer => new TrackedPeer(peer)))
            .Where(peer => peer.Endpoint != state.Own && IsFor(asker, peer.Endpoint) && told.Add(peer.Endpoint)).ToArray();
        rng.Shuffle<TrackedPeer>(known);
        var count = Math.Min(request.NumWant, AnnounceAnswer.PeersMax);
        // Ourselves first: of us it is certain that we are there.
        var own = useless && state.IsComplete ? [] : new[] { new TrackedPeer(state.Own) }.Where(self => IsFor(asker, self.Endpoint));
        return [.. own.Concat(known).Take(count)];
    }

    // Nobody is told of itself; and a loopback address means something on its own host only.
    private static bool IsFor(Endpoint asker, Endpoint peer) => peer != asker && (peer.Address >> 24 != 127 || asker.Address >> 24 == 127);

    private (int Complete, int Incomplete) Count(SharedState state)
    {
        var complete = announced.All.Count(peer => peer.IsComplete) + (state.IsComplete ? 1 : 0);
        return (complete, announced.Count + 1 - complete);
    }

    // BEP 48: the files that are named, or, without a name, all.
    private byte[] Scrape(Instant now, ReadOnlySpan<byte> query, SharedState state)
    {
        announced.Forget(now);
        var isWanted = true;
        var pairs = new QueryString(query);
        Span<byte> hash = stackalloc byte[Sha1Digest.Length];
        while (pairs.Next(out var name, out var value))
        {
            if (!name.SequenceEqual("info_hash"u8))
                continue;
            isWanted = QueryString.Decode(value, hash) == hash.Length && Sha1Digest.Read(hash) == state.InfoHash;
            if (isWanted)
                break;
        }

        var writer = new BencodeWriter();
        writer.BeginDictionary();
        writer.Key("files"u8);
        writer.BeginDictionary();
        if (isWanted && state.InfoHash is { } shared)
            WriteCounts(writer, shared, Count(state));
        writer.End();
        writer.End();
        return writer.ToArray();
    }

    private void WriteCounts(BencodeWriter writer, Sha1Digest file, (int Complete, int Incomplete) counts)
    {
        Span<byte> hash = stackalloc byte[Sha1Digest.Length];
        file.Write(hash);
        writer.Key(hash);
        writer.BeginDictionary();
        writer.Key("complete"u8);
        writer.Integer(counts.Complete);
        writer.Key("downloaded"u8);
        writer.Integer(completions);
        writer.Key("incomplete"u8);
        writer.Integer(counts.Incomplete);
        writer.End();
    }

    private static byte[] Refuse(string why) => new AnnounceAnswer { FailureReason = why }.Write(isCompact: true);
}

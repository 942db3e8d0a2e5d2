using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Kernel;

namespace Roj.Node;

/// <summary>Where peers of a file meet that know nothing of Roj's own finding: trackers, asked and asking, and BEP 14.</summary>
/// <remarks>It follows the swarm: what the swarm is for, and how far it is, is what the others are told.</remarks>
internal sealed class Rendezvous(NodeSettings settings, Swarm swarm, Rng rng)
{
    // What most programs say while they have no description yet: anything but 0, which is said by who has everything.
    private const long LeftUnknown = 16 * 1024;

    // How long the first announce may wait for the look at what is on disk, so that it tells what is really lacking.
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(2);

    private readonly Tracker tracker = new(rng.Fork());
    private readonly LocalSearch? search = settings.LocalSearch
        ? new LocalSearch(settings.Finding.Own.WithPort(settings.Swarm.ListenPort), settings.LocalSubnet, rng.Fork())
        : null;

    private Sha1Digest? infoHash;
    private Announcer? announcer;
    private Instant? startAt;
    private long uploaded;
    private long downloaded;

    /// <summary>What trackers and the local network are asked.</summary>
    public TrackingOutbox Outbox { get; } = new();

    /// <summary>Whether every tracker that knew of us has heard our farewell.</summary>
    public bool IsDone => announcer is null || startAt is not null || announcer.IsDone;

    private AnnounceFigures Figures => new(uploaded, downloaded, Left, swarm is { IsComplete: false, PeerCount: 0 });

    private long Left => swarm switch
    {
        { IsComplete: true } => 0,
        { Info: { } info } => Math.Max(1, info.Length - ((long)swarm.HaveCount * info.PieceLength)),
        _ => LeftUnknown,
    };

    public Instant? Deadline() =>
        Instant.Earliest(startAt ?? announcer?.Deadline(Figures), search?.Deadline);

    /// <summary>What the swarm is for may have become known, or whole.</summary>
    public void Follow(Instant now)
    {
        if (swarm.InfoHash is { } hash && hash != infoHash)
            Seek(now, hash);
        if (startAt is not null && swarm is { Info: not null, UncheckedCount: 0 })
            startAt = now;
    }

    public void Completed(Instant now, bool repaired) => announcer?.Completed(now, repaired, Figures, Outbox);

    public void Given(long bytes) => uploaded += bytes;

    public void Received(long bytes) => downloaded += bytes;

    public void Tick(Instant now)
    {
        search?.Tick(now, Outbox);
        if (startAt > now || announcer is null)
            return;
        if (startAt is not null)
            announcer.Start(now, Figures, Outbox);
        else
            announcer.Tick(now, Figures, Outbox);
        startAt = null;
    }

    public void Answered(Instant now, TrackerUrl from, ReadOnlySpan<byte> body) => announcer?.Answered(now, from, body, Figures, Outbox);

    public void Failed(Instant now, TrackerUrl from, string why) => announcer?.Failed(now, from, why, Figures, Outbox);

    public void Heard(Instant now, Endpoint from, LocalSearchMessage message) => search?.Receive(now, from, message, Outbox);

    public byte[] Answer(Instant now, Endpoint from, HttpRequestHead request, Endpoint own) =>
        tracker.Answer(now, from, request, new SharedState(swarm.InfoHash, own, swarm.IsComplete, [.. swarm.Met]), Outbox);

    public void Stop()
    {
        if (startAt is null)
            announcer?.Stop(Figures, Outbox);
    }

    private void Seek(Instant now, Sha1Digest hash)
    {
        infoHash = hash;
        search?.Seek(now, hash);
        if (settings.Trackers.Count == 0)
            return;
        if (startAt is null)
            announcer?.Stop(Figures, Outbox); // the trackers of what was sought before
        var (self, port) = (settings.Swarm.PeerId, settings.Swarm.ListenPort);
        announcer = new Announcer(hash, self, port, settings.Trackers, new AnnounceTimings(), rng.Fork());
        startAt = now + CheckPatience;
    }
}

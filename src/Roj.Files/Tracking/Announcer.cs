using System.Globalization;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>Tells the trackers of one file that we are there, and learns from them who else is (BEP 3, BEP 12).</summary>
/// <remarks>
/// <para>One tracker is asked at a time: the first that answers is the one that counts until the next announce, which begins with the
/// first tier again. While none answers all are tried anew, for ever, with waits that double.</para>
/// <para>Safety: each request is answered, or failed, before the next one to the same tracker; only a farewell overtakes.</para>
/// </remarks>
public sealed class Announcer
{
    /// <summary>Trackers of a file at most; the rest is refused.</summary>
    public const int TrackersMax = 64;

    private readonly Sha1Digest infoHash;
    private readonly PeerId self;
    private readonly ushort port;
    private readonly AnnounceTimings timings;
    private readonly Rng rng;
    private readonly TrackerTiers tiers;
    private readonly string key;
    private TimeSpan backoff;
    private bool isComplete;
    private bool hasCompleted;
    private Phase phase = new Phase.Idle();

    /// <summary>An announcer that has told nobody anything.</summary>
    /// <param name="infoHash">The file.</param>
    /// <param name="self">Our name in handshakes.</param>
    /// <param name="port">Where we listen.</param>
    /// <param name="trackers">URLs in tiers (BEP 12's <c>announce-list</c>).</param>
    /// <param name="timings">How patient it is.</param>
    /// <param name="rng">Chance.</param>
    public Announcer(
        Sha1Digest infoHash, PeerId self, ushort port, IReadOnlyList<IReadOnlyList<string>> trackers, AnnounceTimings timings, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(trackers);
        ArgumentNullException.ThrowIfNull(timings);
        ArgumentNullException.ThrowIfNull(rng);
        this.infoHash = infoHash;
        this.self = self;
        this.port = port;
        this.timings = timings;
        this.rng = rng;
        tiers = new TrackerTiers(trackers, TrackersMax, rng);
        key = rng.Next(int.MaxValue).ToString("x8", CultureInfo.InvariantCulture);
        backoff = timings.BackoffMin;
    }

    /// <summary>Whether nothing is under way and nothing will be: it was stopped, and all farewells were answered.</summary>
    public bool IsDone => phase is Phase.Leaving { Farewells.Count: 0 };

    /// <summary>When <see cref="Tick"/> is next due, as long as the file stands so; null while nothing is awaited.</summary>
    public Instant? Deadline(AnnounceFigures figures) => phase is not Phase.Waiting(var at, var notBefore) ? null
        : figures.IsAlone && notBefore < at ? notBefore
        : at;

    /// <summary>Begins: tells the first tracker. Once.</summary>
    public void Start(Instant now, AnnounceFigures figures, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (phase is not Phase.Idle)
            return;
        foreach (var refused in tiers.Refused)
            outbox.Emit(refused);
        Ask(now, tiers.After(null), figures, outbox);
    }

    /// <summary>All of the file is here: news for a tracker that was told of a rest, at once unless none answers.</summary>
    /// <param name="now">The time.</param>
    /// <param name="hasCompleted">It became whole in this life: BEP 3 wants no <c>completed</c> from who began with all of it.</param>
    /// <param name="figures">How the file stands.</param>
    /// <param name="outbox">Where the request goes.</param>
    public void Completed(Instant now, bool hasCompleted, AnnounceFigures figures, TrackingOutbox outbox)
    {
        isComplete = true;
        this.hasCompleted = hasCompleted;
        if (phase is Phase.Waiting && tiers.All.Any(tracker => tracker is { IsGreeted: true, KnowsComplete: false }) && !IsBackingOff)
            Ask(now, tiers.After(null), figures, outbox);
    }

    /// <summary>A tracker answered these bytes.</summary>
    public void Answered(Instant now, TrackerUrl from, ReadOnlySpan<byte> body, AnnounceFigures figures, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (!AnnounceAnswer.TryRead(body, out var answer))
            Failed(now, from, "its answer is none that a tracker gives (BEP 3)", figures, outbox);
        else if (answer.FailureReason is { } reason)
            Failed(now, from, $"it says: {reason}", figures, outbox);
        else if (phase is Phase.Leaving leaving)
            leaving.Farewells.Remove(from.ToString());
        else if (phase is Phase.Asking(var tracker, var knowsComplete) && tracker.Url == from)
            Take(now, tracker, knowsComplete, answer, figures, outbox);
    }

    /// <summary>A tracker did not answer, or not so that it could be understood.</summary>
    /// <param name="now">The time.</param>
    /// <param name="from">Which one.</param>
    /// <param name="why">For people.</param>
    /// <param name="figures">How the file stands.</param>
    /// <param name="outbox">Where the next request goes.</param>
    public void Failed(Instant now, TrackerUrl from, string why, AnnounceFigures figures, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(outbox);
        if (phase is Phase.Leaving leaving)
            leaving.Farewells.Remove(from.ToString());
        if (phase is not Phase.Asking(var tracker, _) || tracker.Url != from)
            return;
        Say(tracker, why, outbox);
        Ask(now, tiers.After(tracker), figures, outbox);
    }

    /// <summary>Asks again, if it is time.</summary>
    public void Tick(Instant now, AnnounceFigures figures, TrackingOutbox outbox)
    {
        if (Deadline(figures) <= now)
            Ask(now, tiers.After(null), figures, outbox);
    }

    /// <summary>Says farewell to every tracker that knows of us; nothing follows.</summary>
    public void Stop(AnnounceFigures figures, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (phase is Phase.Leaving)
            return;
        var leaving = new Phase.Leaving(new SortedSet<string>(StringComparer.Ordinal));
        foreach (var tracker in tiers.All.Where(tracker => tracker.IsGreeted || IsAsking(tracker)))
        {
            leaving.Farewells.Add(tracker.Url.ToString());
            outbox.Do(new TrackingEffect.Ask(tracker.Url, Request(tracker, AnnounceEvent.Stopped, figures)));
        }

        phase = leaving;
    }

    private bool IsBackingOff => backoff > timings.BackoffMin;

    private bool IsAsking(KnownTracker tracker) => phase is Phase.Asking(var asked, _) && asked == tracker;

    private void Ask(Instant now, KnownTracker? tracker, AnnounceFigures figures, TrackingOutbox outbox)
    {
        if (tracker is null)
        {
            BackOff(now);
            return;
        }

        var what = !tracker.IsGreeted ? AnnounceEvent.Started
            : hasCompleted && !tracker.KnowsComplete ? AnnounceEvent.Completed
            : AnnounceEvent.None;
        phase = new Phase.Asking(tracker, isComplete);
        outbox.Do(new TrackingEffect.Ask(tracker.Url, Request(tracker, what, figures)));
    }

    private void BackOff(Instant now)
    {
        if (!tiers.All.Any())
            return; // there is nobody to ask, now or later
        // Half to the whole of the wait, by chance: nodes that were started together must not come back together.
        var at = now + rng.Next(backoff / 2, backoff);
        phase = new Phase.Waiting(at, at);
        backoff = backoff * 2 < timings.BackoffMax ? backoff * 2 : timings.BackoffMax;
    }

    private void Take(
        Instant now,
        KnownTracker tracker,
        bool knowsComplete,
        AnnounceAnswer answer,
        AnnounceFigures figures,
        TrackingOutbox outbox)
    {
        tiers.Prefer(tracker);
        backoff = timings.BackoffMin;
        tracker.IsGreeted = true;
        tracker.Id = answer.TrackerId ?? tracker.Id;
        tracker.KnowsComplete |= knowsComplete;
        Say(tracker, answer.Warning, outbox);
        outbox.Emit(new TrackingEvent.Answered(tracker.Url, answer.Peers.Count));
        if (answer.Peers.Count > 0)
            outbox.Emit(new TrackingEvent.PeersFound([.. answer.Peers.Select(peer => peer.Endpoint)]));

        var interval = Bounded(answer.Interval ?? timings.IntervalUsual);
        var least = Bounded(answer.MinInterval ?? interval);
        phase = new Phase.Waiting(now + (least > interval ? least : interval), now + least);
        // It became whole while the answer was under way.
        if (isComplete && !tracker.KnowsComplete)
            Ask(now, tracker, figures, outbox);
    }

    private TimeSpan Bounded(TimeSpan interval) =>
        interval < timings.IntervalMin ? timings.IntervalMin : interval > timings.IntervalMax ? timings.IntervalMax : interval;

    private static void Say(KnownTracker tracker, string? what, TrackingOutbox outbox)
    {
        if (what is not null && what != tracker.LastSaid)
            outbox.Emit(new TrackingEvent.Warned(tracker.Url.ToString(), what));
        tracker.LastSaid = what;
    }

    private AnnounceRequest Request(KnownTracker tracker, AnnounceEvent what, AnnounceFigures figures) => new()
    {
        InfoHash = infoHash,
        PeerId = self,
        Port = port,
        Uploaded = figures.Uploaded,
        Downloaded = figures.Downloaded,
        Left = figures.Left,
        Event = what,
        NumWant = what == AnnounceEvent.Stopped ? 0 : AnnounceRequest.NumWantDefault,
        Key = key,
        TrackerId = tracker.Id,
    };

    private abstract record Phase
    {
        /// <summary>Not begun, or there is no tracker.</summary>
        internal sealed record Idle : Phase;

        /// <summary>A request is under way.</summary>
        internal sealed record Asking(KnownTracker Tracker, bool KnowsComplete) : Phase;

        /// <summary>The next one is later; a node that is alone may come at <c>NotBefore</c>.</summary>
        internal sealed record Waiting(Instant At, Instant NotBefore) : Phase;

        /// <summary>Farewells are under way.</summary>
        internal sealed record Leaving(SortedSet<string> Farewells) : Phase;
    }
}

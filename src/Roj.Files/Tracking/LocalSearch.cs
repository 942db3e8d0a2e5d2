using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>Tells the local network which swarm we are in, and hears who else is (BEP 14, "local service discovery").</summary>
/// <remarks>
/// <para>Pace: every 5 minutes, and once for newcomers; never twice within a minute.</para>
/// <para>Only senders of our own network count: the group is not routed, and who is not on this link could not have been heard.</para>
/// </remarks>
public sealed class LocalSearch
{
    /// <summary>Senders that are remembered at most, so that a newcomer is known for one.</summary>
    public const int NeighboursMax = 256;

    /// <summary>How often we tell of ourselves (BEP 14).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>The time between two announces at least (BEP 14).</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Nodes that are started together, or hear the same newcomer, must not speak in one breath.
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalJitter = TimeSpan.FromSeconds(30);

    // A newcomer that hears of this many needs no more of us.
    private const int EnoughAnswers = 3;

    private readonly Endpoint own;
    private readonly Subnet subnet;
    private readonly Rng rng;
    private readonly string cookie;
    private readonly SortedDictionary<Endpoint, Instant> neighbours = [];
    private Sha1Digest infoHash;
    private Instant? announceAt;
    private Instant? announcedAt;
    private Instant? answerAt;
    private int answersHeard;

    /// <summary>A search that has said nothing.</summary>
    /// <param name="own">Where we listen for the swarm.</param>
    /// <param name="subnet">The network that is searched.</param>
    /// <param name="rng">Chance.</param>
    public LocalSearch(Endpoint own, Subnet subnet, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        this.own = own;
        this.subnet = subnet;
        this.rng = rng;
        cookie = $"roj-{rng.NextUInt64():x16}";
    }

    /// <summary>When <see cref="Tick"/> is next due; null while there is nothing to tell.</summary>
    public Instant? Deadline => Instant.Earliest(announceAt, answerAt);

    /// <summary>This is the file that is shared or sought now.</summary>
    public void Seek(Instant now, Sha1Digest file)
    {
        if (infoHash == file)
            return;
        infoHash = file;
        announceAt = NotBeforePause(now + rng.Next(TimeSpan.Zero, Jitter));
    }

    /// <summary>An announce came from <paramref name="from"/>.</summary>
    public void Receive(Instant now, Endpoint from, LocalSearchMessage message, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        var sender = from.WithPort(message.Port);
        if (infoHash.IsZero || !message.InfoHashes.Contains(infoHash) || message.Cookie == cookie || sender == own)
            return; // of other files, or our own voice
        if (!subnet.Contains(sender.Address) || subnet.IsReserved(sender.Address) || !sender.IsUsable)
            return;
        outbox.Emit(new TrackingEvent.PeersFound([sender]));
        answersHeard++;
        var isNew = !IsNeighbour(now, sender);
        Remember(now, sender);
        if (answerAt is not null && answersHeard >= EnoughAnswers)
        {
            answerAt = null; // whoever is new has been answered
            return;
        }

        if (!isNew || announcedAt is null || answerAt is not null)
            return; // it knows us, or will hear us anyway
        answersHeard = 0;
        answerAt = NotBeforePause(now + rng.Next(TimeSpan.Zero, Jitter));
    }

    /// <summary>Announces, if it is time.</summary>
    public void Tick(Instant now, TrackingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (!(Deadline <= now))
            return;
        outbox.Send(LocalSearchMessage.Group, new LocalSearchMessage(own.Port, [infoHash], cookie));
        announcedAt = now;
        answerAt = null;
        announceAt = now + rng.Next(Interval, Interval + IntervalJitter);
    }

    private Instant NotBeforePause(Instant at) => announcedAt is { } last && last + Pause > at ? last + Pause : at;

    private bool IsNeighbour(Instant now, Endpoint sender) =>
        neighbours.TryGetValue(sender, out var heardAt) && heardAt + (2 * Interval) > now;

    private void Remember(Instant now, Endpoint sender)
    {
        if (neighbours.Count >= NeighboursMax && !neighbours.ContainsKey(sender))
            neighbours.Remove(neighbours.MinBy(neighbour => neighbour.Value).Key);
        neighbours[sender] = now;
    }
}

using System.Text;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>Keeps the list of members: who came, who left, who died (SWIM, Das et al. 2002; with Lifeguard, Dadgar et al. 2018).</summary>
/// <remarks>
/// <para>Whom <see cref="Finder"/> found is met: beliefs are exchanged with it, and from then on it is one of us. Each period one member is
/// probed; who does not answer, nor answers others, is suspect, and dead unless it refutes. What is news travels behind the probes and by
/// itself. Those who are gone are still probed: two halves of a network that was cut find together again.</para>
/// <para>Invariants: M1 (nothing believed of a member ever goes backwards), M2 (only a member raises its own incarnation), M7 (what comes
/// from strangers leads to nothing that is longer).</para>
/// </remarks>
public sealed class Keeper
{
    // So late a wake means that the process stood still: longer than any scheduler's whim, shorter than what it would be blamed for.
    private static readonly TimeSpan Absence = TimeSpan.FromMilliseconds(500);

    private static readonly MemberState[] states = [MemberState.Alive, MemberState.Suspect, MemberState.Dead, MemberState.Left];

    private readonly KeeperSettings settings;
    private readonly Rng rng;
    private readonly Gossip gossip = new();
    private readonly Roster roster;
    private readonly Speaker speaker;
    private readonly Prober prober;
    private readonly Exchanges exchanges;
    private readonly Beliefs beliefs;
    private Instant gossipAt;
    private Instant lastAwake;

    /// <summary>A keeper that knows itself only.</summary>
    /// <exception cref="ArgumentException">The incarnation, the name or an address is nobody's, or there are too many tags.</exception>
    public Keeper(KeeperSettings settings, Profile profile, ReadOnlyMemory<byte> tags, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(rng);
        if (settings.Incarnation is 0 or >= Rumour.IncarnationLimit || !settings.Own.IsUsable)
            throw new ArgumentException($"incarnation {settings.Incarnation} at {settings.Own} is no node", nameof(settings));
        Validate(profile, tags);
        this.settings = settings;
        this.rng = rng;
        roster = new Roster(rng.Fork());
        speaker = new Speaker(settings, profile, tags, gossip, roster);
        prober = new Prober(settings, roster, speaker, rng.Fork());
        exchanges = new Exchanges(settings, roster, rng.Fork());
        beliefs = new Beliefs(settings, roster, gossip, speaker, prober, rng.Fork());
    }

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is awaited.</summary>
    public Instant? Deadline
    {
        get
        {
            var due = Instant.Earliest(prober.Deadline, Instant.Earliest(beliefs.Deadline, exchanges.Deadline));
            return gossip.HasNews && roster.Present.Count > 0 ? Instant.Earliest(due, gossipAt) : due;
        }
    }

    /// <summary>Our own incarnation; it grows when we refute, or change what we say of ourselves.</summary>
    public ulong Incarnation => speaker.Incarnation;

    /// <summary>Ourselves.</summary>
    public Member Self => new(
        settings.Id, settings.Own, speaker.State, speaker.Incarnation, Instant.Zero, settings.Id, speaker.Profile, speaker.Tags);

    /// <summary>How many others are here.</summary>
    public int Company => roster.Present.Count;

    /// <summary>All that are known and not evicted, ourselves included, by id.</summary>
    public IReadOnlyList<Member> Members =>
    [
        .. roster.All.Where(entry => !entry.IsEvicted).Select(entry => entry.View()).Append(Self).OrderBy(member => member.Id),
    ];

    /// <summary>Where the others are: first those who are alive, then suspects, then the gone; each kind by id.</summary>
    public IEnumerable<Endpoint> Places =>
        from state in states
        from entry in roster.All
        where entry.State == state
        select entry.Node;

    /// <summary>When each of the others last sent a datagram to this node, by id; those who never did are left out. In a large cluster that
    /// may be minutes ago for one who is well: others ask it, and tell.</summary>
    public IReadOnlyList<(NodeId Id, Instant At)> Heard =>
        [.. roster.All.Where(entry => entry.Heard > Instant.Zero).Select(entry => (entry.Id, entry.Heard))];

    /// <summary>What is believed of one; null if it is not known.</summary>
    public Member? Find(NodeId id) => id == settings.Id ? Self : roster.Find(id)?.View();

    /// <summary>Begins among members as if all had met long ago: where a measurement of thousands starts, which would take hours to
    /// meet.</summary>
    internal void Assume(Instant now, IReadOnlyList<MemberRecord> records)
    {
        roster.Reserve(records.Count);
        foreach (var record in records)
        {
            if (record.Id != settings.Id)
                roster.Add(record.Id, record.Node, record.Incarnation, record.Profile).Since = now;
        }

        prober.Begin(now);
    }

    /// <summary>Somebody was found at <paramref name="node"/>: makes its acquaintance, unless it is known to be there.</summary>
    public void Meet(Instant now, Endpoint node, NodeId id, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        if (id == settings.Id || node == settings.Own || roster.Find(id) is { IsPresent: true } known && known.Node == node)
            return;
        exchanges.Want(now, node, id);
        exchanges.Tick(now, outbox);
    }

    /// <summary>A datagram came.</summary>
    public void Receive(Instant now, Endpoint from, SwimMessage message, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        if (message.Sender == settings.Id)
            return; // an echo, or a clone: that one is the finder's to tell
        var sender = roster.Find(message.Sender);
        if (sender?.Node == from)
            sender.Heard = now;
        // Of strangers no news are believed: each of them would send us to somebody, and many to many (invariant M7).
        foreach (var rumour in sender is null ? [] : message.News)
            beliefs.Hear(now, rumour, outbox);
        switch (message)
        {
            case SwimMessage.Ping ping when ping.Target == settings.Id:
                // Whom I believe dead, and hear, hears what I believe: it will say otherwise.
                speaker.Ack(from, message.Sender, ping.Sequence, outbox, WhatItShouldHear(sender, message));
                break;
            case SwimMessage.PingRequest request when sender is { IsPresent: true } && request.Target != settings.Id:
                prober.AskFor(now, from, request, outbox);
                break;
            case SwimMessage.Ack ack when prober.Answered(from, ack, outbox) is null && sender is { IsPresent: false }:
                // It lives, and believes us to be gone, perhaps with all that are on our side: one exchange mends all of it.
                exchanges.Want(now, from, message.Sender);
                break;
            case SwimMessage.Nack nack:
                prober.Denied(from, nack.Sequence);
                break;
            default:
                break;
        }

        if (sender is null)
            exchanges.Want(now, from, message.Sender); // it knows us: we should know it
        exchanges.Tick(now, outbox);
    }

    /// <summary>What to begin an exchange with.</summary>
    public ExchangeMessage Opening() => new ExchangeMessage.Digest(Digest());

    /// <summary>Something came by an exchange, whoever began it; what to answer, null if nothing.</summary>
    public ExchangeMessage? Reply(Instant now, ExchangeMessage message, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        switch (message)
        {
            case ExchangeMessage.Digest(var hash):
                return hash == Digest() ? new ExchangeMessage.Same() : new ExchangeMessage.Everything(Records(), IsLast: false);
            case ExchangeMessage.Everything(var records, var isLast):
                foreach (var record in records)
                    beliefs.Learn(now, record, outbox);
                return isLast ? null : new ExchangeMessage.Everything(Records(), IsLast: true);
            default:
                return null;
        }
    }

    /// <summary>An exchange that we began has ended, well or not.</summary>
    public void Exchanged(Instant now, Endpoint with, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        exchanges.Ended(now, with);
        exchanges.Tick(now, outbox);
    }

    /// <summary>From now on we say this of ourselves.</summary>
    /// <exception cref="ArgumentException">The name is nobody's, or there are too many tags.</exception>
    public void Present(Instant now, Profile profile, ReadOnlyMemory<byte> tags)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Validate(profile, tags);
        NoteAbsence(now);
        var version = speaker.Profile.TagsVersion + (tags.Span.SequenceEqual(speaker.Tags.Span) ? 0u : 1);
        if (profile with { TagsVersion = version } == speaker.Profile || !speaker.TryRise(past: 0))
            return;
        (speaker.Profile, speaker.Tags) = (profile with { TagsVersion = version }, tags);
        gossip.Add(speaker.Self);
    }

    /// <summary>An operator knows that a member will not be back: it is forgotten, here and by all who hear of it.</summary>
    /// <remarks>What is said is that its last incarnation has left. So no harm is done to one that lives after all, cut off from us: it
    /// refutes, as it does when it is called dead, and whoever knows a greater incarnation of it takes no notice.</remarks>
    public Eviction Evict(Instant now, NodeId id, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        if (id == settings.Id)
            return Eviction.Self;
        if (roster.Find(id) is not { IsEvicted: false } entry)
            return Eviction.Unknown;
        if (entry.State is MemberState.Alive or MemberState.Left)
            return entry.State == MemberState.Alive ? Eviction.Answers : Eviction.HasLeft;
        beliefs.Evict(now, entry, outbox);
        return Eviction.Done;
    }

    /// <summary>Says farewell. A second later, at most, everybody knows; sooner where <see cref="HasNews"/> is false.</summary>
    public void Leave(Instant now, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        if (speaker.State == MemberState.Left)
            return;
        NoteAbsence(now);
        speaker.State = MemberState.Left;
        gossip.Add(speaker.Self);
        gossipAt = now;
        Tell(now, outbox);
    }

    /// <summary>Whether something was not told often enough yet.</summary>
    public bool HasNews => gossip.HasNews && roster.Present.Count > 0;

    /// <summary>Time has passed.</summary>
    public void Tick(Instant now, KeepingOutbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        NoteAbsence(now);
        foreach (var probe in prober.Tick(now, outbox))
            beliefs.Missed(now, probe, outbox);
        beliefs.Tick(now, outbox);
        exchanges.Tick(now, outbox);
        if (gossip.HasNews && gossipAt <= now)
            Tell(now, outbox);
    }

    private static void Validate(Profile profile, ReadOnlyMemory<byte> tags)
    {
        if (Encoding.UTF8.GetByteCount(profile.Name) is 0 or > Profile.NameBytesMax)
            throw new ArgumentException($"a name has 1 to {Profile.NameBytesMax} bytes", nameof(profile));
        if (tags.Length > Member.TagsBytesMax)
            throw new ArgumentException($"{tags.Length} bytes of tags where {Member.TagsBytesMax} may be", nameof(tags));
    }

    private static Rumour? WhatItShouldHear(Roster.Entry? sender, SwimMessage message) =>
        sender is { State: not MemberState.Alive } && message.Incarnation <= sender.Incarnation ? sender.Rumour() : null;

    private void Tell(Instant now, KeepingOutbox outbox)
    {
        gossipAt = now + settings.GossipPace;
        foreach (var listener in roster.Some(roster.Present, settings.GossipFanout, settings.Id))
            speaker.Tell(listener.Node, listener.Id, outbox);
    }

    // Suspended, swapped out or starved: whoever would have answered us was not heard, and nobody is to blame for it.
    private void NoteAbsence(Instant now)
    {
        var due = Deadline;
        var asleepSince = due > lastAwake ? due.Value : lastAwake; // what fell due by a word that just came was not missed
        lastAwake = now;
        if (due is null || now < asleepSince + Absence)
            return;
        prober.Awake(now);
        beliefs.Extend(now - asleepSince);
    }

    private List<MemberRecord> Records() =>
    [
        new(settings.Id, speaker.Incarnation, speaker.State, settings.Own, settings.Id, speaker.Profile,
            speaker.Profile.TagsVersion, speaker.Tags),
        .. roster.All.Select(entry => new MemberRecord(
            entry.Id, entry.Incarnation, entry.State, entry.Node, entry.Accuser, entry.Profile, entry.TagsOf, entry.Tags)),
    ];

    private ulong Digest() =>
        roster.Digest + Roster.DigestOf(settings.Id, speaker.Incarnation, speaker.State, speaker.Profile.TagsVersion);
}

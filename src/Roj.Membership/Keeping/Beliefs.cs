using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>What is made of what is heard: the order of states and incarnations (SWIM, section 4.2), suspicion, and refutation.</summary>
internal sealed class Beliefs(KeeperSettings settings, Roster roster, Gossip gossip, Speaker speaker, Prober prober, Rng rng)
{
    // So many members, on average, look for themselves when they hear of a suspect: enough to confirm it, however many there are.
    private const int Curious = 6;

    private readonly List<Roster.Entry> suspects = [];
    private Instant forgetAt;
    private Instant? first; // when the first suspicion ends: asked for at each input, and half a cluster may be suspect
    private bool isFirstKnown;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            if (!isFirstKnown)
            {
                (isFirstKnown, first) = (true, null);
                foreach (var suspect in suspects)
                    first = Instant.Earliest(first, suspect.Suspicion!.EndsAt);
            }

            return roster.Gone.Count > 0 ? Instant.Earliest(first, forgetAt) : first;
        }
    }

    /// <summary>A piece of gossip came.</summary>
    public void Hear(Instant now, Rumour rumour, KeepingOutbox outbox)
    {
        if (rumour.Id == settings.Id)
            HearOfSelf(rumour, outbox);
        else if (rumour.State == MemberState.Alive)
            HearAlive(now, rumour.Id, rumour.Incarnation, rumour.Node, rumour.Profile!, outbox);
        else if (roster.Find(rumour.Id) is { } entry) // of whom nothing is known there is nothing to take back
            HearGone(now, entry, rumour.Incarnation, rumour.State, rumour.Accuser, outbox);
    }

    /// <summary>What another believes of a member came, whole.</summary>
    public void Learn(Instant now, MemberRecord record, KeepingOutbox outbox)
    {
        if (record.Id == settings.Id)
        {
            HearOfSelf(new Rumour(record.Id, record.Incarnation, record.State, record.Node, record.Accuser, null), outbox);
            return;
        }

        // Whoever is gone already needs not be known. Of a suspect we say first that it was alive.
        if (roster.Find(record.Id) is not null || record.State is MemberState.Alive or MemberState.Suspect)
            HearAlive(now, record.Id, record.Incarnation, record.Node, record.Profile, outbox);
        if (roster.Find(record.Id) is not { } entry)
            return;
        // Whose tags are newer than its profile here speaks of a life before this one, or of one that is not believed.
        if (record.TagsOf <= entry.Profile.TagsVersion && (record.TagsOf > entry.TagsOf || entry.TagsOf == 0))
        {
            var isOther = !entry.Tags.Span.SequenceEqual(record.Tags.Span);
            roster.Describe(entry, record.TagsOf, record.Tags);
            if (isOther)
                outbox.Emit(new MembershipEvent.Described(entry.View()));
        }

        if (record.State != MemberState.Alive)
            HearGone(now, entry, record.Incarnation, record.State, record.Accuser, outbox);
    }

    /// <summary>We had no answer.</summary>
    public void Missed(Instant now, Probe probe, KeepingOutbox outbox)
    {
        if (roster.Find(probe.Target) is not { IsPresent: true } entry || entry.Incarnation != probe.Incarnation)
            return;
        HearGone(now, entry, entry.Incarnation, MemberState.Suspect, settings.Id, outbox);
        // It should be the first to hear of it.
        speaker.Tell(entry.Node, entry.Id, outbox, entry.Rumour());
    }

    /// <summary>Somebody who knows says that it will not be back.</summary>
    public void Evict(Instant now, Roster.Entry entry, KeepingOutbox outbox) =>
        Turn(now, entry, entry.Incarnation, MemberState.Left, settings.Id, outbox);

    /// <summary>We were not here for so long: nor could we hear suspects refute.</summary>
    public void Extend(TimeSpan by)
    {
        isFirstKnown = false;
        foreach (var suspect in suspects)
            suspect.Suspicion!.Extend(by);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, KeepingOutbox outbox)
    {
        foreach (var suspect in first <= now || !isFirstKnown ? suspects.FindAll(suspect => suspect.Suspicion!.EndsAt <= now) : [])
            Turn(now, suspect, suspect.Incarnation, MemberState.Dead, suspect.Accuser, outbox);
        if (roster.Gone.Count == 0 || now < forgetAt)
            return;
        forgetAt = now + TimeSpan.FromMinutes(1);
        foreach (var gone in roster.Gone.Where(gone => now >= gone.Since + settings.RememberFor).ToArray())
        {
            roster.Remove(gone);
            outbox.Emit(new MembershipEvent.Forgotten(gone.Id));
        }
    }

    private static bool IsJump(ulong from, ulong to) => to > from && to - from > Rumour.JumpMax;

    private void HearOfSelf(Rumour rumour, KeepingOutbox outbox)
    {
        var isFuture = rumour.Incarnation > speaker.Incarnation; // a life that the disk has forgotten, or a clone's
        var isWrong = rumour.Incarnation == speaker.Incarnation && rumour.State != speaker.State && speaker.State == MemberState.Alive;
        if ((!isFuture && !isWrong) || IsJump(speaker.Incarnation, rumour.Incarnation) || !speaker.TryRise(rumour.Incarnation))
            return;
        gossip.Add(speaker.Self);
        if (rumour.State == MemberState.Suspect)
            prober.Doubted();
        outbox.Emit(new MembershipEvent.Refuted(rumour, speaker.Incarnation));
    }

    private void HearAlive(Instant now, NodeId id, ulong incarnation, Endpoint node, Profile profile, KeepingOutbox outbox)
    {
        var entry = roster.Find(id);
        if (entry is null)
        {
            if (roster.Count >= settings.MembersMax - 1 && !TryMakeRoom(outbox))
                return;
            entry = roster.Add(id, node, incarnation, profile);
            entry.Since = now;
            prober.Begin(now, entry);
            gossip.Add(entry.Rumour());
            outbox.Emit(new MembershipEvent.Changed(entry.View(), null));
        }
        else if (incarnation > entry.Incarnation && !IsJump(entry.Incarnation, incarnation))
        {
            (entry.Node, entry.Profile) = (node, profile);
            if (entry.TagsOf > profile.TagsVersion) // of another life, which counted further
                roster.Describe(entry, 0, entry.Tags);
            Turn(now, entry, incarnation, MemberState.Alive, id, outbox);
        }
    }

    // The living before the dead: who has been gone for longest is forgotten first.
    private bool TryMakeRoom(KeepingOutbox outbox)
    {
        if (roster.Gone.MinBy(gone => (gone.Since, gone.Id)) is not { } oldest)
            return false;
        roster.Remove(oldest);
        outbox.Emit(new MembershipEvent.Forgotten(oldest.Id));
        return true;
    }

    private void HearGone(Instant now, Roster.Entry entry, ulong incarnation, MemberState state, NodeId accuser, KeepingOutbox outbox)
    {
        if (IsJump(entry.Incarnation, incarnation))
            return;
        if (entry.IsNews(incarnation, state))
        {
            Turn(now, entry, incarnation, state, accuser, outbox);
        }
        else if (state == MemberState.Suspect && entry.State == MemberState.Suspect && entry.Incarnation == incarnation
            && entry.Suspicion!.Accuse(accuser))
        {
            isFirstKnown = false;
            gossip.Add(entry.Rumour() with { Accuser = accuser });
        }
    }

    private void Turn(Instant now, Roster.Entry entry, ulong incarnation, MemberState state, NodeId accuser, KeepingOutbox outbox)
    {
        var (before, wasPresent) = (entry.State, entry.IsPresent);
        roster.Turn(now, entry, incarnation, state, accuser);
        if (suspects.Remove(entry))
            isFirstKnown = false;
        gossip.Add(entry.Rumour());
        if (state == MemberState.Suspect)
            BeginSuspicion(now, entry, outbox);
        else if (state == MemberState.Alive && !wasPresent)
            prober.Begin(now, entry);
        else if (wasPresent && !entry.IsPresent)
            prober.Lost(now);
        outbox.Emit(new MembershipEvent.Changed(entry.View(), before));
    }

    private void BeginSuspicion(Instant now, Roster.Entry entry, KeepingOutbox outbox)
    {
        var members = roster.Present.Count + 1;
        var doublings = 0;
        for (var n = members; n > 1; n /= 2)
            doublings++;
        // News take as many rounds as the cluster has doublings; up to 64 members that is within the least.
        var least = settings.SuspicionMin * Math.Max(6, doublings) / 6;
        var others = Math.Clamp(members - 2, 0, Math.Min(settings.ConfirmationsMax, Suspicion.ConfirmationsMax));
        var suspicion = new Suspicion(now, least, others == 0 ? least : least * settings.SuspicionStretch, others);
        suspicion.Accuse(entry.Accuser);
        entry.Accuse(entry.Accuser, suspicion);
        suspects.Add(entry);
        isFirstKnown = false;
        if (entry.Accuser != settings.Id && rng.Chance(Math.Min(Curious, members), members))
            prober.Ask(now, entry, outbox);
    }
}

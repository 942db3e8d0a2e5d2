using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Who gets a seat in the roster, and who sees to it: the first live member, one node at a time.</summary>
internal sealed class Seating(RegistersSettings settings, Slots slots, Router router, Acceptor acceptor, Steward steward)
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<NodeId, Instant> aliveSince = [];
    private readonly SortedDictionary<NodeId, ulong> followers = [];
    private readonly Queue<RosterWish> wishes = [];
    private Instant? roundAt;
    private Instant? standsStillSince;

    /// <summary>Whether it is found out of all who are here if they follow the roster: else only the first live member finds it
    /// out.</summary>
    public bool IsAskingAll { get; set; }

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => roundAt;

    /// <summary>Somebody asks for a change.</summary>
    public void Wish(Instant now, RosterWish wish, AgreementOutbox outbox)
    {
        if (slots.Find(0) is null)
            outbox.Emit(wish.Ended("there is no roster: this node belongs to no cluster"));
        else if (wishes.Count >= ReplicaSet.MembersMax)
            outbox.Emit(wish.Ended("too many changes of the roster are asked for"));
        else
            wishes.Enqueue(wish);
        Next(now);
    }

    /// <summary>Who is here.</summary>
    public void Alive(Instant now, SortedSet<NodeId> alive, AgreementOutbox outbox)
    {
        foreach (var gone in aliveSince.Keys.Where(node => !alive.Contains(node)).ToArray())
        {
            aliveSince.Remove(gone);
            followers.Remove(gone);
        }

        foreach (var node in alive.Where(node => node != settings.Self && aliveSince.TryAdd(node, now)))
        {
            // One tells those who come, not all.
            if (slots.Find(0) is { } known && router.FirstLiveOf(0) == settings.Self)
                outbox.Send(node, new AgreementMessage.Adopt(0, known));
        }

        roundAt ??= now + Round;
    }

    /// <summary>Somebody has adopted a roster.</summary>
    public void Receive(NodeId from, AgreementMessage.Adopted adopted)
    {
        if (adopted.Slot == 0 && aliveSince.ContainsKey(from))
            followers[from] = adopted.Version;
    }

    /// <summary>Who has been here for as long as it takes to be given something to keep, and belongs to the cluster.</summary>
    public IEnumerable<NodeId> Settled(Instant now) => aliveSince
        .Where(one => now - one.Value >= settings.AliveBeforeVote && followers.ContainsKey(one.Key))
        .Select(one => one.Key);

    /// <summary>There is another roster.</summary>
    public void Follow(Instant now)
    {
        standsStillSince = null;
        roundAt ??= now + Round;
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        Next(now);
        if (roundAt is not { } due || due > now)
            return;
        roundAt = now + Round;
        if (slots.Find(0) is not { } known || steward.IsBusy)
            return;
        if (IsBehind(known.Set))
        {
            GoOn(now); // whoever was first: only who took it knows
            return;
        }

        var isFirst = router.FirstLiveOf(0) == settings.Self;
        if (!isFirst && !IsAskingAll)
            return;
        // Who does not follow yet: he came while we had no roster, or did not hear it.
        foreach (var node in aliveSince.Keys.Where(node => followers.GetValueOrDefault(node) < known.Set.Version))
            outbox.Send(node, new AgreementMessage.Adopt(0, known));
        if (!isFirst)
            return;
        if (known.Set.Next is not null)
            GoOn(now);
        else if (known.Set.Members.Count < ReplicaSet.MembersMax && CandidateFor(now, known.Set) is { } candidate)
            steward.Begin(now, new RosterWish(candidate, IsMember: true), settings.RosterPatience);
    }

    // The roster was changed, or nearly, and whoever did it has not told: he may have died over it.
    private bool IsBehind(ReplicaSet known) =>
        acceptor.TakenOf(0, Placement.Roster) is { Data: not null } content && Placement.SetOf(content) is { } taken
            && taken.Version > known.Version;

    private void GoOn(Instant now)
    {
        standsStillSince ??= now;
        if (now - standsStillSince < settings.StewardPatience)
            return;
        standsStillSince = null;
        steward.Begin(now, null, settings.RosterPatience);
    }

    private NodeId? CandidateFor(Instant now, ReplicaSet set)
    {
        foreach (var (node, since) in aliveSince)
        {
            if (now - since >= settings.AliveBeforeVote && !set.Has(node) && followers.GetValueOrDefault(node) == set.Version)
                return node;
        }

        return null;
    }

    private void Next(Instant now)
    {
        if (!steward.IsBusy && wishes.TryDequeue(out var wish))
            steward.Begin(now, wish, settings.RosterPatience);
    }
}

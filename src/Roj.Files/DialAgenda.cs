using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>Whom to dial next, in O(log n): those whose time has not come by time, the others by how well it went.</summary>
/// <remarks>
/// <para>Two queues are ready: peers that the user named or that were there once, and hearsay. A peer that was there and has failed once at
/// most goes before all others; else the queues take turns, so that neither dead acquaintances nor a flood of invented addresses can keep
/// the others waiting. Within a queue who failed least comes first, and among equals chance decides.</para>
/// <para>A candidate that was banned, or whose peer was met by another way, is moved when its turn comes, not before.</para>
/// </remarks>
internal sealed class DialAgenda(Bans bans, Rng rng)
{
    private static readonly Comparer<Candidate> byTime = Comparer<Candidate>.Create((a, b) =>
        a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Endpoint.CompareTo(b.Endpoint));

    private static readonly Comparer<Candidate> byRank = Comparer<Candidate>.Create((a, b) =>
        a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.Lot != b.Lot ? a.Lot.CompareTo(b.Lot) : a.Endpoint.CompareTo(b.Endpoint));

    private readonly SortedSet<Candidate> waiting = new(byTime);
    private readonly SortedSet<Candidate> known = new(byRank);
    private readonly SortedSet<Candidate> hearsay = new(byRank);
    private readonly SortedDictionary<PeerId, SortedSet<Candidate>> parked = [];
    private bool isHearsaysTurn;

    /// <summary>Puts a candidate where it belongs; whoever changes it takes it out before.</summary>
    public void Add(Candidate candidate)
    {
        if (candidate.IsDialable)
            Wait(candidate, candidate.NotBefore);
    }

    /// <summary>Takes a candidate out.</summary>
    public void Remove(Candidate candidate)
    {
        switch (candidate.Stage)
        {
            case DialStage.Waiting:
                waiting.Remove(candidate);
                break;
            case DialStage.Ready:
                (candidate.IsKnown ? known : hearsay).Remove(candidate);
                break;
            case DialStage.Parked:
                var together = parked[candidate.LastId!.Value];
                together.Remove(candidate);
                if (together.Count == 0)
                    parked.Remove(candidate.LastId.Value);
                break;
        }

        candidate.Stage = DialStage.Off;
    }

    /// <summary>A candidate is dialled: the other queue is next.</summary>
    public void Took(Candidate candidate) => isHearsaysTurn = candidate.IsKnown;

    /// <summary>A peer is not connected any more: its other addresses may be dialled.</summary>
    public void Left(PeerId peer)
    {
        if (!parked.Remove(peer, out var together))
            return;
        foreach (var candidate in together)
            Add(candidate);
    }

    /// <summary>The next to dial; null if there is none now.</summary>
    public Candidate? First(Instant now, Func<PeerId, bool> isConnected)
    {
        do
        {
            while (Front(waiting, isConnected) is { } candidate && candidate.DueAt <= now)
                Ready(candidate);
        }
        while (Clear(known, isConnected) | Clear(hearsay, isConnected)); // whoever was moved may be due again
        if (known.Min is not { } first || (isHearsaysTurn && first.Rank >= 0 && hearsay.Count > 0))
            return hearsay.Min;
        return first;
    }

    /// <summary>When there will be somebody to dial, or has been since; null if nobody will by waiting.</summary>
    public Instant? FirstAt(Func<PeerId, bool> isConnected)
    {
        Clear(known, isConnected);
        Clear(hearsay, isConnected);
        return Instant.Earliest(Front(waiting, isConnected)?.DueAt, Instant.Earliest(known.Min?.DueAt, hearsay.Min?.DueAt));
    }

    private void Wait(Candidate candidate, Instant until)
    {
        candidate.DueAt = until;
        candidate.Stage = DialStage.Waiting;
        waiting.Add(candidate);
    }

    private void Ready(Candidate candidate)
    {
        Remove(candidate);
        candidate.Lot = rng.NextUInt64();
        candidate.Stage = DialStage.Ready;
        (candidate.IsKnown ? known : hearsay).Add(candidate);
    }

    private bool Clear(SortedSet<Candidate> queue, Func<PeerId, bool> isConnected)
    {
        var first = queue.Min;
        return Front(queue, isConnected) != first;
    }

    /// <summary>The first of a queue, after those were moved that have no business there.</summary>
    private Candidate? Front(SortedSet<Candidate> queue, Func<PeerId, bool> isConnected)
    {
        while (queue.Min is { } candidate)
        {
            if (candidate.LastId is { } id && isConnected(id))
                Park(candidate, id);
            else if (bans.EndOf(candidate.Endpoint.Address) is { } until && until > candidate.DueAt)
                Postpone(candidate, until);
            else
                return candidate;
        }

        return null;
    }

    private void Postpone(Candidate candidate, Instant until)
    {
        Remove(candidate);
        Wait(candidate, until);
    }

    private void Park(Candidate candidate, PeerId id)
    {
        Remove(candidate);
        if (!parked.TryGetValue(id, out var together))
            parked[id] = together = new SortedSet<Candidate>(byTime);
        candidate.Stage = DialStage.Parked;
        together.Add(candidate);
    }
}

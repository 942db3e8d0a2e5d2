using Roj.Kernel;

namespace Roj.Election;

/// <summary>The bully election: of those who are here, the one with the highest address (seed 002; Garcia-Molina 1982).</summary>
/// <remarks>It nominates and no more: two sides of a network that is split each have their nominee. Nobody is turned out by a higher
/// address that comes later: there is an election only while nobody leads.</remarks>
internal sealed class BullyElection(ElectionSettings settings)
{
    private readonly SortedSet<NodeId> known = [];
    private readonly SortedSet<NodeId> passedOver = [];
    private IReadOnlyList<NodeId> candidates = [settings.Self]; // the highest address last
    private Instant quietAt;
    private Instant? standsSince;
    private Instant? awaitedSince;

    /// <summary>When <see cref="IsNominated"/> is next to be asked; null while there is no election.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Whom this node waits for to lead; null if for nobody.</summary>
    public NodeId? Awaited { get; private set; }

    /// <summary>Who is here, and may lead, in the order of addresses.</summary>
    public void Reknit(Instant now, IReadOnlyList<NodeId> inOrder)
    {
        foreach (var gone in known.Where(node => !inOrder.Contains(node)).ToArray())
        {
            known.Remove(gone);
            passedOver.Remove(gone);
        }

        foreach (var node in inOrder)
        {
            if (known.Add(node))
                quietAt = now + settings.QuietTime;
        }

        candidates = inOrder;
        Look(now);
    }

    /// <summary>There is no leader.</summary>
    /// <param name="now">The time.</param>
    /// <param name="without">Who led, and is not to be waited for; null for nobody.</param>
    public void Stand(Instant now, NodeId? without)
    {
        if (without is { } former)
            passedOver.Add(former);
        standsSince ??= now;
        Look(now);
    }

    /// <summary>There is a leader: no election is needed.</summary>
    public void Yield(NodeId leader)
    {
        passedOver.Remove(leader);
        (standsSince, awaitedSince, Awaited, Deadline) = (null, null, null, null);
    }

    /// <summary>Whether this node is the one, now.</summary>
    public bool IsNominated(Instant now)
    {
        Look(now);
        if (Awaited is { } awaited && awaited != settings.Self && now - awaitedSince >= settings.NomineePatience)
        {
            passedOver.Add(awaited); // it has had its time: it is dead, or can't
            Look(now);
        }

        return standsSince is not null && now >= quietAt && Awaited == settings.Self;
    }

    private void Look(Instant now)
    {
        if (standsSince is null)
            return;
        var highest = Highest();
        if (highest is null && passedOver.Count > 0 && now >= quietAt)
        {
            passedOver.Clear(); // all have had their time: once more from the top, but not at once
            quietAt = now + settings.NomineePatience;
        }

        if (now < quietAt)
        {
            (Awaited, awaitedSince, Deadline) = (null, null, quietAt);
            return;
        }

        if (highest != Awaited)
            (Awaited, awaitedSince) = (highest, now);
        Deadline = highest is null ? null : highest == settings.Self ? now : awaitedSince + settings.NomineePatience;
    }

    private NodeId? Highest()
    {
        for (var i = candidates.Count - 1; i >= 0; i--)
        {
            if (!passedOver.Contains(candidates[i]))
                return candidates[i];
        }

        return null;
    }
}

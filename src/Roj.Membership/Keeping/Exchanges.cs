using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>With whom to exchange beliefs, and when: one at a time; newcomers first; now and then with anybody.</summary>
/// <remarks>Whoever is heard of by one exchange needs none of its own: of a thousand that start together each would else exchange a
/// thousand beliefs with all the others.</remarks>
internal sealed class Exchanges(KeeperSettings settings, Roster roster, Rng rng)
{
    private const int WantedMax = 64;
    private const int Burst = 8;

    // A connection that takes as long as this is the host's to give up, not ours.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // So much longer is the pause for each member: ten thousand beliefs move every five seconds at most.
    private static readonly TimeSpan RestPerMember = TimeSpan.FromMilliseconds(0.5);

    private readonly Queue<(Endpoint Node, NodeId Id)> wanted = [];
    private readonly Pace pace = new(Burst, TimeSpan.FromSeconds(1));
    private Endpoint? under;
    private Instant underSince;
    private Instant restUntil;
    private Instant? routineAt;
    private TimeSpan routinePause = settings.ExchangePace / 16; // in young company there is most to hear

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            if (under is not null)
                return underSince + Patience;
            var routine = roster.Present.Count > 0 ? routineAt : null;
            return wanted.Count > 0 ? Instant.Earliest(routine, pace.FreeAt > restUntil ? pace.FreeAt : restUntil) : routine;
        }
    }

    /// <summary>There is somebody who knows what we don't: for one that is gone, or not known.</summary>
    public void Want(Instant now, Endpoint with, NodeId id)
    {
        routineAt ??= now + routinePause;
        if (with != under && wanted.Count < WantedMax && !wanted.Contains((with, id)))
            wanted.Enqueue((with, id));
    }

    /// <summary>An exchange that we began has ended.</summary>
    public void Ended(Instant now, Endpoint with)
    {
        if (under == with)
            under = null;
        routineAt ??= now + routinePause;
    }

    /// <summary>Begins an exchange, if it is time for one.</summary>
    public void Tick(Instant now, KeepingOutbox outbox)
    {
        if (under is not null && now < underSince + Patience)
            return;
        under = null;
        if (roster.Present.Count > 0)
            routineAt ??= now + routinePause;
        while (wanted.TryPeek(out var next) && IsKnown(next.Node, next.Id)) // by another's word meanwhile
            wanted.Dequeue();
        if (wanted.Count > 0 && restUntil <= now && pace.TryTake(now))
        {
            Begin(now, wanted.Dequeue().Node, outbox);
        }
        else if (routineAt <= now && roster.Present.Count > 0)
        {
            routinePause = routinePause * 2 < settings.ExchangePace ? routinePause * 2 : settings.ExchangePace;
            routineAt = now + (routinePause / 2) + rng.Next(TimeSpan.Zero, routinePause);
            Begin(now, roster.Present[rng.Next(roster.Present.Count)].Node, outbox);
        }
    }

    private bool IsKnown(Endpoint node, NodeId id) => roster.Find(id) is { IsPresent: true } known && known.Node == node;

    private void Begin(Instant now, Endpoint with, KeepingOutbox outbox)
    {
        (under, underSince, restUntil) = (with, now, now + (RestPerMember * roster.Count));
        outbox.Do(new KeepingEffect.Exchange(with));
    }
}

using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>With whom to exchange beliefs, and when: one at a time; newcomers first; now and then with anybody.</summary>
internal sealed class Exchanges(KeeperSettings settings, Roster roster, Rng rng)
{
    private const int WantedMax = 64;
    private const int Burst = 8;

    // A connection that takes as long as this is the host's to give up, not ours.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<Endpoint> wanted = [];
    private readonly Pace pace = new(Burst, TimeSpan.FromSeconds(1));
    private Endpoint? under;
    private Instant underSince;
    private Instant? routineAt;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            if (under is not null)
                return underSince + Patience;
            var routine = roster.Present.Count > 0 ? routineAt : null;
            return wanted.Count > 0 ? Instant.Earliest(routine, pace.FreeAt) : routine;
        }
    }

    /// <summary>There is somebody who knows what we don't.</summary>
    public void Want(Instant now, Endpoint with)
    {
        routineAt ??= now + settings.ExchangePace;
        if (with != under && wanted.Count < WantedMax && !wanted.Contains(with))
            wanted.Enqueue(with);
    }

    /// <summary>An exchange that we began has ended.</summary>
    public void Ended(Instant now, Endpoint with)
    {
        if (under == with)
            under = null;
        routineAt ??= now + settings.ExchangePace;
    }

    /// <summary>Begins an exchange, if it is time for one.</summary>
    public void Tick(Instant now, KeepingOutbox outbox)
    {
        if (under is not null && now < underSince + Patience)
            return;
        under = null;
        if (roster.Present.Count > 0)
            routineAt ??= now + settings.ExchangePace;
        if (wanted.Count > 0 && pace.TryTake(now))
        {
            Begin(now, wanted.Dequeue(), outbox);
        }
        else if (routineAt <= now && roster.Present.Count > 0)
        {
            routineAt = now + (settings.ExchangePace / 2) + rng.Next(TimeSpan.Zero, settings.ExchangePace);
            Begin(now, roster.Present[rng.Next(roster.Present.Count)].Node, outbox);
        }
    }

    private void Begin(Instant now, Endpoint with, KeepingOutbox outbox)
    {
        (under, underSince) = (with, now);
        outbox.Do(new KeepingEffect.Exchange(with));
    }
}

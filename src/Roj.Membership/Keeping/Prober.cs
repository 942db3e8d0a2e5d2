using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Membership.Keeping;

/// <summary>Asks one member after another whether it is there (SWIM, sections 3.1 and 4.3), itself and through others.</summary>
/// <remarks>
/// <para>Each period we ask who comes after us in the ring of the members: whoever crashes is asked by somebody within one period. By
/// chance alone one crash in a hundred would not be noticed for five.</para>
/// <para>Every few periods somebody else is asked too: everybody once in each round, in an order of our own that changes with the round, so
/// that who crashes together with the one before it is noticed, and whoever we believe to be here is asked by us at some time. Whom others
/// suspect is asked in between.</para>
/// </remarks>
internal sealed class Prober(KeeperSettings settings, Roster roster, Speaker speaker, Rng rng)
{
    private const int ProbesMax = 64;
    private const int RoundEvery = 4; // periods

    private readonly LocalHealth health = new();
    private readonly Relays relays = new();
    private readonly List<Probe> probes = [];
    private readonly List<Roster.Entry> round = [];
    private Instant? nextAt;
    private Instant remembranceAt;
    private int untilRound = RoundEvery;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            var due = Instant.Earliest(nextAt, relays.Due);
            foreach (var probe in probes)
                due = Instant.Earliest(due, probe.Due);
            return roster.Gone.Count > 0 ? Instant.Earliest(due, remembranceAt) : due;
        }
    }

    /// <summary>Somebody is there to be asked.</summary>
    public void Begin(Instant now, Roster.Entry newcomer)
    {
        Begin(now);
        if (newcomer.IsInRound) // back before its turn came: else whoever comes and goes fills the round
            return;
        newcomer.IsInRound = true;
        round.Insert(rng.Next(round.Count + 1), newcomer);
    }

    /// <summary>There are some to be asked.</summary>
    public void Begin(Instant now) => nextAt ??= now + rng.Next(TimeSpan.Zero, settings.Period);

    /// <summary>Somebody is gone.</summary>
    public void Lost(Instant now) => remembranceAt = roster.Gone.Count == 1 ? now + settings.RemembrancePace : remembranceAt;

    /// <summary>Does what is due, and gives back whom we had no answer from.</summary>
    public List<Probe> Tick(Instant now, KeepingOutbox outbox)
    {
        if (nextAt <= now)
            AskNext(now, outbox);
        if (roster.Gone.Count > 0 && remembranceAt <= now)
            Remember(now, outbox);
        while (relays.TryTakeLate(now, out var asker, out var number))
            speaker.Nack(asker, number, outbox);
        foreach (var probe in probes)
        {
            if (probe.Relays is null && probe.RelayAt <= now)
                Relay(now, probe, outbox);
        }

        var failed = probes.FindAll(probe => probe.FailAt <= now);
        probes.RemoveAll(probe => probe.FailAt <= now);
        foreach (var probe in failed)
        {
            // Whom I asked to ask, and who did not even say that there was no answer, makes me doubt myself.
            if (probe.Nacks < probe.Relays?.Count)
                health.Worse();
        }

        return failed;
    }

    /// <summary>Asks a member now, out of turn: others suspect it.</summary>
    public void Ask(Instant now, Roster.Entry target, KeepingOutbox outbox)
    {
        if (probes.Count >= ProbesMax || probes.Exists(probe => probe.Target == target.Id))
            return;
        var probe = new Probe(
            target.Id,
            target.Node,
            target.Incarnation,
            speaker.NextSequence(),
            now + (settings.ProbePatience * health.Multiplier),
            now + (settings.Period * health.Multiplier));
        probes.Add(probe);
        // A suspect hears what is said of it, so that it can refute.
        speaker.Ping(target.Node, target.Id, probe.Sequence, outbox, target.State == MemberState.Suspect ? target.Rumour() : null);
    }

    /// <summary>An answer came; whom it speaks of, if we asked.</summary>
    public NodeId? Answered(Endpoint from, SwimMessage.Ack ack, KeepingOutbox outbox)
    {
        if (relays.TryTake(ack.Sequence, from, out var asker, out var number))
        {
            speaker.Ack(asker, default, number, outbox);
            return null;
        }

        if (probes.Find(probe => probe.Sequence == ack.Sequence && probe.WasAsked(from)) is not { } answered)
            return null;
        probes.Remove(answered);
        health.Better();
        return answered.Target;
    }

    /// <summary>One whom we asked to ask had no answer.</summary>
    public void Denied(Endpoint from, uint sequence)
    {
        if (probes.Find(probe => probe.Sequence == sequence && probe.Relays?.Contains(from) == true) is { } probe)
            probe.Nacks++;
    }

    /// <summary>Somebody wants to know whether another is there. We go where we know it to be, not wherever we are sent (invariant
    /// M7).</summary>
    public void AskFor(Instant now, Endpoint asker, SwimMessage.PingRequest request, KeepingOutbox outbox)
    {
        if (roster.Find(request.Target)?.Node != request.At)
            return;
        var number = speaker.NextSequence();
        if (relays.TryAdd(number, request.At, asker, request.Sequence, now + (settings.ProbePatience * 3 / 4)))
            speaker.PingFor(request, number, outbox);
    }

    /// <summary>We were not here for a while: silence says nothing.</summary>
    public void Awake(Instant now)
    {
        probes.Clear();
        health.Worse();
        if (nextAt is not null)
            nextAt = now + rng.Next(TimeSpan.Zero, settings.Period);
    }

    /// <summary>Somebody had to be told that we are here.</summary>
    public void Doubted() => health.Worse();

    private void AskNext(Instant now, KeepingOutbox outbox)
    {
        var jitter = settings.Period / 12;
        nextAt = roster.Present.Count == 0 ? null
            : now + ((settings.Period + rng.Next(-jitter, jitter)) * health.Multiplier);
        if (roster.After(settings.Id) is { } successor)
            Ask(now, successor, outbox);
        if (--untilRound > 0)
            return;
        untilRound = RoundEvery;
        AskOfRound(now, outbox);
    }

    private void AskOfRound(Instant now, KeepingOutbox outbox)
    {
        for (var tries = roster.Present.Count + round.Count; tries > 0; tries--)
        {
            if (round.Count == 0)
                Shuffle();
            if (round.Count == 0)
                return;
            var next = round[^1];
            round.RemoveAt(round.Count - 1);
            next.IsInRound = false;
            if (!next.IsPresent)
                continue;
            Ask(now, next, outbox);
            return;
        }
    }

    private void Shuffle()
    {
        Roster.Entry[] all = [.. roster.Present];
        rng.Shuffle(all.AsSpan());
        round.AddRange(all);
        foreach (var entry in all)
            entry.IsInRound = true;
    }

    private void Remember(Instant now, KeepingOutbox outbox)
    {
        remembranceAt = now + settings.RemembrancePace;
        var lost = roster.Gone[rng.Next(roster.Gone.Count)];
        if (lost.IsEvicted)
            return; // if it is there after all it will ask for us
        speaker.Ping(lost.Node, lost.Id, speaker.NextSequence(), outbox, lost.Rumour());
    }

    private void Relay(Instant now, Probe probe, KeepingOutbox outbox)
    {
        probe.Late(now);
        probe.Relays = [];
        if (roster.Find(probe.Target) is not { } target)
            return;
        foreach (var relay in roster.Some(roster.Present, settings.Relays, probe.Target))
        {
            speaker.PingRequest(relay, target, probe.Sequence, outbox);
            probe.Relays.Add(relay.Node);
        }
    }
}

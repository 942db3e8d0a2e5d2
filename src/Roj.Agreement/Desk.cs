using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Where requests come in: brings each to who carries it out, and its end to who asked for it.</summary>
internal sealed class Desk(
    RegistersSettings settings,
    Proposer proposer,
    Router router,
    Leases leases,
    Burials burials,
    Stewards stewards,
    Lookups lookups,
    Relocation relocation,
    Departures departures,
    Repairs repairs,
    Scans scans)
{
    private ulong sequence;

    /// <summary>An id that no request had yet.</summary>
    public ChangeId NextId() => new(settings.Self, settings.Boot, ++sequence);

    /// <summary>A request that is given up when its time is over.</summary>
    public Request New(
        Instant now, ushort slot, RegisterName name, ChangeId id, RegisterChange? change, ulong? since, Asker asker,
        ulong? asked = null, bool isWritingBack = false) => new(slot, name, id, change, since, now + settings.Proposing.Patience)
        {
            Asker = asker,
            AskedAt = asked,
            IsWritingBack = isWritingBack,
        };

    /// <summary>Has a request carried out where it is at home.</summary>
    public void Ask(Instant now, Request request, AgreementOutbox outbox)
    {
        // Readings don't duel: they are at home wherever they are asked for.
        if (request.Change is null || !proposer.IsSpeaking || !router.TrySend(now, request, outbox))
            Propose(now, request, outbox);
    }

    /// <summary>Carries a request out here.</summary>
    public void Propose(Instant now, Request request, AgreementOutbox outbox)
    {
        if (!proposer.Begin(now, request, outbox))
            Tell(now, request, new Outcome(request.Id, request.AppliedIfGivenUp, Refusal.Busy, 0, null), outbox);
    }

    /// <summary>A lease's holder writes it once more where it lacks.</summary>
    public void Keep(Instant now, Holding holding, AgreementOutbox outbox)
    {
        var keep = new RegisterChange.Keep(holding.Lease.Epoch);
        Propose(now, New(now, holding.Slot, holding.Name, NextId(), keep, null, Asker.Leases), outbox);
    }

    /// <summary>What a replica did not answer is carried out here: it may have been applied there, so it is looked for first (rule
    /// 6).</summary>
    public void Late(Instant now, AgreementOutbox outbox)
    {
        while (router.TakeLate(now) is var (request, since))
        {
            var again = New(now, request.Slot, request.Name, request.Id, request.Change, since, request.Asker);
            Propose(now, again, outbox);
        }
    }

    /// <summary>Somebody to whom a request was sent answers. What came too late is asked for once more: now it is known from which version
    /// on.</summary>
    public void Answered(Instant now, Request request, Outcome outcome, AgreementOutbox outbox)
    {
        if (outcome.Refusal is not Refusal.Stale || request.AskedAt is not null) // then whoever asked knows since when, and asks again
        {
            Tell(now, request, outcome, outbox);
            return;
        }

        router.Saw(request.Slot, request.Name, outcome.Version);
        if (!router.TrySend(now, request, outbox))
            Propose(now, request, outbox);
    }

    /// <summary>Tells of what has ended, and takes on what follows from it.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool GoOn(Instant now, AgreementOutbox outbox)
    {
        var isQuiet = true;
        for (; proposer.TakeEnded() is { Outcome: { } outcome } request; isQuiet = false)
            Tell(now, request, outcome, outbox);
        for (; proposer.TakeUnplaced() is { } slot; isQuiet = false)
            lookups.Want(now, slot);
        for (; scans.Unplaced.TryDequeue(out var unplaced); isQuiet = false)
            lookups.Want(now, unplaced);
        for (; lookups.TakeWanted() is var (slot, change); isQuiet = false)
        {
            var request = New(now, 0, Placement.NameOf(slot), NextId(), change, null, Asker.Lookup(slot));
            Ask(now, request, outbox);
        }

        for (; proposer.HasRoom && stewards.TakeWanted() is var (steward, wanted); isQuiet = false)
        {
            var id = NextId();
            steward.Asked(id);
            Propose(now, New(now, wanted.Slot, wanted.Name, id, wanted.Change, null, Asker.Steward(steward.Slot)), outbox);
        }

        while (stewards.OfRoster.Departed.TryDequeue(out var node))
            departures.Write(node);
        for (; proposer is { IsSpeaking: true, HasRoom: true } && repairs.TakeRewrite() is var (slot, name); isQuiet = false)
            Propose(now, New(now, slot, name, NextId(), null, null, Asker.Repairs, isWritingBack: true), outbox);
        // Not before it may speak, else what is only to be looked at would be given up, and asked again at once.
        for (; proposer is { IsSpeaking: true, HasRoom: true } && departures.TryTakeWanted(out var change); isQuiet = false)
            Propose(now, New(now, 0, Departures.Register, NextId(), change, null, Asker.Departures), outbox);
        return !isQuiet;
    }

    private void Tell(Instant now, Request request, Outcome outcome, AgreementOutbox outbox)
    {
        if (outcome.Version > 0)
            router.Saw(request.Slot, request.Name, outcome.Version);
        if (request.Change is RegisterChange.Claim)
            leases.Claimed(now, request, outbox);
        var mayBury = request.Change is null or RegisterChange.Delete or RegisterChange.Timed;
        if (mayBury && request is { Phase: Phase.Accepting, IsTaken: true, Proposed: { IsTombstone: true } tombstone })
            burials.Begin(now, request.Slot, request.Name, request.Ballot, tombstone, outbox);
        switch (request.Asker.Kind)
        {
            case Asker.Kinds.Program:
                outbox.Emit(new AgreementEvent.Ended(outcome));
                break;
            case Asker.Kinds.Other:
                outbox.Send(request.Asker.Node, new AgreementMessage.Answer(outcome));
                break;
            case Asker.Kinds.Leases:
                leases.Kept(now, request, outbox);
                break;
            case Asker.Kinds.Departures:
                departures.Ended(outcome);
                break;
            case Asker.Kinds.Lookup:
                if (lookups.Ended(now, request.Asker.Slot, outcome, outbox))
                    relocation.Saw(request.Asker.Slot);
                break;
            case Asker.Kinds.Steward:
                stewards.Ended(now, request.Asker.Slot, request.Name, outcome, outbox);
                break;
        }
    }
}

using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>The leases that this node holds, and their renewal.</summary>
/// <remarks>Leases of one name never overlap as long as clocks differ in pace by less than a tenth: the holder counts from before it asked,
/// the acceptors from when they took it and a tenth longer (Gray and Cheriton, "Leases", SOSP 1989, section 5).</remarks>
internal sealed class Leases(NodeId self, uint boot, Slots slots)
{
    private readonly SortedDictionary<(ushort Slot, RegisterName Name), Holding> holdings = [];
    private ulong rounds;

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is held.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>The lease, if it is held now.</summary>
    public Holding? Find(Instant now, ushort slot, RegisterName name) =>
        holdings.TryGetValue((slot, name), out var holding) && now < holding.StopAt ? holding : null;

    /// <summary>A change that makes a lease this node's has ended.</summary>
    public void Claimed(Instant now, Request request, AgreementOutbox outbox)
    {
        if (request is not { Outcome: { Applied: Applied.Yes, Content.Lease: { IsFree: false } lease }, ProposedAt: { } askedAt }
            || !lease.IsOf(new Ballot(0, self, boot)))
        {
            return;
        }

        var holding = new Holding(request.Slot, request.Name, lease);
        holding.Last(askedAt);
        if (holding.StopAt <= now)
            return; // it took too long: it is over already
        holdings[(request.Slot, request.Name)] = holding;
        outbox.Emit(new AgreementEvent.Held(request.Name, lease.Epoch));
        SetDeadline();
    }

    /// <summary>A lease was handed over to this node.</summary>
    /// <returns>Whether it is held: else it is over already.</returns>
    public bool TakeOver(Instant now, ushort slot, RegisterName name, Lease lease, Instant since)
    {
        var holding = new Holding(slot, name, lease);
        holding.Last(since);
        if (holding.StopAt <= now || slots.Find(slot) is null)
            return false;
        holding.RenewAt = now; // a part of it is over already
        holdings[(slot, name)] = holding;
        SetDeadline();
        return true;
    }

    /// <summary>A lease was written once more.</summary>
    public void Kept(Instant now, Request request, AgreementOutbox outbox)
    {
        if (!holdings.TryGetValue((request.Slot, request.Name), out var holding)
            || request.Change is not RegisterChange.Keep(var epoch) || epoch != holding.Lease.Epoch)
        {
            return;
        }

        holding.IsKeeping = false;
        if (request is { Outcome: { Applied: Applied.Yes, Content: not null }, ProposedAt: { } askedAt })
            holding.Last(askedAt);
        else if (request.Outcome is { Applied: Applied.No, Refusal: Refusal.LeaseMoved })
            Lapse(holding, outbox);
        else
            holding.RenewAt = now + (holding.Lease.Duration / 10);
        SetDeadline();
    }

    /// <summary>Gives a lease back, or away: nothing may be done under it any more.</summary>
    /// <returns>The epoch that is over; null if it is not held.</returns>
    public ulong? Release(ushort slot, RegisterName name, AgreementOutbox outbox)
    {
        if (!holdings.TryGetValue((slot, name), out var holding))
            return null;
        Lapse(holding, outbox);
        SetDeadline();
        return holding.Lease.Epoch;
    }

    /// <summary>An acceptor answers a renewal.</summary>
    /// <returns>What is to be written once more, since one does not have it; null if nothing is.</returns>
    public Holding? Receive(NodeId from, AgreementMessage.Renewed renewed)
    {
        if (!holdings.TryGetValue((renewed.Slot, renewed.Name), out var holding) || holding.Round != renewed.Ballot
            || holding.Set is not { } set || set.Version != renewed.Version || !set.Has(from))
        {
            return null;
        }

        // Even one that does not have it, though enough others do: it would take the lease for nobody's, and be missing when one of
        // those dies.
        if (!renewed.IsYours)
            return holding.IsKeeping ? null : Keep(holding);
        holding.For.Add(from);
        if (set.IsQuorum(holding.For))
            holding.Last(holding.SentAt);
        SetDeadline();
        return null;
    }

    /// <summary>The slot has another replica set: who is new in it must hear of the lease at once.</summary>
    public void Follow(Instant now, ushort slot, AgreementOutbox outbox)
    {
        foreach (var holding in holdings.Values.Where(holding => holding.Slot == slot))
            Renew(now, holding, outbox);
        SetDeadline();
    }

    /// <summary>Renews what is due, and ends what could not be renewed.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        foreach (var holding in holdings.Values.Where(holding => holding.StopAt <= now).ToArray())
            Lapse(holding, outbox);
        foreach (var holding in holdings.Values.Where(holding => holding.RenewAt <= now))
            Renew(now, holding, outbox);
        SetDeadline();
    }

    private void Renew(Instant now, Holding holding, AgreementOutbox outbox)
    {
        if (slots.Find(holding.Slot) is not { Set: var set })
            return;
        holding.Round = new Ballot(++rounds, self, boot);
        (holding.Set, holding.SentAt, holding.RenewAt) = (set, now, now + (holding.Lease.Duration / 6));
        holding.For.Clear();
        var renew = new AgreementMessage.Renew(holding.Slot, set.Version, holding.Name, holding.Round.Value, holding.Lease.Epoch);
        foreach (var acceptor in set.All)
            outbox.Send(acceptor, renew);
    }

    private static Holding Keep(Holding holding)
    {
        (holding.IsKeeping, holding.Round) = (true, null);
        return holding;
    }

    private void Lapse(Holding holding, AgreementOutbox outbox)
    {
        holdings.Remove((holding.Slot, holding.Name));
        outbox.Emit(new AgreementEvent.Lapsed(holding.Name, holding.Lease.Epoch));
    }

    private void SetDeadline() => Deadline = holdings.Count == 0
        ? null
        : holdings.Values.Min(holding => holding.StopAt < holding.RenewAt ? holding.StopAt : holding.RenewAt);
}

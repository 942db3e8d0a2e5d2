using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>One of those whose majority decides: keeps, for each register, what it promised and what it took.</summary>
/// <remarks>Rules 2, 7 and 8 of the register, and the acceptor's half of leases. Every answer that gives something away stands behind the
/// <see cref="AgreementEffect.Save"/> that it rests on.</remarks>
internal sealed class Acceptor(NodeId self, Instant startedAt, Slots slots, IStableStore store)
{
    /// <summary>Registers whose state is kept in memory at most, half of them those that were used last; what is not there is read from the
    /// store.</summary>
    private const int CachedMax = 16 * 1024;

    /// <summary>Content that is kept in memory at most.</summary>
    private const int CachedBytesMax = 4 * 1024;

    /// <summary>Leases that are guarded before those are forgotten that have lapsed.</summary>
    private const int GuardsMax = 4096;

    /// <summary>About so many names are in one answer to <see cref="AgreementMessage.List"/>.</summary>
    private const int ListedAtOnce = AgreementCodec.ListedMax / 4;

    private Table<(ushort Slot, RegisterName Name), RegisterState> cache = new();
    private Table<(ushort Slot, RegisterName Name), RegisterState> older = new(); // some of them are in the cache again
    private readonly Table<(ushort Slot, RegisterName Name), Instant> guards = new();

    private readonly LeaseWatch watch = new();

    /// <summary>When <see cref="Tick"/> is next due; null while no lease that is watched is held.</summary>
    public Instant? Deadline => watch.Deadline;

    /// <summary>Has this node told when a lease is nobody's any more, as far as it knows.</summary>
    public void Watch(ushort slot, RegisterName name)
    {
        watch.Add(slot, name);
        if (guards.TryGetValue((slot, name), out var guard))
            watch.Guarded(slot, name, guard);
        else if (Find(slot, name, Floor.None) is { Content.Lease: { IsFree: false } lease })
            watch.Guarded(slot, name, startedAt + lease.Guarded); // of an earlier life
    }

    /// <summary>Tells which of the leases that are watched have lapsed.</summary>
    public void Tick(Instant now, AgreementOutbox outbox) => watch.Tick(now, outbox);

    /// <summary>Whether it may promise and take: not before it is known that its disk was not set back.</summary>
    public bool IsVoting { get; set; }

    /// <summary>A proposer says something about one register.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.OfRegister message, AgreementOutbox outbox)
    {
        if (!IsVoting || !IsAsked(from, message.Slot, message.Version, outbox, out var floor))
            return;
        if (Find(message.Slot, message.Name, floor) is not { } state)
        {
            outbox.Emit(new AgreementEvent.Damaged(message.Name));
            return; // what was promised is not known: silence is the only safe answer
        }

        switch (message)
        {
            case AgreementMessage.Ask:
                outbox.Send(from, new AgreementMessage.Told(
                    message.Slot, message.Version, message.Name, message.Ballot, state.Accepted, state.Content));
                break;
            case AgreementMessage.Prepare prepare:
                Prepare(now, from, state, prepare, floor, outbox);
                break;
            case AgreementMessage.Accept accept:
                Accept(now, from, state, accept, floor, outbox);
                break;
            case AgreementMessage.Renew renew:
                Renew(now, from, state, renew, outbox);
                break;
            case AgreementMessage.Raise raise:
                Raise(from, state, raise, outbox);
                break;
            case AgreementMessage.Forget forget:
                Forget(state, forget, floor, outbox);
                break;
            default:
                break; // an answer, which is none of ours
        }
    }

    /// <summary>What this node took last of a register; null if that can't be read.</summary>
    public Content? TakenOf(ushort slot, RegisterName name) => Find(slot, name, Floor.None)?.Content;

    /// <summary>What this node promised and took of a register of the store; null if that can't be read.</summary>
    public RegisterState? StateOf(ushort slot, RegisterName name) => Find(slot, name, Floor.None);

    /// <summary>Another replica tells what it took.</summary>
    public void Receive(NodeId from, AgreementMessage.Compare compare, AgreementOutbox outbox)
    {
        if (!IsVoting || !IsAsked(from, compare.Slot, compare.Version, outbox, out var floor))
            return;
        RegisterName[] lacking = [.. compare.Heads
            .Where(head => Find(compare.Slot, head.Name, floor) is { } state && state.Accepted < head.Taken)
            .Select(head => head.Name)];
        outbox.Send(from, new AgreementMessage.Lacking(compare.Slot, compare.Version, compare.Cursor, lacking));
    }

    /// <summary>Somebody copies the slot.</summary>
    public void Receive(NodeId from, AgreementMessage.List list, AgreementOutbox outbox)
    {
        if (!IsVoting || !IsAsked(from, list.Slot, list.Version, outbox, out _))
            return;
        List<StoredHead> found = [];
        if (store.List(list.Slot, list.Cursor, ListedAtOnce, found) is not { } next)
            return; // who lists less than he has may be the only one who knows of it
        var names = found.Select(record => Records.NameOf(list.Slot, record.Key)).OfType<RegisterName>().ToArray();
        outbox.Send(from, new AgreementMessage.Listed(list.Slot, list.Version, list.Cursor, next, names));
    }

    /// <summary>Somebody lists the slot part by part.</summary>
    public void Receive(NodeId from, AgreementMessage.Walk walk, AgreementOutbox outbox)
    {
        if (!IsVoting || !IsAsked(from, walk.Slot, walk.Version, outbox, out _))
            return;
        List<(ulong At, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head)> found = [];
        if (store.Walk(walk.Slot, walk.From, walk.About, found) is not { } last)
            return; // as above
        List<Place> places = [];
        foreach (var (at, key, head) in found)
        {
            if (Records.NameOf(walk.Slot, key) is not { } name)
                continue;
            if (StateCodec.ReadPlace(name, at, head.Span) is not { } place)
                return;
            if (place.Accepted != Ballot.None)
                places.Add(place);
        }

        outbox.Send(from, new AgreementMessage.Walked(walk.Slot, walk.Version, walk.Number, last, places));
    }

    /// <summary>A slot has another replica set: of what was taken under the one before all may have been forgotten.</summary>
    public void Follow(ushort slot)
    {
        cache.RemoveWhere((known, _) => known.Slot == slot);
        older.RemoveWhere((known, _) => known.Slot == slot);
    }

    // Who knows an older set is told the newer one; who knows a newer one tells it when he hears ours.
    private bool IsAsked(NodeId from, ushort slot, ulong version, AgreementOutbox outbox, out Floor floor)
    {
        floor = Floor.None;
        if (slots.Find(slot) is not { } known)
        {
            outbox.Send(from, new AgreementMessage.Adopted(slot, 0, Floor.None));
            return false;
        }

        floor = known.Floor;
        if (version < known.Set.Version)
            outbox.Send(from, new AgreementMessage.Adopt(slot, known));
        else if (version > known.Set.Version)
            outbox.Send(from, new AgreementMessage.Adopted(slot, known.Set.Version, known.Floor));
        return version == known.Set.Version && known.Set.Has(self);
    }

    private void Prepare(
        Instant now, NodeId from, RegisterState state, AgreementMessage.Prepare prepare, Floor floor, AgreementOutbox outbox)
    {
        var (slot, version, name, ballot) = prepare;
        var wait = GuardOf(now, slot, name, state, ballot);
        if (wait > TimeSpan.Zero || ballot <= state.Promised || ballot <= floor.Ballot)
        {
            outbox.Send(from, new AgreementMessage.Refused(slot, version, name, ballot, Greater(state.Promised, floor.Ballot), wait));
            return;
        }

        Save(slot, name, state with { Promised = ballot }, outbox);
        outbox.Send(from, new AgreementMessage.Promise(slot, version, name, ballot, state.Accepted, state.Content));
    }

    private void Accept(
        Instant now, NodeId from, RegisterState state, AgreementMessage.Accept accept, Floor floor, AgreementOutbox outbox)
    {
        var (slot, version, name, ballot, content, next, isKnown) = accept;
        var isTaken = ballot == state.Accepted; // the answer may have been lost: it is acknowledged again
        if (!isTaken && (ballot < state.Promised || ballot <= floor.Ballot))
        {
            outbox.Send(
                from, new AgreementMessage.Refused(slot, version, name, ballot, Greater(state.Promised, floor.Ballot), TimeSpan.Zero));
            return;
        }

        if (!isTaken && !isKnown && GoesBack(state, content, floor))
        {
            outbox.Send(from, new AgreementMessage.Refused(
                slot, version, name, ballot, Greater(ballot, state.Promised), TimeSpan.Zero, floor.Version));
            return;
        }

        // Whoever accepts promises: nothing below this is taken any more. The proposer's next attempt is promised in the same breath,
        // unless another was promised meanwhile.
        var atLeast = Greater(ballot, state.Promised);
        var isNextPromised = next > ballot && next >= atLeast && next > floor.Ballot;
        var taken = new RegisterState(isNextPromised ? next : atLeast, ballot, content);
        if (!isTaken || taken.Promised != state.Promised)
            Save(slot, name, taken, outbox);
        if (content.Lease is { IsFree: false } lease)
            Guard(now, slot, name, lease);
        else if (guards.Remove((slot, name)))
            watch.Freed(slot, name, outbox);
        outbox.Send(from, new AgreementMessage.Accepted(slot, version, name, ballot, isNextPromised ? next : Ballot.None));
    }

    // The floor may have risen, by another register's deletion, since this was made, or may have been below it where it was made: then
    // somebody may have been told that there is nothing, at the floor's version.
    private static bool GoesBack(RegisterState state, Content content, Floor floor) =>
        content.Above(floor.Version) != content && (state.Accepted == Ballot.None || content.Version < state.Content.Version
            || (content.Version == state.Content.Version && state.Content.IsTombstone && !content.IsTombstone));

    // It lives in memory and changes nothing on disk. Whoever was promised something after the guard had lapsed may complete it: from then
    // on the lease is not the holder's any more as far as this acceptor knows.
    private void Renew(Instant now, NodeId from, RegisterState state, AgreementMessage.Renew renew, AgreementOutbox outbox)
    {
        var (slot, version, name, ballot, epoch) = renew;
        var isHis = state.Content.Lease is { IsFree: false } lease && lease.Epoch == epoch && lease.IsOf(ballot)
            && (state.Promised == state.Accepted || lease.IsOf(state.Promised));
        if (isHis)
            Guard(now, slot, name, state.Content.Lease!);
        outbox.Send(from, new AgreementMessage.Renewed(slot, version, name, ballot, isHis));
    }

    private void Raise(NodeId from, RegisterState state, AgreementMessage.Raise raise, AgreementOutbox outbox)
    {
        var (slot, version, name, ballot) = raise;
        if (state.Accepted != ballot || state.Promised > ballot || !state.Content.IsTombstone)
            return; // somebody is about to write there again
        slots.Raise(slot, new Floor(ballot, state.Content.Version), outbox);
        outbox.Send(from, new AgreementMessage.Raised(slot, version, name, ballot));
    }

    private void Forget(RegisterState state, AgreementMessage.Forget forget, Floor floor, AgreementOutbox outbox)
    {
        if (state.Accepted != forget.Ballot || state.Promised > forget.Ballot || floor.Ballot < forget.Ballot || !state.Content.IsTombstone)
            return;
        Uncache(forget.Slot, forget.Name);
        outbox.Do(new AgreementEffect.Save(Records.RegisterKey(forget.Slot, forget.Name), null));
    }

    private void Guard(Instant now, ushort slot, RegisterName name, Lease lease)
    {
        if (guards.Count >= GuardsMax)
            guards.RemoveWhere((_, until) => until <= now); // as if taken in an earlier life, which is over as well

        guards[(slot, name)] = now + lease.Guarded;
        watch.Guarded(slot, name, now + lease.Guarded);
    }

    /// <summary>For how long everybody but the holder is kept away.</summary>
    private TimeSpan GuardOf(Instant now, ushort slot, RegisterName name, RegisterState state, Ballot ballot)
    {
        if (state.Content.Lease is not { IsFree: false } lease || lease.IsOf(ballot))
            return TimeSpan.Zero;
        // What was taken in an earlier life: it is not known when, nor whether it was renewed since.
        var until = guards.TryGetValue((slot, name), out var guard) ? guard : startedAt + lease.Guarded;
        return until > now ? until - now : TimeSpan.Zero;
    }

    private RegisterState? Find(ushort slot, RegisterName name, Floor floor)
    {
        if (!cache.TryGetValue((slot, name), out var state))
        {
            if (!older.TryGetValue((slot, name), out state) && store.Find(slot, name, out state) is Finding.Damaged)
                return null;
            Cache(slot, name, state);
        }

        return state.Accepted == Ballot.None ? state with { Content = Content.Empty with { Version = floor.Version } } : state;
    }

    private void Save(ushort slot, RegisterName name, RegisterState state, AgreementOutbox outbox)
    {
        Cache(slot, name, state);
        outbox.Do(Records.Save(slot, name, state));
    }

    private void Cache(ushort slot, RegisterName name, RegisterState state)
    {
        if (cache.Count >= CachedMax / 2)
            (older, cache) = (cache, new());
        if (state.Content.Data is { Length: > CachedBytesMax })
            Uncache(slot, name);
        else
            cache[(slot, name)] = state;
    }

    private void Uncache(ushort slot, RegisterName name)
    {
        cache.Remove((slot, name));
        older.Remove((slot, name));
    }

    private static Ballot Greater(Ballot left, Ballot right) => left > right ? left : right;
}

using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Hands on what is kept here of slots that have other owners now, and drops it when all of them have it.</summary>
internal sealed class Handoff(Router router, Placement placement)
{
    private const int Window = 32;

    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly Replica replica = router.Replica;
    private int slot; // the one that is looked at
    private ulong next;
    private int underWay;
    private long handed;
    private bool isComplete = true; // whether all of the slot that was seen went
    private bool isAny;
    private Instant restsUntil;

    /// <summary>Slots of which something is kept here, though they are not this node's; of those that were looked at.</summary>
    public SlotSet Held { get; private set; }

    /// <summary>Whether all slots were looked at since the map was made.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => placement.Map is null || underWay > 0 || (IsKnown && Held.IsEmpty) ? null : restsUntil;

    /// <summary>There is another map.</summary>
    public void Follow()
    {
        (Held, IsKnown, slot, restsUntil) = (default, false, 0, default);
        Enter(0);
    }

    /// <summary>Something was taken of a slot, for somebody who did not know that it is another's.</summary>
    public void Take(int taken)
    {
        if (placement.Map?.Owns(placement.Self, taken) is false)
            Held = Held.With(taken);
    }

    /// <summary>Does a bit.</summary>
    public void Tick(Moment at)
    {
        if (Deadline is not { } due || due > at.Now)
            return;
        if (!IsKnown)
            Look();
        else
            Hand(at);
    }

    // Is there anything of each slot?
    private void Look()
    {
        for (; slot < SlotMap.Slots; slot++)
        {
            if (placement.Map!.Owns(placement.Self, slot))
                continue;
            for (var from = (ulong)slot << 56; ;)
            {
                var walk = replica.Shelf.Walk(from, Window);
                if (walk.Items.Count > 0 || walk.HasGaps)
                {
                    Held = Held.With(slot);
                    break;
                }

                if (SlotMap.SlotOf(walk.Last + 1) != slot || walk.Last == ulong.MaxValue)
                    break;
                from = walk.Last + 1;
            }
        }

        IsKnown = true;
        Enter(0);
    }

    private void Enter(int which)
    {
        (slot, next) = (which, (ulong)which << 56);
        (isComplete, isAny, handed) = (true, false, 0);
    }

    private void Hand(Moment at)
    {
        // A map of fewer nodes than there are to be copies is of a side that was apart: to drop what is here would leave fewer copies.
        var owners = placement.OwnersOf(slot);
        if (!Held.Has(slot) || owners.Count < placement.Map!.Copies || !owners.All(placement.IsHere))
        {
            Next(at);
            return;
        }

        var walk = replica.Shelf.Walk(next, Window);
        isAny |= walk.Items.Count > 0;
        isComplete &= !walk.HasGaps;
        underWay = 1;
        foreach (var item in walk.Items)
        {
            if (replica.Shelf.Find(item.Key, out var entry, out _) is not ShelfFinding.Found || entry is null)
            {
                isComplete = false; // later, if ever
                continue;
            }

            underWay++;
            router.Begin(new Giving(router, at, owners, item.Key, entry, isKept => Given(item.Key, entry.Head, isKept)));
        }

        var isLast = walk.Last == ulong.MaxValue || SlotMap.SlotOf(walk.Last + 1) != slot;
        if (isLast && !isAny && isComplete)
        {
            Held = Held.Without(slot);
            router.Outbox.Emit(new StorageEvent.HandedOn(slot, handed));
        }

        if (isLast && isAny && isComplete)
            (next, isAny) = ((ulong)slot << 56, false); // once more, whether something was written meanwhile
        else if (isLast)
            Next(at);
        else
            next = walk.Last + 1;
        underWay--;
    }

    private void Next(Moment at)
    {
        for (var i = 1; i <= SlotMap.Slots; i++)
        {
            var other = (slot + i) % SlotMap.Slots;
            if (!Held.Has(other))
                continue;
            if (other <= slot)
                restsUntil = at.Now + pause; // round: whoever is not here now may be later
            Enter(other);
            return;
        }
    }

    private void Given(StorageKey key, EntryHead head, bool isKept)
    {
        underWay--;
        isComplete &= isKept;
        var isSame = replica.Shelf.FindHead(key, out var now) is ShelfFinding.Found && now == head;
        var mayGo = isKept && isSame && placement.Map is { } map && !map.Owns(placement.Self, SlotMap.SlotOf(replica.Shelf.HashOf(key)));
        if (!mayGo)
            return;
        if (replica.Drop(key, head))
            handed++;
        else
            isComplete = false;
    }
}

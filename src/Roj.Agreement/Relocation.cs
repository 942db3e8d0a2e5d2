using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Sees to it that slots are where they should be, while this node leads: looks at all of them, plans, and has a few moved at a
/// time.</summary>
/// <remarks>It rests on nothing but what is written: whoever leads next looks again, and two at once do no harm. Who merely does not look
/// alive keeps what he has.</remarks>
internal sealed class Relocation(
    RegistersSettings settings, Slots slots, Router router, Seating seating, Stewards stewards, Lookups lookups)
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(250);

    /// <summary>Slots that are looked at in a round: all of them in 8 s.</summary>
    private const int LooksPerRound = 8;

    private readonly SortedSet<ushort> seen = [];
    private SortedSet<NodeId> gone = [];
    private bool isLeading;
    private int next;

    /// <summary>When <see cref="Tick"/> is next due; null while another leads.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>This node leads, or does not.</summary>
    public void Lead(Instant now, bool leads, IReadOnlyCollection<NodeId> left)
    {
        gone = [.. left];
        if (leads == isLeading)
            return;
        (isLeading, Deadline, next) = (leads, leads ? now : null, 0);
        seating.IsAskingAll = leads;
        seen.Clear(); // another may have moved them since
    }

    /// <summary>It was read where a slot is.</summary>
    public void Saw(ushort slot) => seen.Add(slot);

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now)
    {
        if (Deadline is not { } due || due > now)
            return;
        Deadline = now + Round;
        if (slots.Find(0) is not { Set: var roster })
            return;
        for (var i = 0; i < LooksPerRound; i++)
        {
            lookups.Look(now, (ushort)(1 + next));
            next = (next + 1) % settings.Slots;
        }

        if (seen.Count >= settings.Slots)
            Go(now, roster);
    }

    private void Go(Instant now, ReplicaSet roster)
    {
        var known = slots.OfStore.ToArray();
        foreach (var (slot, _) in known.Where(one => one.State.Set.Next is not null && !stewards.IsBusy(one.Slot)))
            Begin(now, slot, null); // begun by another, or by an earlier life
        SortedSet<NodeId> nodes = [settings.Self, .. roster.Members, .. seating.Settled(now)];
        var present = new SortedDictionary<ushort, IReadOnlyList<NodeId>>();
        foreach (var (slot, state) in known)
        {
            present.Add(slot, state.Set.Next ?? state.Set.Members);
            nodes.UnionWith(present[slot]);
        }

        nodes.ExceptWith(gone);
        foreach (var (slot, members) in PlacementPlan.Make(present, nodes, settings.Copies))
        {
            // What is begun can't be taken back, and stands still without a majority of either: it is begun when they are here.
            if (slots.Find(slot) is { Set: { Next: null } set } && !stewards.IsBusy(slot)
                && router.IsMajorityHere(set.Members) && router.IsMajorityHere(members))
            {
                Begin(now, slot, new MoveWish(set.Version, members));
            }
        }
    }

    private void Begin(Instant now, ushort slot, MoveWish? wish)
    {
        if (stewards.HasRoom)
            stewards.Begin(now, slot, wish, settings.RosterPatience);
    }
}

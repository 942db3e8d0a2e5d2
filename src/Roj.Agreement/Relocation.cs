using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Sees to it that slots are where they should be, while this node leads: looks at all of them, tells replicas that they are, plans,
/// and has a few moved at a time.</summary>
/// <remarks>It rests on nothing but what is written: whoever leads next looks again, and two at once do no harm. Who merely does not look
/// alive keeps what he has.</remarks>
internal sealed class Relocation(
    RegistersSettings settings, Slots slots, Router router, Seating seating, Stewards stewards, Lookups lookups, Departures departures)
{
    /// <summary>Slots that are looked at in a round: 256 in 8 s.</summary>
    private const int LooksPerRound = 8;

    private readonly SortedSet<ushort> seen = [];
    private readonly SortedDictionary<ushort, (ulong Version, SortedSet<NodeId> By)> adopted = [];
    private (ulong Adoptions, NodeId[] Basis, IReadOnlyList<(ushort Slot, IReadOnlyList<NodeId> Members)> Changes)? plan; // the last
    private bool isLeading;
    private int next;

    /// <summary>Who is to have nothing besides: for trials.</summary>
    public IReadOnlyCollection<NodeId> Shunned { get; set; } = [];

    /// <summary>When <see cref="Tick"/> is next due; null while another leads.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>This node leads, or does not.</summary>
    public void Lead(Instant now, bool leads)
    {
        if (leads == isLeading)
            return;
        (isLeading, Deadline, next) = (leads, leads ? now : null, 0);
        seating.IsAskingAll = leads;
        departures.Forget();
        seen.Clear(); // another may have moved them since
        adopted.Clear();
    }

    /// <summary>It was read where a slot is.</summary>
    public void Saw(ushort slot) => seen.Add(slot);

    /// <summary>Somebody has adopted a replica set.</summary>
    public void Receive(NodeId from, AgreementMessage.Adopted message)
    {
        if (!isLeading || message.Slot == 0)
            return;
        if (!adopted.TryGetValue(message.Slot, out var known) || known.Version < message.Version)
            adopted[message.Slot] = known = (message.Version, []);
        if (known.Version == message.Version)
            known.By.Add(from);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        if (Deadline is not { } due || due > now)
            return;
        Deadline = now + settings.PlacementPause;
        if (slots.Find(0) is not { Set: var roster })
            return;
        for (var i = 0; i < LooksPerRound; i++)
        {
            lookups.Look(now, (ushort)(1 + next));
            Tell((ushort)(1 + next), outbox);
            next = (next + 1) % settings.Slots;
        }

        departures.Read();
        if (seen.Count >= settings.Slots && departures.IsKnown)
            Go(now, roster);
    }

    // Whoever moved a slot may have died when that was written and nobody told: then all but those who read it go on as before.
    private void Tell(ushort slot, AgreementOutbox outbox)
    {
        if (slots.Find(slot) is not { Set: { Next: null } set } state || stewards.IsBusy(slot))
            return;
        var by = adopted.GetValueOrDefault(slot);
        foreach (var member in set.Members)
        {
            if (member != settings.Self && router.IsHereNow(member) && !(by.Version == set.Version && by.By.Contains(member)))
                outbox.Send(member, new AgreementMessage.Adopt(slot, state));
        }
    }

    private void Go(Instant now, ReplicaSet roster)
    {
        var known = slots.OfStore.ToArray();
        foreach (var (slot, _) in known.Where(one => one.State.Set.Next is not null && !stewards.IsBusy(one.Slot)))
            Begin(now, slot, null); // begun by another, or by an earlier life
        foreach (var (slot, members) in Plan(known, [settings.Self, .. roster.Members, .. seating.Settled(now)]))
        {
            // What is begun can't be taken back, and stands still without a majority of either: it is begun when they are here.
            if (slots.Find(slot) is { Set: { Next: null } set } && !stewards.IsBusy(slot)
                && router.IsMajorityHere(set.Members) && router.IsMajorityHere(members))
            {
                Begin(now, slot, new MoveWish(set.Version, members));
            }
        }
    }

    // As before where nothing has changed.
    private IReadOnlyList<(ushort Slot, IReadOnlyList<NodeId> Members)> Plan((ushort Slot, SlotState State)[] known, SortedSet<NodeId> nodes)
    {
        NodeId[] basis = [.. nodes, default, .. departures.Gone, default, .. Shunned];
        if (plan is var (adoptions, before, changes) && adoptions == slots.Adoptions && before.AsSpan().SequenceEqual(basis))
            return changes;
        var present = new SortedDictionary<ushort, IReadOnlyList<NodeId>>();
        foreach (var (slot, state) in known)
        {
            present.Add(slot, state.Set.Next ?? state.Set.Members);
            nodes.UnionWith(present[slot]);
        }

        nodes.ExceptWith(departures.Gone);
        nodes.ExceptWith(Shunned);
        changes = PlacementPlan.Make(present, nodes, settings.Copies);
        plan = (slots.Adoptions, basis, changes);
        return changes;
    }

    private void Begin(Instant now, ushort slot, MoveWish? wish)
    {
        if (stewards.HasRoom)
            stewards.Begin(now, slot, wish, settings.RosterPatience);
    }
}

using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Keeps the map of slots: as a leader makes the next one, else follows the leader's.</summary>
internal sealed class MapKeeper(Router router, Handoff handoff)
{
    private const int SaidTo = 2;

    private static readonly byte[] note = "map"u8.ToArray();

    // Nodes that come come together; and a map for each would move keys for nothing.
    private static readonly TimeSpan settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan tellPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan sayPause = TimeSpan.FromSeconds(2);

    private readonly StoreSettings settings = router.Settings;
    private readonly IShelf shelf = router.Replica.Shelf;
    private readonly Placement placement = router.Placement;
    private readonly SortedDictionary<NodeId, StorageMessage.Holds> holdings = [];
    private readonly SortedSet<NodeId> joined = [];
    private readonly SortedSet<NodeId> left = [];
    private Term? term; // while this node leads
    private Instant? planAt;
    private Instant sayAt;
    private Instant? tellAt;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline =>
        Instant.Earliest(Instant.Earliest(term is null ? null : planAt, tellAt), IsSaying ? sayAt : null);

    private bool IsSaying => placement is { FollowsMap: true, Here.Count: > 1 };

    /// <summary>Takes up the map of an earlier start.</summary>
    public void Start() => placement.Map = shelf.FindNote(note) is { } bytes ? SlotMapCodec.Read(bytes.Span) : null;

    /// <summary>This node leads; or does not.</summary>
    /// <param name="at">The time.</param>
    /// <param name="leads">The term in which it does; null if it does not.</param>
    /// <param name="members">Who is there.</param>
    /// <param name="gone">Who has left, or was told to be gone for good.</param>
    public void Lead(Moment at, Term? leads, IEnumerable<NodeId> members, IEnumerable<NodeId> gone)
    {
        var (others, leavers) = (members.ToArray(), gone.ToArray());
        left.UnionWith(leavers);
        left.ExceptWith(others);
        joined.UnionWith(others);
        joined.ExceptWith(leavers);
        term = leads;
        if (leads is not null && IsWanting())
            planAt ??= placement.Map is null ? at.Now : at.Now + settling;
    }

    /// <summary>Which map this node has, and what its clock says; whoever has a later map sends it.</summary>
    public StorageMessage Question(Moment at) => new StorageMessage.Compare(
        placement.Map?.Term ?? default, placement.Map?.Version ?? 0, router.Clock.TimeAt(at), []);

    /// <summary>Does what is due.</summary>
    /// <returns>Whether another map is followed from now on.</returns>
    public bool Tick(Moment at, StorageOutbox outbox)
    {
        if (IsSaying && sayAt <= at.Now)
        {
            sayAt = at.Now + sayPause;
            Say(at, outbox);
        }

        var before = placement.Map;
        if (term is { } leading && planAt <= at.Now)
        {
            planAt = null;
            Plan(at, leading, outbox);
        }

        if (tellAt <= at.Now)
        {
            tellAt = null;
            Tell(at, outbox);
        }

        return placement.Map != before;
    }

    /// <summary>Somebody has a map.</summary>
    /// <returns>Whether it is followed from now on.</returns>
    public bool Hear(Moment at, NodeId from, SlotMap map, StorageOutbox outbox)
    {
        if (map.IsLaterThan(placement.Map))
        {
            Adopt(at, map, outbox);
            return true;
        }

        if (placement.Map!.IsLaterThan(map))
            outbox.Send(from, new StorageMessage.MapIs(placement.Map));
        joined.UnionWith(map.Nodes.Except(left)); // of a side that was apart: they have keys
        if (term is not null && IsWanting())
            planAt ??= at.Now + settling;
        return false;
    }

    /// <summary>Somebody says what he has that is not his.</summary>
    public void Hear(Moment at, NodeId from, StorageMessage.Holds holds)
    {
        if (placement.Map is not { } map || (holds.Term, holds.Version) != (map.Term, map.Version))
            return;
        holdings[from] = holds;
        if (term is not null && !IsAsTold(map, from, holds.Slots))
            planAt ??= at.Now + settling;
    }

    /// <summary>What this node has that is not its own has changed, or it is to be told for the first time.</summary>
    public void Holding(Moment at) => tellAt ??= at.Now;

    private static bool IsAsTold(SlotMap map, NodeId node, SlotSet slots)
    {
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            if (map.FormersOf(slot).Contains(node) != slots.Has(slot))
                return false;
        }

        return true;
    }

    private bool IsWanting() => placement.Map is not { } map || map.Copies != settings.Copies
        || joined.Any(node => !map.Nodes.Contains(node)) || map.Nodes.Any(left.Contains)
        || holdings.Any(pair => !IsAsTold(map, pair.Key, pair.Value.Slots));

    private void Plan(Moment at, Term leading, StorageOutbox outbox)
    {
        if (placement.Map is { } later && later.Term > leading)
            return; // another leads, who has heard of more
        var nodes = (placement.Map?.Nodes ?? []).Concat(joined).Append(settings.Self).Except(left);
        var next = SlotPlan.Next(
            placement.Map, leading, nodes, settings.Copies, node => holdings.TryGetValue(node, out var holds) ? holds.Slots : null);
        if (!next.IsLaterThan(placement.Map))
            return;
        Adopt(at, next, outbox);
        foreach (var node in placement.Here)
        {
            if (node != settings.Self)
                outbox.Send(node, new StorageMessage.MapIs(next));
        }
    }

    private void Adopt(Moment at, SlotMap map, StorageOutbox outbox)
    {
        var before = placement.Map;
        placement.Map = map;
        holdings.Clear();
        shelf.KeepNote(note, SlotMapCodec.Write(map)); // without it, it is heard of again
        handoff.Follow();
        tellAt = at.Now + settling;
        if (before is not null && before.Term != map.Term && map.Term.Leader != settings.Self && placement.IsHere(map.Term.Leader))
            outbox.Send(map.Term.Leader, new StorageMessage.MapIs(before)); // its nodes have keys, of which he may not know
        outbox.Emit(new StorageEvent.Mapped(map));
    }

    // To some who are here: whoever has another map is told, or tells, so one that was lost is heard of; and all clocks go alike.
    private void Say(Moment at, StorageOutbox outbox)
    {
        NodeId[] others = [.. placement.Here.Where(node => node != settings.Self)];
        var question = Question(at);
        for (var i = 0; i < Math.Min(SaidTo, others.Length); i++)
            outbox.Send(others[router.Rng.Next(others.Length)], question);
    }

    // Until the map says so too.
    private void Tell(Moment at, StorageOutbox outbox)
    {
        if (placement.Map is not { } map)
            return;
        if (!handoff.IsKnown)
        {
            tellAt = at.Now + settling;
            return;
        }

        if (IsAsTold(map, settings.Self, handoff.Held))
            return;
        // To all: whoever leads by now need not be who made the map.
        var holds = new StorageMessage.Holds(map.Term, map.Version, handoff.Held);
        Hear(at, settings.Self, holds);
        foreach (var node in placement.Here)
        {
            if (node != settings.Self)
                outbox.Send(node, holds);
        }

        tellAt = at.Now + tellPause;
    }
}

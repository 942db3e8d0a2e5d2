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
    private readonly SortedDictionary<NodeId, Instant> awaySince = []; // who is in the map no more
    private SlotMap? issued; // the map as its leader made it
    private Term? term; // while this node leads
    private Instant? planAt;
    private Instant sayAt;
    private Instant? tellAt;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline =>
        Instant.Earliest(Instant.Earliest(term is null ? null : planAt, tellAt), IsSaying ? sayAt : null);

    private bool IsSaying => placement.FollowsMap && (placement.Here.Count > 1 || placement.Map?.Outcasts.Count > 0);

    /// <summary>Takes up the map of an earlier start.</summary>
    public void Start() => issued = placement.Map = shelf.FindNote(note) is { } bytes ? SlotMapCodec.Read(bytes.Span) : null;

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
            LookForOutcasts(at);
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

        Learn(map.Outcasts);
        if (placement.Map!.IsLaterThan(map) || map.With(placement.Map.Outcasts) != map)
            outbox.Send(from, new StorageMessage.MapIs(placement.Map));
        joined.UnionWith(map.Nodes.Except(left)); // of a side that was apart: they have keys
        PlanSoon(at);
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

    /// <summary>This node has thrown away what it had, and all are told.</summary>
    public void Emptied(Moment at, SlotMap map, StorageOutbox outbox)
    {
        Learn(map.Outcasts);
        SayEmptied(outbox);
        PlanSoon(at); // if it leads itself, nobody else will tell it to
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
        || joined.Any(node => !map.Nodes.Contains(node) && !map.IsBarred(node))
        || map.Nodes.Any(node => left.Contains(node) || map.IsBarred(node)) || map != issued
        || holdings.Any(pair => !IsAsTold(map, pair.Key, pair.Value.Slots));

    private void PlanSoon(Moment at)
    {
        if (term is not null && IsWanting())
            planAt ??= at.Now + settling;
    }

    private void Plan(Moment at, Term leading, StorageOutbox outbox)
    {
        if (placement.Map is { } later && later.Term > leading)
            return; // another leads, who has heard of more
        if (placement.Map?.IsBarred(settings.Self) is true)
            return; // not before it has thrown away what it had
        NodeId[] before = [.. placement.Map?.Nodes ?? []];
        var all = before.Concat(joined).Append(settings.Self).Except(left);
        NodeId[] nodes = [.. all.Where(node => placement.Map?.IsBarred(node) is not true)];
        var now = router.Clock.Next(at).Time;
        var outcasts = before.Except(nodes).Where(node => placement.Map!.OutcastOf(node) is null)
            .Select(node => new Outcast(node, 0, false))
            .Concat(Overdue(at).Select(node => new Outcast(node, now, false)));
        var next = SlotPlan.Next(
            issued,
            leading,
            nodes,
            settings.Copies,
            node => holdings.TryGetValue(node, out var holds) ? holds.Slots : null,
            placement.Map?.With(outcasts).Outcasts);
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
        (issued, placement.Map) = (map, map.With(before?.Outcasts ?? []));
        holdings.Clear();
        shelf.KeepNote(note, SlotMapCodec.Write(placement.Map)); // without it, it is heard of again
        handoff.Follow();
        tellAt = at.Now + settling;
        var knowsMore = before is not null && (before.Term != map.Term || placement.Map != map);
        if (knowsMore && map.Term.Leader != settings.Self && placement.IsHere(map.Term.Leader))
            outbox.Send(map.Term.Leader, new StorageMessage.MapIs(before!)); // its nodes have keys, of which he may not know
        outbox.Emit(new StorageEvent.Mapped(map));
    }

    // What is known of them is known of all maps.
    private void Learn(IReadOnlyList<Outcast> outcasts)
    {
        var map = placement.Map!.With(outcasts);
        if (map == placement.Map)
            return;
        placement.Map = map;
        shelf.KeepNote(note, SlotMapCodec.Write(map));
    }

    // A leader does without those who were told to be gone and are away for long.
    private void LookForOutcasts(Moment at)
    {
        if (term is null || placement.Map is not { } map)
        {
            awaySince.Clear();
            return;
        }

        foreach (var outcast in map.Outcasts)
        {
            if (outcast.IsBarred || map.Nodes.Contains(outcast.Node) || placement.IsHere(outcast.Node))
                awaySince.Remove(outcast.Node);
            else
                awaySince.TryAdd(outcast.Node, at.Now);
        }

        if (Overdue(at).Any())
            planAt ??= at.Now;
    }

    private IEnumerable<NodeId> Overdue(Moment at) =>
        awaySince.Where(pair => pair.Value + settings.OutcastPatience <= at.Now && !placement.IsHere(pair.Key)).Select(pair => pair.Key);

    private void SayEmptied(StorageOutbox outbox)
    {
        foreach (var node in placement.Here)
        {
            if (node != settings.Self)
                outbox.Send(node, new StorageMessage.MapIs(placement.Map!) { IsEmptied = true });
        }
    }

    // To some who are here: whoever has another map is told, or tells, so one that was lost is heard of; and all clocks go alike.
    private void Say(Moment at, StorageOutbox outbox)
    {
        NodeId[] others = [.. placement.Here.Where(node => node != settings.Self)];
        var question = Question(at);
        for (var i = 0; i < Math.Min(SaidTo, others.Length); i++)
            outbox.Send(others[router.Rng.Next(others.Length)], question);
        if (placement.Map is { } map && !map.Nodes.Contains(settings.Self) && map.OutcastOf(settings.Self) is { IsEmptied: true })
            SayEmptied(outbox); // whoever leads by now may not have heard it
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

using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Gives hints to those whom they are kept for as soon as they can be reached (early correction), and to the owners of today where
/// those whom they were for are none any more.</summary>
internal sealed class Delivery(Router router, Hints hints, Placement placement)
{
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<NodeId, int> underWay = [];
    private readonly SortedDictionary<NodeId, Instant> rests = []; // something did not go: not before
    private readonly SortedDictionary<NodeId, long> delivered = [];

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            Instant? due = null;
            foreach (var target in hints.Targets)
            {
                if (!underWay.ContainsKey(target) && MayGo(target))
                    due = Instant.Earliest(due, rests.GetValueOrDefault(target));
            }

            return due;
        }
    }

    /// <summary>Sends what may go.</summary>
    public void Tick(Moment at)
    {
        foreach (var target in hints.Targets.ToArray())
        {
            if (!underWay.ContainsKey(target) && MayGo(target) && rests.GetValueOrDefault(target) <= at.Now)
                Send(at, target);
        }
    }

    private bool MayGo(NodeId target) => placement.IsHere(target) || placement.Map?.Nodes.Contains(target) is false;

    private void Send(Moment at, NodeId target)
    {
        var some = hints.Some(target, key => Receivers(target, key).All(placement.IsHere));
        rests[target] = at.Now + pause;
        if (some.Count == 0)
            return;
        underWay[target] = some.Count;
        foreach (var (key, entry) in some)
        {
            router.Begin(new Giving(
                router, at, Receivers(target, key), key, entry, isKept => Given(target, key, entry.Stamp, isKept)));
        }
    }

    private NodeId[] Receivers(NodeId target, StorageKey key)
    {
        var owners = placement.OwnersOf(placement.PlaceOf(key));
        return owners.Contains(target) ? [target] : [.. owners];
    }

    // A map of fewer nodes than there are to be copies, which this one is not in, leaves fewer copies: what is kept here counts yet.
    private bool MayDrop(NodeId target, StorageKey key)
    {
        var owners = placement.OwnersOf(placement.PlaceOf(key));
        return owners.Contains(target) || placement.Map is not { } map || owners.Count >= map.Copies || map.Nodes.Contains(placement.Self);
    }

    private void Given(NodeId target, StorageKey key, Stamp stamp, bool isKept)
    {
        var isGone = isKept && MayDrop(target, key) && hints.Drop(target, key, stamp);
        if (isGone)
            delivered[target] = delivered.GetValueOrDefault(target) + 1;

        if (!underWay.TryGetValue(target, out var left))
            return;
        if (left > 1)
        {
            underWay[target] = left - 1;
            return;
        }

        underWay.Remove(target);
        if (hints.CountFor(target) == 0)
        {
            router.Outbox.Emit(new StorageEvent.HintsDelivered(target, delivered.GetValueOrDefault(target)));
            delivered.Remove(target);
            rests.Remove(target);
        }
        else if (isGone)
        {
            rests.Remove(target); // the next ones follow at once
        }
    }
}

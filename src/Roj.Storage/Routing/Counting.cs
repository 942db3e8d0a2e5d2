using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Counts a database's keys: for each slot one of its owners is asked.</summary>
/// <remarks>A key whose time is over is counted until somebody reads it, or comes by.</remarks>
internal sealed class Counting : Errand
{
    private readonly List<NodeId> waited = [];
    private long sum;

    public Counting(Router router, Moment at, int database, Action<StorageAnswer> done)
        : base(router, done)
    {
        Due = at.Now + router.Settings.CallPatience;
        SortedDictionary<NodeId, SlotSet> slots = [];
        for (var slot = 0; slot < SlotMap.Slots; slot++)
        {
            var asked = router.Placement.AskedOf(slot);
            if (asked.Length == 0)
            {
                End(new StorageAnswer.Failed(
                    StorageFault.NoServer, "no node that has copies of some of the keys can be reached", Applied.No));
                return;
            }

            var node = asked.Contains(router.Settings.Self) ? router.Settings.Self : asked[0];
            slots[node] = slots.GetValueOrDefault(node).With(slot);
        }

        waited.AddRange(slots.Keys);
        foreach (var (node, some) in slots)
            router.Outbox.Send(node, new StorageMessage.Count(Id, database, some)); // to itself too: it may have to count first
    }

    /// <inheritdoc/>
    public override void Hear(Moment at, NodeId from, StorageMessage message)
    {
        if (message is not StorageMessage.Counted counted || !waited.Remove(from))
            return;
        sum += counted.Number;
        if (waited.Count == 0)
            End(new StorageAnswer.Number(sum));
    }

    /// <inheritdoc/>
    public override void Late(Moment at) =>
        End(new StorageAnswer.Failed(StorageFault.TimedOut, "not all nodes that were asked answered in time", Applied.No));

    /// <inheritdoc/>
    public override void Lose(Moment at, NodeId node)
    {
        if (waited.Contains(node))
            Late(at);
    }
}

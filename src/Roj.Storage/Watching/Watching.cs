using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Has other nodes tell which keys change there, for those who watch at this one.</summary>
/// <remarks>Each owner tells; of what has been told already only what is later is told on.</remarks>
/// <param name="here">Who can be reached and may tell.</param>
/// <param name="mayTell">Whether something is missed when a node can't be reached any more.</param>
internal sealed class Watching(Func<IEnumerable<NodeId>> here, Func<NodeId, bool> mayTell)
{
    /// <summary>Of how many keys is known what was told of them last.</summary>
    public const int KnownMax = 4096;

    private static readonly TimeSpan pause = Telling.Lease / 3;

    private readonly SortedDictionary<NodeId, ulong> heard = [];
    private readonly SortedDictionary<StorageKey, KeyChange> known = [];
    private readonly Queue<StorageKey> order = new();
    private IReadOnlyList<WatchFilter> filters = [];
    private Instant sayAt;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline => filters.Count == 0 ? null : sayAt;

    /// <summary>These are wanted from now on.</summary>
    public void Watch(Moment at, IReadOnlyList<WatchFilter> wanted, StorageOutbox outbox)
    {
        filters = wanted;
        Say(at, outbox);
        if (wanted.Count > 0)
            return;
        heard.Clear();
        known.Clear();
        order.Clear();
    }

    /// <summary>Others are here than before.</summary>
    public void See(Moment at, IEnumerable<NodeId> gone, StorageOutbox outbox)
    {
        if (filters.Count == 0)
            return;
        foreach (var node in gone)
        {
            if (mayTell(node))
                outbox.Emit(new StorageEvent.ChangesMissed(node, 0));
        }

        Say(at, outbox);
    }

    /// <summary>Says it once more.</summary>
    public void Tick(Moment at, StorageOutbox outbox)
    {
        if (Deadline <= at.Now)
            Say(at, outbox);
    }

    /// <summary>Somebody tells what has changed.</summary>
    public void Hear(NodeId from, StorageMessage.Changes changes, StorageOutbox outbox)
    {
        if (filters.Count == 0)
            return;
        var missed = changes.Missed;
        if (heard.TryGetValue(from, out var last) && changes.Sequence != last + 1)
            missed = Math.Max(missed, 1);
        heard[from] = changes.Sequence;
        if (missed > 0)
            outbox.Emit(new StorageEvent.ChangesMissed(from, missed));
        foreach (var change in changes.Items)
        {
            if (IsNews(change) && filters.Any(filter => filter.Matches(change.Key)))
                outbox.Emit(new StorageEvent.KeyChanged(change));
        }

        outbox.Send(from, new StorageMessage.Watch(changes.Sequence, filters));
    }

    private bool IsNews(KeyChange change)
    {
        if (known.TryGetValue(change.Key, out var last))
        {
            if (!change.IsLaterThan(last))
                return false;
        }
        else
        {
            order.Enqueue(change.Key);
            if (order.Count > KnownMax)
                known.Remove(order.Dequeue());
        }

        known[change.Key] = change;
        return true;
    }

    private void Say(Moment at, StorageOutbox outbox)
    {
        sayAt = at.Now + pause;
        foreach (var node in here())
            outbox.Send(node, new StorageMessage.Watch(heard.GetValueOrDefault(node), filters)); // to itself too
    }
}

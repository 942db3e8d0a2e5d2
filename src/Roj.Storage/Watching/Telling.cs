using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Tells other nodes which keys change here, as long as they say that they want to know it.</summary>
/// <remarks>Nobody is waited for: what does not fit into the queue for somebody who is slow is counted, and he is told how much that
/// was.</remarks>
internal sealed class Telling
{
    /// <summary>How many nodes are told, at most; to others nothing is said.</summary>
    public const int ListenersMax = 256;

    /// <summary>How long a node is told without saying again that it wants to know.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan gathering = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan answerPatience = TimeSpan.FromSeconds(1); // a word may be lost with a connection

    private readonly SortedDictionary<NodeId, Listener> listeners = [];

    /// <summary>Whether somebody wants to know.</summary>
    public bool HasListeners => listeners.Count > 0;

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline
    {
        get
        {
            Instant? due = null;
            foreach (var listener in listeners.Values)
            {
                due = Instant.Earliest(due, listener.Until);
                if (listener.Waiting.Count + listener.Missed > 0)
                    due = Instant.Earliest(due, listener.SendAt);
            }

            return due;
        }
    }

    /// <summary>Somebody wants to know; or no more.</summary>
    public void Hear(Moment at, NodeId from, StorageMessage.Watch watch)
    {
        var isNew = !listeners.TryGetValue(from, out var listener);
        if (watch.Filters.Count == 0 || (isNew && listeners.Count >= ListenersMax))
        {
            listeners.Remove(from);
            return;
        }

        // Who has been told before, and is not known any more, has missed something, nobody knows what.
        listener ??= new Listener { Sequence = watch.Heard, Missed = watch.Heard == 0 ? 0 : 1 };
        listeners[from] = listener;
        (listener.Filters, listener.Until) = (watch.Filters, at.Now + Lease);
        if (isNew || watch.Heard == listener.Sequence)
            listener.SendAt = at.Now;
    }

    /// <summary>Somebody is here no more.</summary>
    public void Lose(NodeId node) => listeners.Remove(node);

    /// <summary>A key has changed here.</summary>
    public void Changed(Moment at, KeyChange change)
    {
        var key = change.Key;
        foreach (var listener in listeners.Values)
        {
            if (!listener.Filters.Any(filter => filter.Matches(key)))
                continue;
            if (listener.Waiting.Count + listener.Missed == 0)
                listener.SendAt = listener.SendAt > at.Now ? listener.SendAt : at.Now + gathering;
            if (listener.Waiting.Count >= StorageMessage.Changes.ItemsMax
                || listener.Bytes + key.Name.Length > StorageMessage.Changes.NameBytesMax)
            {
                listener.Missed++;
                continue;
            }

            listener.Waiting.Add(change);
            listener.Bytes += key.Name.Length;
        }
    }

    /// <summary>Says what there is.</summary>
    public void Tick(Moment at, StorageOutbox outbox)
    {
        foreach (var (node, listener) in listeners.ToArray())
        {
            if (listener.Until <= at.Now)
                listeners.Remove(node);
            else if (listener.Waiting.Count + listener.Missed > 0 && listener.SendAt <= at.Now)
                Say(at, node, listener, outbox);
        }
    }

    private static void Say(Moment at, NodeId node, Listener listener, StorageOutbox outbox)
    {
        outbox.Send(node, new StorageMessage.Changes(++listener.Sequence, listener.Missed, [.. listener.Waiting]));
        listener.Waiting.Clear();
        (listener.Missed, listener.Bytes, listener.SendAt) = (0, 0, at.Now + answerPatience);
    }

    private sealed class Listener
    {
        public IReadOnlyList<WatchFilter> Filters { get; set; } = [];

        public List<KeyChange> Waiting { get; } = [];

        public int Bytes { get; set; }

        public long Missed { get; set; }

        public ulong Sequence { get; set; }

        public Instant SendAt { get; set; }

        public Instant Until { get; set; }
    }
}

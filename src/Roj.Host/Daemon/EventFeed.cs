using System.Threading.Channels;

namespace Roj.Host.Daemon;

/// <summary>The last events of a node, and whoever listens for the next. Safe on any thread.</summary>
/// <remarks>At most <see cref="KeptMax"/> events are kept, and as many wait for each of at most <see cref="ListenersMax"/> listeners: who
/// is slower misses the oldest of them, and sees it by their numbers.</remarks>
public sealed class EventFeed
{
    /// <summary>Events kept at most.</summary>
    public const int KeptMax = 1024;

    /// <summary>Listeners at most.</summary>
    public const int ListenersMax = 64;

    private readonly Lock gate = new();
    private readonly Queue<NodeEvent> kept = new();
    private readonly List<Channel<NodeEvent>> listeners = [];
    private long count;
    private bool ended;

    /// <summary>Tells everybody.</summary>
    public NodeEvent Add(NodeNews news)
    {
        lock (gate)
        {
            var added = new NodeEvent(++count, DateTimeOffset.UtcNow, news);
            if (kept.Count == KeptMax)
                kept.Dequeue();
            kept.Enqueue(added);
            foreach (var listener in listeners)
                listener.Writer.TryWrite(added);
            return added;
        }
    }

    /// <summary>The events behind number <paramref name="number"/> that are still kept, and from then on every new one; null if there are
    /// too many listeners. Ends with the node.</summary>
    public ChannelReader<NodeEvent>? Listen(long number)
    {
        lock (gate)
        {
            if (listeners.Count == ListenersMax)
                return null;
            var channel = Channel.CreateBounded<NodeEvent>(new BoundedChannelOptions(KeptMax)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            });
            foreach (var old in kept.Where(old => old.Number > number))
                channel.Writer.TryWrite(old);
            if (ended)
                channel.Writer.Complete();
            else
                listeners.Add(channel);
            return channel.Reader;
        }
    }

    /// <summary>This one listens no more.</summary>
    public void Leave(ChannelReader<NodeEvent> listener)
    {
        lock (gate)
            listeners.RemoveAll(channel => channel.Reader == listener);
    }

    /// <summary>There will be no more.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            listeners.ForEach(channel => channel.Writer.Complete());
            listeners.Clear();
        }
    }
}

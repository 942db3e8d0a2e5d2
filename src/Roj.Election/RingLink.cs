using Roj.Election.Wire;
using Roj.Kernel;

namespace Roj.Election;

/// <summary>The way to the right: what is to be passed on, in order, one message at a time, past neighbours that can't be
/// reached.</summary>
/// <remarks>A hop is acknowledged (the answer over HTTP), tried again after a pause, and then made to the next one: this is the list of
/// successors that keeps a ring whole when one of them dies with a message in its hands.</remarks>
internal sealed class RingLink(RingSettings settings, RingView view)
{
    private readonly List<RingMessage> queue = [];
    private readonly SortedDictionary<NodeId, Instant> skipped = []; // and until when
    private readonly SortedSet<NodeId> awaited = []; // whose answer is outstanding, also to what was taken back since
    private RingView view = view;
    private NodeId? underWay; // to whom the first of the queue is
    private bool isTakenBack; // that one: it goes once more to nobody
    private NodeId? tried; // who could not be reached last
    private int tries; // how often, one after another
    private Instant? retryAt;

    /// <summary>How many messages wait at most, the one under way among them: one of each kind and node, and some.</summary>
    public int Max => (4 * view.Count) + 64;

    /// <summary>How many messages wait, the one under way among them.</summary>
    public int Count => queue.Count;

    /// <summary>How many were given up because too many waited.</summary>
    public long Forgotten { get; private set; }

    /// <summary>When <see cref="Pump"/> is next due; null while nothing waits, or for an answer.</summary>
    public Instant? Deadline
    {
        get
        {
            if (queue.Count == 0 || underWay is not null)
                return null;
            if (retryAt is { } retry)
                return retry;
            Instant? earliest = null;
            foreach (var neighbour in view.ToTheRight)
            {
                if (!skipped.TryGetValue(neighbour, out var until))
                    return null; // it is awaited: its answer comes first
                earliest = Instant.Earliest(earliest, until);
            }

            return earliest;
        }
    }

    /// <summary>The ring has changed. Who is named anew is no longer passed over; what comes from who is gone, or was on its way there,
    /// is taken back.</summary>
    public void Reknit(Instant now, RingView newView, RingOutbox outbox)
    {
        view = newView;
        foreach (var gone in skipped.Keys.Where(node => !view.Has(node)).ToArray())
            skipped.Remove(gone);
        if (underWay is { } to && !view.Has(to))
            HasNotArrived();
        Withdraw(message => view.Count == 1 || !view.Has(message.Origin.Node));
        Trim();
        Pump(now, outbox);
    }

    /// <summary>Adds a message; one of the same kind and origin that still waits is superseded by it.</summary>
    public void Add(Instant now, RingMessage message, RingOutbox outbox)
    {
        Withdraw(waiting => waiting.GetType() == message.GetType() && waiting.Origin == message.Origin);
        queue.Add(message);
        Trim();
        Pump(now, outbox);
    }

    /// <summary>Takes back what has lost its sense. The one that is under way may arrive, but is not sent again.</summary>
    public void Withdraw(Predicate<RingMessage> isOver)
    {
        isTakenBack |= underWay is not null && isOver(queue[0]);
        for (var i = queue.Count - 1; i >= FirstWaiting; i--)
        {
            if (isOver(queue[i]))
                queue.RemoveAt(i);
        }
    }

    /// <summary><paramref name="to"/> has answered.</summary>
    public void Delivered(Instant now, NodeId to, RingOutbox outbox)
    {
        if (!awaited.Remove(to))
            return;
        if (underWay == to)
        {
            queue.RemoveAt(0);
            (underWay, isTakenBack, tried, tries, retryAt) = (null, false, null, 0, null);
        }

        Pump(now, outbox);
    }

    /// <summary><paramref name="to"/> could not be reached, or did not answer in time.</summary>
    public void Undelivered(Instant now, NodeId to, RingOutbox outbox)
    {
        if (!awaited.Remove(to))
            return;
        if (underWay == to)
        {
            tries = tried == to ? tries + 1 : 1;
            (tried, retryAt) = (to, now + settings.HopPatience);
            HasNotArrived();
            if (tries >= settings.HopTries)
            {
                skipped[to] = now + settings.SkipFor;
                (tried, tries, retryAt) = (null, 0, null);
            }
        }

        Pump(now, outbox);
    }

    /// <summary>Sends the next message if one may go.</summary>
    public void Pump(Instant now, RingOutbox outbox)
    {
        if (queue.Count == 0 || underWay is not null)
            return;
        var next = Next(now);
        if (next != tried)
            (tried, tries, retryAt) = (null, 0, null); // another neighbour has not kept us waiting
        if (retryAt > now)
            return;
        retryAt = null;
        if (next is not { } to || !awaited.Add(to))
            return; // nobody can be reached; or it has not answered yet to what was taken back
        underWay = to;
        outbox.Send(to, queue[0]);
    }

    private void HasNotArrived()
    {
        if (isTakenBack)
            queue.RemoveAt(0);
        (underWay, isTakenBack) = (null, false);
    }

    private int FirstWaiting => underWay is null ? 0 : 1;

    private NodeId? Next(Instant now)
    {
        foreach (var neighbour in view.ToTheRight)
        {
            if (skipped.TryGetValue(neighbour, out var until) && until <= now)
                skipped.Remove(neighbour);
            if (!skipped.ContainsKey(neighbour))
                return neighbour;
        }

        return null;
    }

    // Whoever stands does so again; what the leader says is dearer.
    private void Trim()
    {
        while (queue.Count > Max)
        {
            var oldest = queue.FindIndex(FirstWaiting, message => message is RingMessage.Election);
            queue.RemoveAt(oldest < 0 ? FirstWaiting : oldest);
            Forgotten++;
        }
    }
}

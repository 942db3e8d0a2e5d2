using Roj.Kernel;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>The last changes that were heard of, numbered: the queue of all who watch at this node. Any thread may add, read and
/// wait.</summary>
/// <remarks>Who is so slow that his place is overwritten learns how much he missed; nobody's slowness costs memory, or another's
/// time.</remarks>
internal sealed class ChangeLog
{
    /// <summary>How many are kept at most.</summary>
    public const int Capacity = 4096;

    /// <summary>Bytes of the names of their keys at most.</summary>
    public const int NameBytesMax = 4 << 20;

    private readonly Lock gate = new();
    private readonly Queue<ChangeNews> kept = [];
    private long next = 1;
    private long bytes;
    private TaskCompletionSource? awaited;

    /// <summary>The number of the newest; 0 while there is none.</summary>
    public long Newest
    {
        get
        {
            lock (gate)
                return next - 1;
        }
    }

    /// <summary>Adds one, and wakes those who wait.</summary>
    /// <param name="time">When it was heard of.</param>
    /// <param name="change">The change; null if some may have been missed.</param>
    /// <param name="node">Where they may have been missed.</param>
    /// <param name="missed">How many at least.</param>
    public void Add(DateTimeOffset time, KeyChange? change, NodeId? node = null, long missed = 0)
    {
        TaskCompletionSource? waiters;
        lock (gate)
        {
            kept.Enqueue(new ChangeNews(next++, time, change, node, missed));
            bytes += change?.Key.Name.Length ?? 0;
            while (kept.Count > Capacity || bytes > NameBytesMax)
                bytes -= kept.Dequeue().Change?.Key.Name.Length ?? 0;
            (waiters, awaited) = (awaited, null);
        }

        waiters?.SetResult();
    }

    /// <summary>Some of those after a number, the oldest first.</summary>
    /// <param name="known">The last one that is known already.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="missed">How many after it are forgotten already.</param>
    public IReadOnlyList<ChangeNews> After(long known, int countMax, out long missed)
    {
        lock (gate)
        {
            missed = Math.Max(0, next - kept.Count - known - 1);
            return [.. kept.SkipWhile(one => one.Number <= known).Take(countMax)];
        }
    }

    /// <summary>Ends when there is one after a number.</summary>
    public Task WaitAsync(long known)
    {
        lock (gate)
        {
            if (next - 1 > known)
                return Task.CompletedTask;
            awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return awaited.Task;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Roj.Host.Http.Views;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>The last events of a node, numbered. Any thread may add, read and wait.</summary>
/// <remarks>It is also the queue of everybody who listens: each has no more than a place in it. Who is so slow that the place is
/// overwritten learns how much it missed; nobody's slowness costs memory, or another's time.</remarks>
public sealed class EventLog
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 1024;

    /// <summary>Bytes of one event's data; what is longer is replaced by <c>{"tooLong":true}</c>.</summary>
    public const int DataBytesMax = 4 * 1024;

    private static readonly JsonElement TooLong = JsonDocument.Parse("""{"tooLong":true}""").RootElement;

    private readonly Lock gate = new();
    private readonly ReadOnlyMemory<byte>[] ring = new ReadOnlyMemory<byte>[Capacity];
    private readonly long first;
    private long next;
    private TaskCompletionSource? awaited;

    /// <summary>An empty log.</summary>
    /// <param name="first">The number of the first event: beyond all of earlier lives, where they are to be told apart.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="first"/> is not positive.</exception>
    public EventLog(long first = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
        this.first = next = first;
    }

    /// <summary>The number of the newest event; one before the first while there is none.</summary>
    public long Newest
    {
        get
        {
            lock (gate)
                return next - 1;
        }
    }

    /// <summary>How many were ever added.</summary>
    public long Count => Newest - first + 1;

    /// <summary>Adds an event, and wakes those who wait.</summary>
    /// <param name="time">When it happened.</param>
    /// <param name="kind">What.</param>
    /// <param name="node">Whom it happened to; null for nobody.</param>
    /// <param name="data">More, by kind.</param>
    /// <param name="type">How to write <paramref name="data"/>.</param>
    public void Add<T>(DateTimeOffset time, string kind, NodeId? node, T data, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(data, type);
        var element = json.Length <= DataBytesMax ? JsonDocument.Parse(json).RootElement : TooLong;
        TaskCompletionSource? waiters;
        lock (gate)
        {
            var happened = new EventView(next, time, kind, node?.ToString(), element);
            ring[next % Capacity] = JsonSerializer.SerializeToUtf8Bytes(happened, ApiJson.Default.EventView);
            next++;
            (waiters, awaited) = (awaited, null);
        }

        waiters?.SetResult();
    }

    /// <summary>Some of the events after number <paramref name="seq"/>, the oldest first.</summary>
    /// <param name="seq">The last one that is known already. A number that was never given is of another life: all are new then.</param>
    /// <param name="countMax">How many at most.</param>
    /// <param name="missed">How many after <paramref name="seq"/> are forgotten already.</param>
    public IReadOnlyList<LoggedEvent> After(long seq, int countMax, out long missed)
    {
        lock (gate)
        {
            var expected = Known(seq) + 1;
            var from = Math.Max(expected, next - Capacity);
            missed = from - expected;
            var events = new LoggedEvent[(int)Math.Min(next - from, countMax)];
            for (var i = 0; i < events.Length; i++)
                events[i] = new LoggedEvent(from + i, ring[(from + i) % Capacity]);
            return events;
        }
    }

    /// <summary>Ends when there is an event after number <paramref name="seq"/>.</summary>
    public Task WaitAsync(long seq)
    {
        lock (gate)
        {
            if (next - 1 > Known(seq))
                return Task.CompletedTask;
            awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return awaited.Task;
        }
    }

    // A number that is not ours, yet or any more, says nothing of what is known.
    private long Known(long seq) => seq < first || seq >= next ? first - 1 : seq;
}

using System.Diagnostics;
using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Host.Storage;
using Roj.Kernel;

namespace Roj.Host;

/// <summary>The one thread on which a node and everything around it runs: what is awaited here continues here.</summary>
/// <remarks>Sockets complete on the runtime's own threads; their continuations are posted to this loop. So the shell is written as plain
/// <c>async</c> code without a lock, and a core has one caller. After each batch of inputs <see cref="AfterBatch"/> runs once: that is
/// where
/// what the inputs caused goes out together.</remarks>
public sealed class EventLoop : SynchronizationContext
{
    // Enough to share one flush among many inputs, few enough that none waits long.
    private const int BatchMax = 1024;

    private const int WaitMax = 60_000; // milliseconds; waking for nothing once a minute costs nothing

    private readonly object gate = new(); // waited on: a Lock can't be
    private readonly long origin = Stopwatch.GetTimestamp();
    private List<(SendOrPostCallback Callback, object? State)> inbox = [];
    private List<(SendOrPostCallback Callback, object? State)> batch = [];
    private bool stopped;
    private IPoller? poller;
    private bool isPolling;

    /// <summary>The time since the loop was made: monotonic, and the only clock of a node.</summary>
    public Instant Now => new(Stopwatch.GetElapsedTime(origin).Ticks);

    /// <summary>Runs after each batch of inputs, and says when it next wants to run though nothing came; null for never.</summary>
    public Func<Instant?>? AfterBatch { get; set; }

    /// <summary>Whose sockets are looked after while the loop waits, on its own thread: what comes by them needs no other. On the loop
    /// only.</summary>
    internal void WaitWith(IPoller? sockets)
    {
        lock (gate)
            poller = sockets;
    }

    /// <summary>A connection in the clear over a socket that nobody has used yet: what comes by it comes while the loop waits, if it waits
    /// with sockets. On the loop only.</summary>
    internal PlainChannel ChannelOver(Socket socket) =>
        poller is { } sockets ? new PolledChannel(socket, this, sockets) : new PlainChannel(socket);

    /// <summary>Runs <paramref name="main"/> on the calling thread until it has ended.</summary>
    public void Run(Func<Task> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var running = main();
            running.ContinueWith(
                static (_, loop) => ((EventLoop)loop!).Post(static loop => ((EventLoop)loop!).stopped = true, loop),
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            while (!stopped)
                Turn();
            running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            inbox.Add((d, state));
            if (inbox.Count != 1)
                return;
            Monitor.Pulse(gate);
            if (isPolling)
                poller!.Wake();
        }
    }

    /// <summary>Not supported: nothing may block on the loop.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The loop is never waited for.");

    private void Turn()
    {
        var due = AfterBatch?.Invoke();
        // Rounded up: woken a moment early, the loop would only spin.
        var wait = due is { } at ? Math.Clamp((int)Math.Ceiling((at - Now).TotalMilliseconds), 0, WaitMax) : WaitMax;
        if (poller is not null)
            Poll(wait);
        lock (gate)
        {
            if (inbox.Count == 0 && poller is null)
                Monitor.Wait(gate, wait);
            (inbox, batch) = (batch, inbox);
        }

        for (var next = 0; next < batch.Count; next++)
        {
            var (callback, state) = batch[next];
            callback(state);
            if (next % BatchMax == BatchMax - 1)
                AfterBatch?.Invoke();
        }

        batch.Clear();
    }

    private void Poll(int wait)
    {
        lock (gate)
        {
            isPolling = inbox.Count == 0;
            if (!isPolling)
                wait = 0;
        }

        poller!.Wait(wait);
        lock (gate)
            isPolling = false;
    }
}

namespace Roj;

/// <summary>What this node is for a while, such as the leader in a term, and the work that runs as long as it is.</summary>
/// <remarks>Told by the node's thread, which is never held up: what hangs on a token runs elsewhere. Of one caller's work there are never
/// two at a time: what takes no notice of its token is waited for before the next begins.</remarks>
/// <typeparam name="T">What it is.</typeparam>
/// <param name="late">Told what it was whose work still runs though its time is over.</param>
internal sealed class Turns<T>(Action<T> late)
    where T : notnull
{
    private readonly Lock gate = new();
    private readonly List<Task> running = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Turn? current;
    private long count;
    private bool isClosed;
    private Exception? reason;

    /// <summary>Whether it is something now.</summary>
    public bool IsOn
    {
        get
        {
            lock (gate)
                return current is not null;
        }
    }

    /// <summary>It is this from now on.</summary>
    public void Begin(T what)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            current?.End(TimeSpan.Zero);
            current = new Turn(++count, what);
            Change();
        }
    }

    /// <summary>It is that no more.</summary>
    /// <param name="left">How long work may take to be over.</param>
    public void End(TimeSpan left)
    {
        lock (gate)
        {
            current?.End(left);
            current = null;
        }
    }

    /// <summary>It will be nothing any more: all work ends, and who waits for the next time stops, with <paramref name="why"/> if that is
    /// not null.</summary>
    public void Close(Exception? why, TimeSpan left)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            (isClosed, reason) = (true, why);
            current?.End(left);
            current = null;
            Change();
        }
    }

    /// <summary>Completes when no work runs that was running.</summary>
    public Task IdleAsync()
    {
        lock (gate)
            return Task.WhenAll(running.Select(Quietly));
    }

    /// <summary>Runs work each time, until there is no next time.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task RunAsync(Func<T, CancellationToken, Task> work, CancellationToken cancellation)
    {
        for (var last = 0L; await NextAsync(last, cancellation).ConfigureAwait(false) is { } turn; last = turn.Number)
            await RunAsync(turn, work, cancellation).ConfigureAwait(false);
    }

    private static Task Quietly(Task task) =>
        task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task<Turn?> NextAsync(long last, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Task change;
            lock (gate)
            {
                if (current is { } turn && turn.Number != last)
                    return turn;
                if (isClosed)
                    return reason is null ? null : throw reason;
                change = changed.Task;
            }

            await change.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(Turn turn, Func<T, CancellationToken, Task> work, CancellationToken cancellation)
    {
        // Never disposed of: it holds nothing, and may be cancelled at any time.
        var lost = new CancellationTokenSource();
        if (Start(turn, work, lost) is not { } working)
            return; // over already
        try
        {
            using var givenUp = cancellation.Register(lost.Cancel);
            if (await Task.WhenAny(working, turn.Over).ConfigureAwait(false) != working
                && await Task.WhenAny(working, Task.Delay(turn.Left, CancellationToken.None)).ConfigureAwait(false) != working)
            {
                late(turn.What);
            }

            await working.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // As it was told to.
        }
        finally
        {
            lock (gate)
            {
                running.Remove(working);
                turn.Leave(lost);
            }
        }
    }

    // Not on the caller's thread, which work may keep for itself.
    private Task? Start(Turn turn, Func<T, CancellationToken, Task> work, CancellationTokenSource lost)
    {
        lock (gate)
        {
            if (!turn.TryEnter(lost))
                return null;
            var working = Task.Run(() => work(turn.What, lost.Token), CancellationToken.None);
            running.Add(working);
            return working;
        }
    }

    private void Change()
    {
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One time. Under the lock only, but for what does not change any more.</summary>
    private sealed class Turn(long number, T what)
    {
        private readonly List<CancellationTokenSource> entered = [];
        private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Number => number;

        public T What => what;

        /// <summary>Completes when it is over.</summary>
        public Task Over => over.Task;

        /// <summary>How long work may take then.</summary>
        public TimeSpan Left { get; private set; }

        public bool TryEnter(CancellationTokenSource lost)
        {
            if (Over.IsCompleted)
                return false;
            entered.Add(lost);
            return true;
        }

        public void Leave(CancellationTokenSource lost) => entered.Remove(lost);

        public void End(TimeSpan left)
        {
            Left = left;
            over.TrySetResult();
            foreach (var lost in entered)
                _ = lost.CancelAsync(); // the token says so at once; what hangs on it runs elsewhere
        }
    }
}

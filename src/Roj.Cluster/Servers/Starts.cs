using Roj.Host.Daemon;

namespace Roj;

/// <summary>Something that is started and stopped, and may be started again.</summary>
/// <typeparam name="T">What runs from one start to the next stop.</typeparam>
internal sealed class Starts<T>
    where T : class, IDisposable
{
    private Task last = Task.CompletedTask; // ends when whoever came last has
    private volatile T? running;
    private volatile RojStorageException? failure;

    /// <summary>What runs; null if nothing does.</summary>
    public T? Running => running;

    /// <summary>Why it ended though nobody wanted it to.</summary>
    public RojStorageException? Failure => failure;

    /// <summary>Told that something has changed.</summary>
    public Signal Changed { get; } = new();

    /// <summary>Starts it.</summary>
    /// <param name="open">Begins one; may take a while.</param>
    /// <param name="settle">Waits until it is known whether it may go on, and throws if not.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task StartAsync(Func<T> open, Func<T, Task> settle, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await InTurnAsync(async () =>
        {
            if (running is not null)
                throw new InvalidOperationException("It runs already.");
            failure = null;
            var begun = await Task.Run(() => Open(open), cancellation).ConfigureAwait(false);
            try
            {
                await settle(begun).WaitAsync(cancellation).ConfigureAwait(false);
                running = begun;
            }
            catch
            {
                await Task.Run(begun.Dispose, CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }).ConfigureAwait(false);
        if (failure is not null)
            await StopAsync().ConfigureAwait(false); // it failed as it began
    }

    /// <summary>Stops it, if it runs.</summary>
    public Task StopAsync() => InTurnAsync(async () =>
    {
        if (running is { } ending)
            await Task.Run(ending.Dispose).ConfigureAwait(false);
        running = null;
    });

    /// <summary>It can't go on: it is stopped. From any thread.</summary>
    public void Fail(string why)
    {
        failure = new RojStorageException(RojStorageProblem.Unusable, why);
        _ = StopAsync();
    }

    // One start or stop after the other.
    private async Task InTurnAsync(Func<Task> what)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref last, done.Task).ConfigureAwait(false);
        try
        {
            await what().ConfigureAwait(false);
        }
        finally
        {
            done.SetResult();
            Changed.Raise();
        }
    }

    private static T Open(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (NodeException e)
        {
            var why = e.Message.Replace("a --data-dir of its own", "a path of its own", StringComparison.Ordinal);
            throw new RojStorageException(RojStorageProblem.Unusable, why, inner: e);
        }
    }
}

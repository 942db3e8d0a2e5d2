namespace Roj;

/// <summary>Wakes whoever waits for something to become true.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something changed.</summary>
    public void Raise() =>
        Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits until it is so.</summary>
    public async Task UntilAsync(Func<bool> holds, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = Volatile.Read(ref next).Task; // before it is looked: no change is missed
            if (holds())
                return;
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }
}

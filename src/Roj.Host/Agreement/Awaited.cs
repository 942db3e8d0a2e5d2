namespace Roj.Host.Agreement;

/// <summary>Ends that are waited for, each by whoever asked for it.</summary>
/// <typeparam name="TKey">What names one.</typeparam>
/// <typeparam name="TEnd">How it may end.</typeparam>
internal sealed class Awaited<TKey, TEnd>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TaskCompletionSource<TEnd>> all = [];

    /// <summary>Whether one is waited for.</summary>
    public bool Has(TKey key) => all.ContainsKey(key);

    /// <summary>Waits for one; two may wait for the same.</summary>
    public Task<TEnd> Of(TKey key)
    {
        if (!all.TryGetValue(key, out var waiting))
            all.Add(key, waiting = new TaskCompletionSource<TEnd>(TaskCreationOptions.RunContinuationsAsynchronously));
        return waiting.Task;
    }

    /// <summary>One has ended.</summary>
    public void Ended(TKey key, TEnd end)
    {
        if (all.Remove(key, out var waiting))
            waiting.TrySetResult(end);
    }

    /// <summary>None will end any more.</summary>
    public void EndAll(TEnd end)
    {
        foreach (var waiting in all.Values)
            waiting.TrySetResult(end);
        all.Clear();
    }
}

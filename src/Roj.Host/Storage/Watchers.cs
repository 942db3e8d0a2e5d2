using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>Who watches at this node, and of which keys. Any thread.</summary>
internal sealed class Watchers : IDisposable
{
    private readonly Action<IReadOnlyList<WatchFilter>> wanted;
    private readonly Lock gate = new();
    private readonly List<WatchFilter> filters = [];
    private readonly CancellationTokenSource ended = new();

    /// <summary>Nobody watches yet.</summary>
    /// <param name="wanted">Told which keys all of them together want to hear of, whenever that changes; called under a lock.</param>
    public Watchers(Action<IReadOnlyList<WatchFilter>> wanted) => (this.wanted, Ended) = (wanted, ended.Token);

    /// <summary>When nothing will be heard any more, and those who watch are to go elsewhere.</summary>
    public CancellationToken Ended { get; }

    /// <summary>What they hear.</summary>
    public ChangeLog Changes { get; } = new();

    /// <summary>Somebody watches until he disposes of what he is given.</summary>
    public IDisposable Add(WatchFilter filter)
    {
        lock (gate)
        {
            filters.Add(filter);
            wanted(All());
        }

        return new Watcher(this, filter);
    }

    /// <summary>What happens in the store, as far as it is for them.</summary>
    public void Hear(StorageEvent what)
    {
        if (what is StorageEvent.KeyChanged changed)
            Changes.Add(DateTimeOffset.UtcNow, changed.Change);
        else if (what is StorageEvent.ChangesMissed missed)
            Changes.Add(DateTimeOffset.UtcNow, null, missed.Node, missed.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
    }

    // What nobody wants besides is left out when they are told; so many filters are all of their databases instead.
    private WatchFilter[] All()
    {
        var different = filters.DistinctBy(Text).ToArray();
        if (different.Length > WatchFilter.FiltersMax)
            different = [.. different.Select(filter => filter with { Prefix = default }).DistinctBy(Text)];
        return different.Length > WatchFilter.FiltersMax ? [default] : different;
    }

    private static string Text(WatchFilter filter) => $"{filter.Database}/{Convert.ToHexString(filter.Prefix.Span)}";

    private void Remove(WatchFilter filter)
    {
        lock (gate)
        {
            filters.Remove(filter);
            wanted(All());
        }
    }

    private sealed class Watcher(Watchers all, WatchFilter filter) : IDisposable
    {
        private int isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDone, 1) == 0)
                all.Remove(filter);
        }
    }
}

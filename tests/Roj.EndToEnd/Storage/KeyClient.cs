using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Histories;
using StackExchange.Redis;

namespace Roj.EndToEnd.Storage;

/// <summary>A program that uses the store by StackExchange.Redis: it asks one node, and another when that one fails.</summary>
/// <param name="name">What it is called in histories.</param>
/// <param name="doors">Its ways to the nodes.</param>
/// <param name="plan">What it asks for.</param>
/// <param name="book">Where it writes down what it was told.</param>
/// <param name="rng">Its own.</param>
internal sealed class KeyClient(string name, RedisDoors doors, KeyPlan plan, KeyBook book, Rng rng) : IAsyncDisposable
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(25);

    private int node = rng.Next(doors.Count);
    private TimeSpan? failingSince;

    /// <summary>The longest that it was without an answer, however many nodes it asked.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Asks, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var since = Members.Watch.Now;
            if (await doors.TryOpenAsync(node).ConfigureAwait(false) is { } door)
            {
                var (key, kind) = plan.Next(rng);
                await DoAsync(door.GetDatabase(), key, kind, since).ConfigureAwait(false);
            }
            else
            {
                Failed(since);
            }

            await Task.Delay(rng.Next(TimeSpan.Zero, PauseMax), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a key at one node, and gives back what it holds.</summary>
    /// <exception cref="LabException">It is not told.</exception>
    public async Task<string?> ReadAsync(int at, string key)
    {
        var number = book.Begin(name, key, new OperationKind.Read());
        try
        {
            var value = await (await doors.TryOpenAsync(at).ConfigureAwait(false) ?? throw new LabException($"node {at} does not listen"))
                .GetDatabase().StringGetAsync(key).ConfigureAwait(false);
            book.End(number, Outcome.Yes, new Seen(0, value));
            return value;
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            throw new LabException($"at the end node {at} does not tell what {key} holds: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => doors.DisposeAsync();

    private async Task DoAsync(IDatabase store, string key, OperationKind kind, TimeSpan since)
    {
        var number = book.Begin(name, key, kind);
        try
        {
            var (outcome, seen) = await AskAsync(store, key, kind).ConfigureAwait(false);
            book.End(number, outcome, seen);
            var waited = Members.Watch.Now - (failingSince ?? since);
            LongestWait = waited > LongestWait ? waited : LongestWait;
            failingSince = null;
        }
        catch (RedisServerException e)
        {
            // Every error but these two says that nothing was done.
            var isSure = kind.IsChange && !e.Message.StartsWith("UNKNOWN", StringComparison.Ordinal)
                && !e.Message.StartsWith("APPLIED", StringComparison.Ordinal);
            book.End(number, isSure ? Outcome.No : Outcome.Unknown, null);
            Failed(since);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            book.End(number, Outcome.Unknown, null);
            Failed(since);
        }
    }

    private static async Task<(Outcome Outcome, Seen? Seen)> AskAsync(IDatabase store, string key, OperationKind kind)
    {
        switch (kind)
        {
            case OperationKind.Read:
                return (Outcome.Yes, new Seen(0, await store.StringGetAsync(key).ConfigureAwait(false)));
            case OperationKind.Write(var value):
                await store.StringSetAsync(key, value).ConfigureAwait(false);
                return (Outcome.Yes, new Seen(0, value));
            case OperationKind.CompareAndSet(_, var value):
                string? held = await store.StringSetAndGetAsync(key, value, when: When.NotExists).ConfigureAwait(false);
                return held is null ? (Outcome.Yes, new Seen(0, value)) : (Outcome.No, new Seen(0, held));
            case OperationKind.Append(var text):
                await store.StringAppendAsync(key, text).ConfigureAwait(false);
                return (Outcome.Yes, null);
            case OperationKind.Add(var delta):
                var sum = await store.StringIncrementAsync(key, delta).ConfigureAwait(false);
                return (Outcome.Yes, new Seen(0, sum.ToString(CultureInfo.InvariantCulture)));
            default:
                await store.KeyDeleteAsync(key).ConfigureAwait(false);
                return (Outcome.Yes, new Seen(0, null));
        }
    }

    private void Failed(TimeSpan since)
    {
        failingSince ??= since;
        node = (node + 1 + rng.Next(doors.Count - 1)) % doors.Count;
    }
}

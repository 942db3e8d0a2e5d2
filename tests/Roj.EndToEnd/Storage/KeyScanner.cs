using System.Globalization;
using Roj.Kernel;
using StackExchange.Redis;

namespace Roj.EndToEnd.Storage;

/// <summary>Goes through all keys again and again, and goes on at another node when the one that it asks fails: it misses no key that was
/// there throughout.</summary>
/// <param name="doors">Its ways to the nodes.</param>
/// <param name="rng">Its own.</param>
internal sealed class KeyScanner(RedisDoors doors, Rng rng) : IAsyncDisposable
{
    private const int Staying = 300;

    private int node = rng.Next(doors.Count);

    /// <summary>How often it came to the end.</summary>
    public int Rounds { get; private set; }

    /// <summary>How often it went on at another node.</summary>
    public int Changes { get; private set; }

    /// <summary>Writes the keys that stay.</summary>
    public async Task WriteAsync()
    {
        var store = (await DoorAsync().ConfigureAwait(false)).GetDatabase();
        await Task.WhenAll(Names.Select(key => store.StringSetAsync(key, "here"))).ConfigureAwait(false);
    }

    /// <summary>Goes through all keys until it is told to stop; the round that it is in it ends.</summary>
    /// <exception cref="LabException">It missed one.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var found = await RoundAsync().ConfigureAwait(false);
            if (Names.Where(key => !found.Contains(key)).ToArray() is { Length: > 0 } missed)
                throw new LabException($"SCAN missed {missed.Length} keys that were there throughout, such as {missed[0]}");
            Rounds++;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => doors.DisposeAsync();

    private static IEnumerable<string> Names =>
        Enumerable.Range(0, Staying).Select(i => string.Create(CultureInfo.InvariantCulture, $"stay-{i}"));

    private async Task<HashSet<string>> RoundAsync()
    {
        HashSet<string> found = [];
        var (cursor, isOver) = ("0", false);
        while (!isOver)
        {
            try
            {
                var answer = await (await DoorAsync().ConfigureAwait(false)).GetDatabase()
                    .ExecuteAsync("SCAN", cursor, "COUNT", "100").ConfigureAwait(false);
                cursor = (string)answer[0]!;
                isOver = cursor == "0";
                found.UnionWith((string[])answer[1]!);
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException)
            {
                Turn();
            }

            await Task.Delay(5).ConfigureAwait(false);
        }

        return found;
    }

    private async Task<ConnectionMultiplexer> DoorAsync()
    {
        while (true)
        {
            if (await doors.TryOpenAsync(node).ConfigureAwait(false) is { } door)
                return door;
            Turn();
            await Task.Delay(50).ConfigureAwait(false);
        }
    }

    private void Turn()
    {
        Changes++;
        node = (node + 1 + rng.Next(doors.Count - 1)) % doors.Count;
    }
}

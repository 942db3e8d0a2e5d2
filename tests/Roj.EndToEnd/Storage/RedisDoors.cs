using System.Net;
using StackExchange.Redis;

namespace Roj.EndToEnd.Storage;

/// <summary>One program's ways to all nodes by StackExchange.Redis: a connection to each, that is made anew when it breaks.</summary>
/// <param name="places">Where the nodes are.</param>
/// <param name="port">Their port.</param>
internal sealed class RedisDoors(IReadOnlyList<string> places, int port) : IAsyncDisposable
{
    private readonly ConnectionMultiplexer?[] doors = new ConnectionMultiplexer?[places.Count];

    /// <summary>How many nodes there are.</summary>
    public int Count => places.Count;

    /// <summary>The connection to a node; null while there is none.</summary>
    public async Task<ConnectionMultiplexer?> TryOpenAsync(int node)
    {
        doors[node] ??= await ConnectionMultiplexer.ConnectAsync(Settings(node)).ConfigureAwait(false);
        return doors[node] is { IsConnected: true } door ? door : null;
    }

    /// <summary>A node as the one whom a scan asks.</summary>
    public IServer ServerOf(int node) => doors[node]!.GetServer(At(node));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var door in doors.OfType<ConnectionMultiplexer>())
            await door.DisposeAsync().ConfigureAwait(false);
    }

    private IPEndPoint At(int node) => new(IPAddress.Parse(places[node]), port);

    private ConfigurationOptions Settings(int node) => new()
    {
        EndPoints = { At(node) },
        AbortOnConnectFail = false,
        BacklogPolicy = BacklogPolicy.FailFast, // what can't be said now is asked of another
        ConnectTimeout = 1000,
        AsyncTimeout = 3000,
        SyncTimeout = 3000,
        ReconnectRetryPolicy = new LinearRetry(200),
    };
}

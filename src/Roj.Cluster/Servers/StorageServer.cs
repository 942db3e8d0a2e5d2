using System.Net;
using Roj.Host.Storage;
using Roj.Storage;

namespace Roj;

/// <summary>A numbered server of a <see cref="StorageRouter"/>: it keeps keys and values on its disk. Safe on any thread.</summary>
/// <remarks>
/// <para>It calls its router, and calls again whenever the connection is lost: 20 ms later, then after twice as long each time, 2 s at
/// most. What it missed meanwhile it is given as soon as it is back.</para>
/// <para>Its directory remembers its number, and from the first connection on its router's cluster; no other server may have it.</para>
/// </remarks>
public sealed class StorageServer : IAsyncDisposable
{
    private readonly Starts<ServerHost> starts = new();
    private readonly IPEndPoint router;

    /// <summary>A server, which begins with <see cref="StartAsync"/>.</summary>
    /// <param name="routerIp">Where its router takes servers in: an address.</param>
    /// <param name="routerPort">And a port, 1 to 65,535.</param>
    /// <param name="number">Which server it is, from 0; one less than the router's number of servers at most.</param>
    /// <param name="path">A directory of its own; made if it is missing.</param>
    /// <exception cref="ArgumentException">One of these can't be.</exception>
    public StorageServer(string routerIp, int routerPort, int number, string path)
    {
        router = StorageArguments.Place(routerIp, routerPort, 1, nameof(routerIp), nameof(routerPort));
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, ServerNumbers.ServersMax);
        Number = number;
        Path = StorageArguments.Path(path);
    }

    /// <summary>Which server it is.</summary>
    public int Number { get; }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>Whether it was started, and neither stopped nor failed.</summary>
    public bool IsRunning => starts.Running is not null;

    /// <summary>Whether it is connected to its router.</summary>
    public bool IsConnected => starts.Running?.IsConnected is true;

    /// <summary>Why it does not run though nobody stopped it, or is refused by its router, which it calls again all the same; null while
    /// all is well, or the router is not there.</summary>
    public RojStorageException? Failure =>
        starts.Failure ?? (starts.Running?.Refusal is { } why ? new RojStorageException(RojStorageProblem.Refused, why) : null);

    /// <summary>Starts it, and calls the router once. If that does not answer it is called again later; nothing is wrong with
    /// that.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException">The router refuses it (<see cref="RojStorageProblem.Refused"/>), or its directory can't be
    /// used (<see cref="RojStorageProblem.Unusable"/>); it does not run then.</exception>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task StartAsync(CancellationToken cancellation = default) => starts.StartAsync(
        () => new ServerHost(new ServerOptions
        {
            Router = router,
            Number = Number,
            Path = Path,
            Changed = starts.Changed.Raise,
            Fail = starts.Fail,
        }),
        async begun =>
        {
            await begun.Tried.ConfigureAwait(false);
            if (begun.Refusal is { } why)
                throw new RojStorageException(RojStorageProblem.Refused, why);
        },
        cancellation);

    /// <summary>Waits until it is connected to its router.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task ConnectedAsync(CancellationToken cancellation = default) => starts.Changed.UntilAsync(() => IsConnected, cancellation);

    /// <summary>Stops it (the seed's <c>turn_off</c>): what it keeps stays on its disk. It may be started again.</summary>
    public Task StopAsync() => starts.StopAsync();

    /// <summary>The same.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);
}

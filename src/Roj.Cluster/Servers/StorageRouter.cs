using System.Net;
using Roj.Host.Storage;
using Roj.Storage;

namespace Roj;

/// <summary>The router of numbered servers: clients ask it, and it knows which servers have which key. Safe on any thread.</summary>
/// <remarks>
/// <para>A key goes to the server whose number is CRC-32C of its UTF-8 bytes modulo the number of servers, and to the one behind it. What
/// is written is acknowledged when each of them has it on its disk, or, for those that are down, the router on its own (the seed's table
/// and buffer); they are given it when they are back. Whoever is found behind when a key is read is corrected.</para>
/// <para>What it keeps for servers that are down is bounded: <see cref="WaitingMax"/> and <see cref="WaitingBytesMax"/>. What would need
/// more is refused.</para>
/// <para>Clients speak the Redis protocol: <c>redis-cli</c> does as well as <see cref="StorageClient"/>. There is no password: choose
/// addresses that only friends reach.</para>
/// </remarks>
public sealed class StorageRouter : IAsyncDisposable
{
    private readonly Starts<RouterHost> starts = new();
    private readonly int copies = 2;
    private volatile IPEndPoint forServers;
    private volatile IPEndPoint forClients;

    /// <summary>A router, which begins with <see cref="StartAsync"/>.</summary>
    /// <param name="serverIp">Where it takes servers in: an address of this machine.</param>
    /// <param name="serverPort">And a port; 0 for one that is free, the same one at each further start.</param>
    /// <param name="clientIp">Where it takes clients in: an address of this machine.</param>
    /// <param name="clientPort">And a port; 0 for one that is free, the same one at each further start.</param>
    /// <param name="numberOfServers">How many servers there are, 1 to 1,000. Once the directory is made it never changes.</param>
    /// <param name="path">A directory of its own; made if it is missing. Without it the servers' directories are another cluster's.</param>
    /// <exception cref="ArgumentException">One of these can't be.</exception>
    public StorageRouter(string serverIp, int serverPort, string clientIp, int clientPort, int numberOfServers, string path)
    {
        forServers = StorageArguments.Place(serverIp, serverPort, 0, nameof(serverIp), nameof(serverPort));
        forClients = StorageArguments.Place(clientIp, clientPort, 0, nameof(clientIp), nameof(clientPort));
        ArgumentOutOfRangeException.ThrowIfLessThan(numberOfServers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numberOfServers, ServerNumbers.ServersMax);
        NumberOfServers = numberOfServers;
        Path = StorageArguments.Path(path);
    }

    /// <summary>How many servers there are.</summary>
    public int NumberOfServers { get; }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>How many servers behind the first have a key too: 0 to 4; 1 if nothing else is said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It can't be so many.</exception>
    public int ExtraCopies
    {
        get => copies - 1;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, SlotMap.CopiesMax);
            copies = value + 1;
        }
    }

    /// <summary>How many versions of keys are kept at most for servers that are down, counted once for each server; 100,000 if nothing else
    /// is said.</summary>
    public int WaitingMax { get; init; } = 100_000;

    /// <summary>How many bytes they may have together; 256 MiB if nothing else is said.</summary>
    public long WaitingBytesMax { get; init; } = 256 << 20;

    /// <summary>The port at which it takes servers in; 0 before the first start, if that was asked for.</summary>
    public int ServerPort => forServers.Port;

    /// <summary>The port at which it takes clients in; 0 before the first start, if that was asked for.</summary>
    public int ClientPort => forClients.Port;

    /// <summary>Whether it was started, and neither stopped nor failed.</summary>
    public bool IsRunning => starts.Running is not null;

    /// <summary>The numbers of the servers that are connected, in order.</summary>
    public IReadOnlyList<int> ConnectedServers => starts.Running?.Connected ?? [];

    /// <summary>Why it does not run though nobody stopped it; null while all is well.</summary>
    public RojStorageException? Failure => starts.Failure;

    /// <summary>Starts it: it takes servers and clients in when this returns.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException">Its directory or one of its ports can't be used (<see cref="RojStorageProblem.Unusable"/>); it
    /// does not run then.</exception>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task StartAsync(CancellationToken cancellation = default) => starts.StartAsync(
        () => new RouterHost(new RouterOptions
        {
            ForServers = forServers,
            ForClients = forClients,
            Servers = NumberOfServers,
            Copies = copies,
            Path = Path,
            HintsMax = (WaitingMax, WaitingBytesMax),
            Changed = starts.Changed.Raise,
            Fail = starts.Fail,
        }),
        begun =>
        {
            (forServers, forClients) = (begun.ForServers, begun.ForClients);
            return Task.CompletedTask;
        },
        cancellation);

    /// <summary>Waits until a server is connected.</summary>
    /// <param name="number">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task ConnectedAsync(int number, CancellationToken cancellation = default) =>
        starts.Changed.UntilAsync(() => ConnectedServers.Contains(number), cancellation);

    /// <summary>How many versions of keys are kept here for servers that are down, or have not been given them yet; 0 if it does not
    /// run.</summary>
    public Task<long> CountWaitingAsync() => starts.Running?.WaitingAsync() ?? Task.FromResult(0L);

    /// <summary>Stops it (the seed's <c>turn_off</c>): what it keeps stays on its disk. It may be started again.</summary>
    public Task StopAsync() => starts.StopAsync();

    /// <summary>The same.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);
}

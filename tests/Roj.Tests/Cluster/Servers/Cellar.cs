using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>A router with its servers and clients over real sockets on 127.0.0.1, in a folder of their own.</summary>
internal sealed class Cellar : IAsyncDisposable
{
    public const string Local = "127.0.0.1";

    private readonly ScratchFolder folder = new();
    private readonly List<StorageServer> servers = [];
    private readonly List<StorageClient> clients = [];

    private Cellar(int servers, Func<string, StorageRouter>? router)
    {
        Router = router?.Invoke(At("router")) ?? new StorageRouter(Local, 0, Local, 0, servers, At("router"));
    }

    public StorageRouter Router { get; }

    /// <summary>The client of database 0.</summary>
    public StorageClient Client => clients[0];

    public StorageServer this[int number] => servers[number];

    private static CancellationToken Giving => TestContext.Current.CancellationToken;

    public static async Task<Cellar> OpenAsync(int servers, Func<string, StorageRouter>? router = null)
    {
        var cellar = new Cellar(servers, router);
        await cellar.Router.StartAsync(Giving);
        for (var number = 0; number < servers; number++)
        {
            cellar.servers.Add(cellar.Server(number, $"server{number}"));
            await cellar[number].StartAsync(Giving);
        }

        await cellar.ComeAsync();
        return cellar;
    }

    public string At(string name) => folder.At(name);

    public StorageServer Server(int number, string directory) => new(Local, Router.ServerPort, number, At(directory));

    public async Task<StorageClient> ComeAsync(int database = 0)
    {
        var client = new StorageClient(Local, Router.ClientPort, database);
        clients.Add(client);
        await client.StartAsync(Giving);
        await client.ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
        return client;
    }

    public async Task StopAsync(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await this[number].StopAsync();
            await Soon.UntilAsync(() => !Router.ConnectedServers.Contains(number), $"the router sees that {number} is gone");
        }
    }

    public async Task StartAsync(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await this[number].StartAsync(Giving);
            await Router.ConnectedAsync(number, Giving).WaitAsync(Soon.Limit, Giving);
        }
    }

    public async Task StopRouterAsync()
    {
        await Router.StopAsync();
        await Soon.UntilAsync(() => !Client.IsConnected, "the client sees that the router is gone");
    }

    public async Task StartRouterAsync()
    {
        await Router.StartAsync(Giving);
        await Client.ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
    }

    /// <summary>Waits until nothing waits for a server any more.</summary>
    public Task DeliveredAsync() => Soon.UntilAsync(async () => await Router.CountWaitingAsync() == 0, "all that waited is delivered");

    public async Task WipeAsync(int number)
    {
        await StopAsync(number);
        Directory.Delete(this[number].Path, recursive: true);
    }

    /// <summary>A key whose first server this is.</summary>
    public string KeyOf(int first) => Enumerable.Range(0, 10_000).Select(i => $"key{i}").First(
        name => Roj.Storage.ServerNumbers.FirstOf(System.Text.Encoding.UTF8.GetBytes(name), Router.NumberOfServers) == first);

    public static async Task<RojStorageProblem> ProblemAsync(Func<Task> asked) =>
        (await Assert.ThrowsAsync<RojStorageException>(asked)).Problem;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
            await client.DisposeAsync();
        foreach (var server in servers)
            await server.DisposeAsync();
        await Router.DisposeAsync();
        folder.Dispose();
    }
}

using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Tests.Host.Daemon;

namespace Roj.Tests.Host.Agreement;

/// <summary>Whole daemons on addresses of this machine's loopback that agree by majority, each on a thread of its own.</summary>
internal sealed class QuorumNodes : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly ushort port = Loopback.Free().Port;
    private readonly RunningNode?[] nodes = new RunningNode?[8];
    private readonly int expected;
    private readonly ClusterKey? key;

    private readonly ushort httpPort;

    public QuorumNodes(int expected, int count, ClusterKey? key = null, bool hasApi = false)
    {
        (this.expected, this.key) = (expected, key);
        httpPort = hasApi ? Loopback.Free().Port : (ushort)0;
        for (var number = 1; number <= count; number++)
            Start(number);
    }

    public RunningNode this[int number] => nodes[number]!;

    public Endpoint PlaceOf(int number) => new(Loopback.First - 1 + (uint)number, port);

    public string DataOf(int number) => folder.At($"{number}");

    /// <summary>What follows <c>/api/v1/</c> at one of them.</summary>
    public Uri UrlOf(int number, string path) => new($"http://{Loopback.Of(number)}:{httpPort}/api/v1/{path}");

    /// <summary>Starts one, with what it was told unless told otherwise.</summary>
    public void Start(int number, int? expect = null)
    {
        var options = OptionsOf(number, expect);
        nodes[number] = new RunningNode(options, job =>
        {
            if (httpPort > 0)
                job.Serve = (shell, self) => NodeApi.StartAsync(shell, self, options, new EventLog());
        });
    }

    private NodeOptions OptionsOf(int number, int? expect) => new()
    {
        DataPath = DataOf(number),
        Name = $"n{number}",
        Address = PlaceOf(number).Address,
        Port = port,
        SwarmPort = (ushort)(port + 1),
        Broadcast = false,
        Sweep = false,
        Join = [PlaceOf(1), PlaceOf(2), PlaceOf(3)],
        Expect = expect ?? expected,
        Key = key,
        HttpPort = httpPort,
    };

    /// <summary>Ends one as SIGTERM does.</summary>
    public void Stop(int number)
    {
        nodes[number]?.Dispose();
        nodes[number] = null;
    }

    public Task SeatedAsync(int number) => Soon.UntilAsync(
        () => this[number].Count(what => what is NodeNews.OfWing({ Kind: "roster.seated" })) > 0, $"n{number} has a roster");

    public Task<RegisterClient> ClientOfAsync(int number) => RegisterClient.ConnectAsync(PlaceOf(number), key: key);

    public void Dispose()
    {
        for (var number = 0; number < nodes.Length; number++)
            Stop(number);
        folder.Dispose();
    }
}

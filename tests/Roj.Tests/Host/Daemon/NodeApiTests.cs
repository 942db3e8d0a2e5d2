using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Tests.Membership;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>A node with keys: its API wants their token, and its data directory has it.</summary>
public sealed class NodeApiTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<NodeNews> news = [];
    private MemberShell? shell;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_token_of_its_file_lets_in_and_follows_the_keys() => OnLoop(async (loop, options) =>
    {
        var ring = Keyring.Of([ClusterKey.Create()]);
        var keys = new ClusterKeys(ring);
        await using var api = await StartAsync(loop, options, keys);
        Assert.Equal(AccessToken.Of(ring.First) + "\n", File.ReadAllText(folder.At("token")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(options, null));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(options, File.ReadAllText(folder.At("token")).Trim()));

        var next = ring.Rotate(ClusterKey.Create()).Retire();
        Assert.True(keys.Take(next, _ => { }));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(options, AccessToken.Of(ring.First)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(options, File.ReadAllText(folder.At("token")).Trim()));
        Assert.Empty(news);
    });

    [Fact]
    public void One_without_keys_has_no_token_and_wants_none() => OnLoop(async (loop, options) =>
    {
        folder.Put("token", "of an earlier life"u8);
        await using var api = await StartAsync(loop, options, null);
        Assert.Empty(folder.Names());
        Assert.Equal(HttpStatusCode.OK, await AskAsync(options, null));
    });

    [Fact]
    public void Where_the_file_can_not_be_written_the_node_warns_and_runs() => OnLoop(async (loop, options) =>
    {
        var ring = Keyring.Of([ClusterKey.Create()]);
        await using var api = await StartAsync(loop, options with { DataPath = folder.At("missing") }, new ClusterKeys(ring));
        var warning = Assert.IsType<NodeNews.Warning>(Assert.Single(news));
        Assert.StartsWith(
            $"cannot write {folder.At("missing/token")}: No such file or directory; ", warning.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(options, AccessToken.Of(ring.First)));
    });

    private static async Task<HttpStatusCode> AskAsync(NodeOptions options, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{options.HttpPort}/api/v1/status");
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<IAsyncDisposable> StartAsync(EventLoop loop, NodeOptions options, ClusterKeys? keys)
    {
        var own = new Endpoint(0x7F000001, options.Port);
        var finding = new FinderSettings
        {
            Cluster = "roj",
            Id = Finding.Id(1),
            Boot = 1,
            Own = own,
            Subnets = [new Subnet(own.Address, 8)],
            Broadcast = false,
            Sweep = false,
        };
        var keeping = new KeeperSettings { Id = finding.Id, Own = own, Incarnation = 1 };
        var neighbourhood = new Neighbourhood(finding, keeping, Observer.Profile(1), default, new Rng(1));
        shell = new MemberShell(loop, neighbourhood, "roj", null, news.Add, keys: keys);
        return await NodeApi.StartAsync(shell, neighbourhood.Members.Self, options, new EventLog());
    }

    private void OnLoop(Func<EventLoop, NodeOptions, Task> test)
    {
        var loop = new EventLoop();
        var options = new NodeOptions { DataPath = folder.At(""), HttpPort = FreePort(), Port = FreePort() };
        loop.Run(async () =>
        {
            try
            {
                await test(loop, options).WaitAsync(3 * Soon.Limit);
            }
            finally
            {
                shell?.Dispose();
            }
        });
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

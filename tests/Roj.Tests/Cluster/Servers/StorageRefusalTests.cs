using System.Net;
using System.Net.Sockets;
using Roj.Kernel;
using Roj.Storage;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>Servers, routers and directories that do not belong together are refused with the reason, and strangers do no harm.</summary>
public sealed class StorageRefusalTests
{
    private static CancellationToken Giving => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_that_is_taken()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await using var second = cellar.Server(1, "second");
        var e = await Assert.ThrowsAsync<RojStorageException>(() => second.StartAsync(Giving));
        Assert.Equal(
            (RojStorageProblem.Refused, "another server is connected as number 1: each has a number of its own"), (e.Problem, e.Message));
        Assert.False(second.IsRunning);
        Assert.True(cellar[1].IsConnected);
        await cellar.Client.SetAsync("a", "1", Giving);
        await cellar.StopAsync(1);
        await second.StartAsync(Giving); // an empty one in its place: it is given what it lacks as it is read
        Assert.True(second.IsConnected);
        Assert.Equal("1", await cellar.Client.GetTextAsync("a", Giving));
    }

    [Fact]
    public async Task A_number_that_is_taken_while_the_server_was_cut_off_is_told_and_waited_for()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await cellar.Router.StopAsync();
        await Soon.UntilAsync(() => !cellar[0].IsConnected, "it sees that the router is gone");
        await using var second = cellar.Server(0, "second");
        await cellar.Router.StartAsync(Giving);
        // Whoever of the two is quicker: the other hears why not, and gets its turn when the first is gone.
        var start = await Record.ExceptionAsync(() => second.StartAsync(Giving));
        if (start is null)
        {
            await Soon.UntilAsync(
                () => cellar[0].Failure is { Problem: RojStorageProblem.Refused } || cellar[0].IsConnected, "it is refused");
            await second.StopAsync();
        }

        await cellar[0].ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
        Assert.Null(cellar[0].Failure);
    }

    [Fact]
    public async Task A_number_that_is_out_of_range()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await using var third = cellar.Server(2, "third");
        var e = await Assert.ThrowsAsync<RojStorageException>(() => third.StartAsync(Giving));
        Assert.Equal(RojStorageProblem.Refused, e.Problem);
        Assert.Equal($"there is no server 2: the router at 127.0.0.1:{cellar.Router.ServerPort} has 2, from 0 to 1", e.Message);
    }

    [Fact]
    public async Task A_directory_of_another_cluster()
    {
        await using var one = await Cellar.OpenAsync(1);
        await using var other = await Cellar.OpenAsync(1);
        await one.Client.SetAsync("a", "1", Giving);
        await one.StopAsync(0);
        await other.StopAsync(0);
        await using var lost = new StorageServer(Cellar.Local, other.Router.ServerPort, 0, one[0].Path);
        var e = await Assert.ThrowsAsync<RojStorageException>(() => lost.StartAsync(Giving));
        Assert.Equal(RojStorageProblem.Refused, e.Problem);
        Assert.Contains("has the values of another cluster", e.Message, StringComparison.Ordinal);
        await one.StartAsync(0); // nothing was done to it
        Assert.Equal("1", await one.Client.GetTextAsync("a", Giving));
    }

    [Fact]
    public async Task A_directory_of_another_server_and_one_of_a_router()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await cellar.StopAsync(0, 1);
        await Unusable(cellar.Server(1, "server0"), "is of server 0, not of server 1");
        await using var router = cellar.Router;
        await router.StopAsync();
        await Unusable(cellar.Server(1, "router"), "is a router's, not a server's");
        await Unusable(Router(cellar.At("server0"), 2).StartAsync, "is a server's, not a router's");
        await Unusable(Router(router.Path, 3).StartAsync, "is of a router of 2 servers, not of 3");
        await router.StartAsync(Giving);
    }

    [Fact]
    public async Task A_directory_that_is_used_damaged_a_nodes_or_none()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await Unusable(cellar.Server(0, "server0"), "give each node of a machine a path of its own");
        await cellar.StopAsync(0);
        foreach (var nonsense in (string[])["", "server", "server 0 x\n", "router\n", new string('x', 1000)])
        {
            File.WriteAllText(Path.Combine(cellar.At("server0"), "place"), nonsense);
            await Unusable(cellar.Server(0, "server0"), "makes no sense");
        }

        Directory.CreateDirectory(cellar.At("node"));
        File.WriteAllText(Path.Combine(cellar.At("node"), "state.json"), "{\"lives\":1,\"members\":[]}");
        await Unusable(cellar.Server(0, "node"), "is the data directory of a node");
        File.WriteAllText(cellar.At("file"), "");
        await Unusable(cellar.Server(0, "file"), "is a file");
    }

    [Fact]
    public async Task A_port_that_is_taken()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        var path = cellar.At("other");
        await Unusable(Router(path, 1, serverPort: cellar.Router.ServerPort).StartAsync, "cannot listen on");
        await Unusable(Router(path, 1, clientPort: cellar.Router.ClientPort).StartAsync, "cannot listen on");
        await using var after = Router(path, 1);
        await after.StartAsync(Giving);
    }

    [Fact]
    public async Task When_table_and_buffer_are_full_writes_are_refused_and_what_is_in_them_stays()
    {
        await using var cellar = await Cellar.OpenAsync(
            1, path => new StorageRouter(Cellar.Local, 0, Cellar.Local, 0, 1, path) { WaitingMax = 2, WaitingBytesMax = 10_000 });
        await cellar.StopAsync(0);
        await cellar.Client.SetAsync("a", "1", Giving);
        await cellar.Client.SetAsync("b", "1", Giving);
        var e = await Assert.ThrowsAsync<RojStorageException>(() => cellar.Client.SetAsync("c", "1", Giving));
        Assert.Equal((RojStorageProblem.Full, false), (e.Problem, e.IsApplied));
        Assert.Equal(
            RojStorageProblem.Full,
            await Cellar.ProblemAsync(() => cellar.Client.SetAsync("a", (ReadOnlyMemory<byte>)new byte[10_000], Giving)));
        await cellar.StartAsync(0);
        await cellar.DeliveredAsync();
        Assert.Equal(["a", "b"], await cellar.Client.KeysAsync(Giving));
        await cellar.Client.SetAsync("c", "1", Giving);
    }

    [Fact]
    public async Task The_largest_value_fits_into_the_buffer_for_as_many_servers_as_may_have_a_key()
    {
        await using var cellar = await Cellar.OpenAsync(
            5, path => new StorageRouter(Cellar.Local, 0, Cellar.Local, 0, 5, path) { ExtraCopies = 4 });
        await cellar.StopAsync(0, 1, 2, 3, 4);
        var value = new byte[StorageClient.ValueBytesMax];
        new Random(8).NextBytes(value);
        await cellar.Client.SetAsync("a", (ReadOnlyMemory<byte>)value, Giving);
        Assert.Equal(5, await cellar.Router.CountWaitingAsync());
        await cellar.StartAsync(3);
        await Soon.UntilAsync(async () => await cellar.Router.CountWaitingAsync() == 4, "one of them is delivered");
        Assert.Equal(value, await cellar.Client.GetAsync("a", Giving));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n                                ")]
    [InlineData("ROJN")]
    [InlineData("")]
    public async Task Strangers_at_the_servers_door_keep_nobody_out(string said)
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await cellar.StopAsync(1);
        List<Socket> strangers = [];
        for (var i = 0; i <= Roj.Host.Storage.RouterHost.StrangersMax; i++)
            strangers.Add(await KnockAsync(cellar, System.Text.Encoding.ASCII.GetBytes(said)));
        await cellar.StartAsync(1);
        await HungUpOnAsync(strangers[0]); // who came first
        await cellar.Client.SetAsync("a", "1", Giving);
        foreach (var stranger in strangers)
            stranger.Dispose();
    }

    [Theory]
    [InlineData("00000000")] // a frame without a kind
    [InlineData("FFFFFFFF0101")] // one of 4 GiB
    [InlineData("0000000A0103000000000000000000")] // one that a router says
    [InlineData("000000020199")] // of no kind
    public async Task A_server_that_breaks_the_rules_is_hung_up_on(string said)
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await cellar.StopAsync(1);
        using var socket = await KnockAsync(cellar, new ServerHello(1, default, new NodeId(7)).Write());
        var reply = new byte[RouterReply.Length];
        await socket.ReceiveAsync(reply);
        Assert.True(RouterReply.TryRead(reply, out var read) && read.Verdict is ServerVerdict.Welcome);
        await socket.SendAsync(Convert.FromHexString(said));
        await HungUpOnAsync(socket);
        await cellar.StartAsync(1);
        await cellar.Client.SetAsync("a", "1", Giving);
    }

    [Fact]
    public async Task What_answers_a_server_and_is_no_router_is_told()
    {
        using var mute = new MuteRouter("HTTP/1.1 400 Bad Request\r\n\r\n");
        using var folder = new ScratchFolder();
        await using var server = new StorageServer(Cellar.Local, mute.Port, 0, folder.At("server"));
        var e = await Assert.ThrowsAsync<RojStorageException>(() => server.StartAsync(Giving));
        Assert.Equal(RojStorageProblem.Refused, e.Problem);
        Assert.Contains("is no router", e.Message, StringComparison.Ordinal);
    }

    private static StorageRouter Router(string path, int servers, int serverPort = 0, int clientPort = 0) =>
        new(Cellar.Local, serverPort, Cellar.Local, clientPort, servers, path);

    private static async Task<Socket> KnockAsync(Cellar cellar, byte[] said)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, cellar.Router.ServerPort);
        await socket.SendAsync(said);
        return socket;
    }

    private static async Task HungUpOnAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(Soon.Limit, Giving));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            // With something unread.
        }
    }

    private static async Task Unusable(StorageServer server, string why)
    {
        await using (server)
            await Unusable(server.StartAsync, why);
    }

    private static async Task Unusable(Func<CancellationToken, Task> start, string why)
    {
        var e = await Assert.ThrowsAsync<RojStorageException>(() => start(Giving));
        Assert.Equal(RojStorageProblem.Unusable, e.Problem);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}

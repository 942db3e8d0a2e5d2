using System.Net;
using System.Net.Sockets;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>Each thing that can be wrong has its own error, and what is out of range is refused before anything is sent.</summary>
public sealed class StorageErrorsTests
{
    private static CancellationToken Giving => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_such_key()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        var e = await Assert.ThrowsAsync<RojStorageException>(() => cellar.Client.GetAsync("nothing", Giving));
        Assert.Equal((RojStorageProblem.NoKey, false, "there is no key 'nothing'"), (e.Problem, e.IsApplied, e.Message));
    }

    [Fact]
    public async Task No_server_of_readings_only()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        var key = cellar.KeyOf(0);
        await cellar.Client.SetAsync(key, "v", Giving);
        await cellar.StopAsync(0, 1);
        foreach (var read in (Func<Task>[])[() => cellar.Client.GetAsync(key, Giving), () => cellar.Client.ContainsAsync(key, Giving)])
            Assert.Equal(RojStorageProblem.NoServer, await Cellar.ProblemAsync(read));
        await cellar.Client.SetAsync(key, "w", Giving);
        Assert.False(await cellar.Client.DeleteAsync(cellar.KeyOf(0), Giving));
    }

    [Fact]
    public async Task No_router_before_the_start_and_when_none_is_there()
    {
        await using var client = new StorageClient(Cellar.Local, FreePort());
        Assert.Equal(RojStorageProblem.NoRouter, await Cellar.ProblemAsync(() => client.SetAsync("a", "1", Giving)));
        await client.StartAsync(Giving); // which calls in vain, and calls on
        Assert.True(client.IsRunning);
        foreach (var ask in (Func<Task>[])[
            () => client.SetAsync("a", "1", Giving), () => client.GetAsync("a", Giving), () => client.DeleteAsync("a", Giving),
            () => client.ContainsAsync("a", Giving), () => client.KeysAsync(Giving)])
        {
            var e = await Assert.ThrowsAsync<RojStorageException>(ask);
            Assert.Equal((RojStorageProblem.NoRouter, false), (e.Problem, e.IsApplied));
        }
    }

    [Fact]
    public async Task A_router_that_is_lost_amid_a_write_leaves_open_whether_it_was_done()
    {
        using var mute = new MuteRouter();
        await using var client = await mute.ComeAsync();
        var (write, read) = (client.SetAsync("a", "1", Giving), client.GetAsync("a", Giving));
        await mute.HeardAsync("GET"); // and the write before it
        mute.HangUp();
        var e = await Assert.ThrowsAsync<RojStorageException>(() => write);
        Assert.Equal((RojStorageProblem.NoRouter, null), (e.Problem, e.IsApplied));
        e = await Assert.ThrowsAsync<RojStorageException>(() => read);
        Assert.Equal((RojStorageProblem.NoRouter, false), (e.Problem, e.IsApplied));
    }

    [Fact]
    public async Task A_router_that_is_silent_is_not_waited_for_for_ever()
    {
        using var mute = new MuteRouter();
        await using var client = await mute.ComeAsync(TimeSpan.FromMilliseconds(50));
        var e = await Assert.ThrowsAsync<RojStorageException>(() => client.SetAsync("a", "1", Giving));
        Assert.Equal((RojStorageProblem.TimedOut, null), (e.Problem, e.IsApplied));
    }

    [Fact]
    public async Task So_much_may_be_under_way_and_no_more()
    {
        using var mute = new MuteRouter();
        await using var client = await mute.ComeAsync();
        // So many without an answer, so many that wait, one that is about to be sent.
        const int max = Roj.Host.Storage.RespLink.UnderWayMax + Roj.Host.Storage.RespLink.WaitingMax + 1;
        var sent = 0;
        await Soon.UntilAsync(
            () =>
            {
                var refused = Record.Exception(() =>
                {
                    for (; sent <= max; sent++)
                        client.SendSet("a", "1");
                });
                return sent == max && refused is RojStorageException { Problem: RojStorageProblem.Full };
            },
            "it is full");
    }

    [Fact]
    public async Task What_is_no_router_is_no_router()
    {
        using var mute = new MuteRouter("HTTP/1.1 400 Bad Request\r\n\r\n");
        await using var client = new StorageClient(Cellar.Local, mute.Port);
        await client.StartAsync(Giving);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task A_key_has_a_byte_at_least_and_so_many_at_most()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        var client = cellar.Client;
        const int max = StorageClient.KeyBytesMax;
        foreach (var key in (string[])["", new string('k', max + 1), new string('ü', (max / 2) + 1), "\ud800"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => client.SetAsync(key, "v", Giving));
            await Assert.ThrowsAsync<ArgumentException>(() => client.GetAsync(key, Giving));
            await Assert.ThrowsAsync<ArgumentException>(() => client.DeleteAsync(key, Giving));
            await Assert.ThrowsAsync<ArgumentException>(() => client.ContainsAsync(key, Giving));
            Assert.Throws<ArgumentException>(() => client.SendSet(key, "v"));
            Assert.Throws<ArgumentException>(() => client.SendGet(key));
        }

        await client.SetAsync(new string('ü', StorageClient.KeyBytesMax / 2), "v", Giving);
    }

    [Fact]
    public async Task A_value_has_so_many_bytes_at_most()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        var value = new byte[StorageClient.ValueBytesMax + 1];
        await Assert.ThrowsAsync<ArgumentException>(() => cellar.Client.SetAsync("a", (ReadOnlyMemory<byte>)value, Giving));
        Assert.Throws<ArgumentException>(() => cellar.Client.SendSet("a", value));
        await cellar.Client.SetAsync("a", value.AsMemory(1), Giving);
    }

    [Fact]
    public void Numbers_that_cannot_be()
    {
        foreach (var database in (int[])[-1, 16])
            Assert.Throws<ArgumentOutOfRangeException>(() => new StorageClient(Cellar.Local, 1, database));
        _ = new StorageClient(Cellar.Local, 1, 15);
        foreach (var number in (int[])[-1, 1000])
            Assert.Throws<ArgumentOutOfRangeException>(() => new StorageServer(Cellar.Local, 1, number, "x"));
        _ = new StorageServer(Cellar.Local, 1, 999, "x");
        foreach (var servers in (int[])[-1, 0, 1001])
            Assert.Throws<ArgumentOutOfRangeException>(() => new StorageRouter(Cellar.Local, 0, Cellar.Local, 0, servers, "x"));
        _ = new StorageRouter(Cellar.Local, 0, Cellar.Local, 0, 1000, "x");
        foreach (var extra in (int[])[-1, 5])
            Assert.Throws<ArgumentOutOfRangeException>(() => Of(extra));
        Assert.Equal(4, Of(4).ExtraCopies);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageClient(Cellar.Local, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageServer(Cellar.Local, 65536, 0, "x"));
        Assert.Throws<ArgumentException>(() => new StorageClient("localhost", 1));
        Assert.Throws<ArgumentException>(() => new StorageServer(Cellar.Local, 1, 0, ""));

        static StorageRouter Of(int extra) => new(Cellar.Local, 0, Cellar.Local, 0, 9, "x") { ExtraCopies = extra };
    }

    [Fact]
    public async Task Who_runs_is_not_started_once_more_and_who_does_not_may_be_stopped()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cellar.Router.StartAsync(Giving));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cellar[0].StartAsync(Giving));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cellar.Client.StartAsync(Giving));
        await cellar.Client.StopAsync();
        await cellar.Client.StopAsync();
        Assert.False(cellar.Client.IsRunning);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>The seed's behaviour over real sockets: what is set is got, whoever was stopped and started meanwhile.</summary>
public sealed class SeedStorageTests
{
    private static CancellationToken Giving => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_set_is_got()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await cellar.Client.SetAsync("greeting", "hello", Giving);
        Assert.Equal("hello", await cellar.Client.GetTextAsync("greeting", Giving));
        Assert.True(await cellar.Client.ContainsAsync("greeting", Giving));
        await cellar.Client.SetAsync("greeting", (ReadOnlyMemory<byte>)new byte[] { 0, 13, 10, 255 }, Giving);
        Assert.Equal([0, 13, 10, 255], await cellar.Client.GetAsync("greeting", Giving));
        await cellar.Client.SetAsync("empty", "", Giving);
        Assert.Equal("", await cellar.Client.GetTextAsync("empty", Giving));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_and_no_server_that_was_away_brings_it_back()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        var key = cellar.KeyOf(0);
        await cellar.Client.SetAsync(key, "v", Giving);
        await cellar.StopAsync(1);
        Assert.True(await cellar.Client.DeleteAsync(key, Giving));
        Assert.False(await cellar.Client.DeleteAsync(key, Giving));
        await cellar.StartAsync(1);
        Assert.False(await cellar.Client.ContainsAsync(key, Giving));
        Assert.Equal([], await cellar.Client.KeysAsync(Giving));
        await cellar.DeliveredAsync();
        await cellar.StopAsync(0);
        Assert.Equal(RojStorageProblem.NoKey, await Cellar.ProblemAsync(() => cellar.Client.GetAsync(key, Giving)));
    }

    [Fact]
    public async Task A_key_is_at_server_h_and_at_h_plus_1_and_nowhere_else()
    {
        await using var cellar = await Cellar.OpenAsync(4);
        var key = cellar.KeyOf(3);
        await cellar.Client.SetAsync(key, "v", Giving);
        await cellar.StopAsync(1, 2, 3);
        Assert.Equal("v", await cellar.Client.GetTextAsync(key, Giving)); // 4 servers: 0 is behind 3
        await cellar.StartAsync(3);
        await cellar.StopAsync(0);
        Assert.Equal("v", await cellar.Client.GetTextAsync(key, Giving));
        await cellar.StartAsync(1, 2);
        await cellar.StopAsync(3);
        Assert.Equal(RojStorageProblem.NoServer, await Cellar.ProblemAsync(() => cellar.Client.GetAsync(key, Giving)));
    }

    [Fact]
    public async Task Early_correction_by_an_entry_in_the_table()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        var key = cellar.KeyOf(1);
        await cellar.StopAsync(2);
        await cellar.Client.SetAsync(key, "v", Giving);
        Assert.Equal(1, await cellar.Router.CountWaitingAsync());
        await cellar.StartAsync(2);
        await cellar.DeliveredAsync();
        await cellar.StopAsync(1); // so that it is 2 who answers
        Assert.Equal("v", await cellar.Client.GetTextAsync(key, Giving));
    }

    [Fact]
    public async Task Early_correction_by_the_buffer_also_by_a_router_that_was_stopped_meanwhile()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        var key = cellar.KeyOf(1);
        await cellar.Client.SetAsync(key, "old", Giving);
        await cellar.StopAsync(1, 2);
        await cellar.Client.SetAsync(key, "new", Giving); // no server: no error, it is buffered
        Assert.Equal(RojStorageProblem.NoServer, await Cellar.ProblemAsync(() => cellar.Client.GetAsync(key, Giving)));
        await cellar.StopRouterAsync();
        await cellar.StartRouterAsync();
        Assert.Equal(2, await cellar.Router.CountWaitingAsync());
        await cellar.StartAsync(2);
        Assert.Equal("new", await cellar.Client.GetTextAsync(key, Giving));
        await cellar.StartAsync(1);
        await cellar.DeliveredAsync();
        await cellar.StopAsync(2);
        Assert.Equal("new", await cellar.Client.GetTextAsync(key, Giving));
    }

    [Fact]
    public async Task Late_correction_of_a_server_that_lost_what_it_had_and_nobody_knew()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        var key = cellar.KeyOf(1);
        await cellar.Client.SetAsync(key, "v", Giving);
        await cellar.WipeAsync(2);
        await cellar.StartAsync(2);
        Assert.Equal("v", await cellar.Client.GetTextAsync(key, Giving)); // whereby 2 is given it
        await cellar.StopAsync(1);
        Assert.Equal("v", await cellar.Client.GetTextAsync(key, Giving));
    }

    [Fact]
    public async Task A_server_that_was_stopped_has_what_it_had()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await cellar.Client.SetAsync("a", "1", Giving);
        await cellar.StopAsync(0);
        Assert.Equal(RojStorageProblem.NoServer, await Cellar.ProblemAsync(() => cellar.Client.GetAsync("a", Giving)));
        await cellar.StartAsync(0);
        Assert.Equal("1", await cellar.Client.GetTextAsync("a", Giving));
    }

    [Fact]
    public async Task Servers_and_clients_come_back_to_a_router_that_was_stopped()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        await cellar.Client.SetAsync("a", "1", Giving);
        await cellar.StopRouterAsync();
        Assert.Equal(RojStorageProblem.NoRouter, await Cellar.ProblemAsync(() => cellar.Client.GetAsync("a", Giving)));
        await cellar.StartRouterAsync();
        await cellar.Router.ConnectedAsync(0, Giving).WaitAsync(Soon.Limit, Giving);
        await cellar.Router.ConnectedAsync(1, Giving).WaitAsync(Soon.Limit, Giving);
        Assert.Equal("1", await cellar.Client.GetTextAsync("a", Giving));
    }

    [Fact]
    public async Task A_client_that_was_stopped_may_be_started_again()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await cellar.Client.SetAsync("a", "1", Giving);
        await cellar.Client.StopAsync();
        Assert.Equal(RojStorageProblem.NoRouter, await Cellar.ProblemAsync(() => cellar.Client.GetAsync("a", Giving)));
        await cellar.Client.StartAsync(Giving);
        await cellar.Client.ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
        Assert.Equal("1", await cellar.Client.GetTextAsync("a", Giving));
    }

    [Fact]
    public async Task All_of_them_are_stopped_and_started_and_earlier_values_are_still_there()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        for (var i = 0; i < 30; i++)
            await cellar.Client.SetAsync($"key{i}", $"value{i}", Giving);
        await cellar.Client.StopAsync();
        await cellar.StopAsync(0, 1, 2);
        await cellar.Router.StopAsync();
        await cellar[0].StartAsync(Giving); // before its router: it calls until that is there
        await cellar.Client.StartAsync(Giving);
        Assert.False(cellar[0].IsConnected);
        await cellar.Router.StartAsync(Giving);
        await cellar.StartAsync(1, 2);
        await cellar[0].ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
        await cellar.Client.ConnectedAsync(Giving).WaitAsync(Soon.Limit, Giving);
        for (var i = 0; i < 30; i++)
            Assert.Equal($"value{i}", await cellar.Client.GetTextAsync($"key{i}", Giving));
    }

    [Fact]
    public async Task Keys_of_a_database_are_invisible_in_another()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        var other = await cellar.ComeAsync(database: 15);
        await cellar.Client.SetAsync("a", "here", Giving);
        await other.SetAsync("a", "there", Giving);
        await other.SetAsync("b", "there", Giving);
        Assert.Equal("here", await cellar.Client.GetTextAsync("a", Giving));
        Assert.Equal("there", await other.GetTextAsync("a", Giving));
        Assert.False(await cellar.Client.ContainsAsync("b", Giving));
        Assert.Equal(["a"], await cellar.Client.KeysAsync(Giving));
        Assert.Equal(["a", "b"], await other.KeysAsync(Giving));
    }

    [Fact]
    public async Task A_list_has_each_key_once_and_those_of_servers_that_are_down_not()
    {
        await using var cellar = await Cellar.OpenAsync(3);
        string[] names = [.. Enumerable.Range(0, 1200).Select(i => $"key{i}").Order(StringComparer.Ordinal)];
        await Task.WhenAll(names.Select(name => cellar.Client.SetAsync(name, "v", Giving)));
        Assert.Equal(names, await cellar.Client.KeysAsync(Giving));
        await cellar.StopAsync(1);
        Assert.Equal(names, await cellar.Client.KeysAsync(Giving));
        await cellar.StopAsync(2);
        var gone = names.Where(name => Roj.Storage.ServerNumbers.FirstOf(System.Text.Encoding.ASCII.GetBytes(name), 3) == 1);
        Assert.Equal(names.Except(gone), await cellar.Client.KeysAsync(Giving));
        await cellar.StopAsync(0);
        Assert.Equal(RojStorageProblem.NoServer, await Cellar.ProblemAsync(() => cellar.Client.KeysAsync(Giving)));
    }

    [Fact]
    public async Task The_largest_key_and_value_go_through_and_back()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        var key = new string('k', StorageClient.KeyBytesMax);
        var value = new byte[StorageClient.ValueBytesMax];
        new Random(7).NextBytes(value);
        await cellar.Client.SetAsync(key, (ReadOnlyMemory<byte>)value, Giving);
        Assert.Equal(value, await cellar.Client.GetAsync(key, Giving));
        Assert.Equal([key], await cellar.Client.KeysAsync(Giving));
    }
}

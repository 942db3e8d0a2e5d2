using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>The seed's two steps: <c>send_get</c> asks, <c>get</c> takes out of the mailbox what has come.</summary>
public sealed class StorageMailboxTests
{
    private static CancellationToken Giving => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_sent_for_is_taken_out_once()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        var client = cellar.Client;
        client.SendSet("a", "1");
        client.SendGet("a"); // what is asked for later is done later
        await Soon.UntilAsync(() => client.Contains("a"), "the answer comes");
        Assert.Equal("1"u8.ToArray(), client.Get("a"));
        Assert.False(client.Contains("a"));
        Assert.Throws<KeyNotFoundException>(() => client.Get("a"));
    }

    [Fact]
    public async Task Before_the_answer_has_come_there_is_nothing_to_be_taken_out()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        Assert.Throws<KeyNotFoundException>(() => cellar.Client.Get("a"));
        await cellar.Client.SetAsync("a", "1", Giving);
        Assert.False(cellar.Client.Contains("a")); // the mailbox, not the cluster
        Assert.Throws<KeyNotFoundException>(() => cellar.Client.Get("a"));
        Assert.Equal([], cellar.Client.Keys());
    }

    [Fact]
    public async Task Keys_are_taken_out_once_and_before_they_come_there_are_none()
    {
        await using var cellar = await Cellar.OpenAsync(2);
        var client = cellar.Client;
        client.SendSet("b", "1");
        client.SendSet("a", "1");
        client.SendGetKeys();
        IReadOnlyList<string> keys = [];
        await Soon.UntilAsync(() => (keys = client.Keys()).Count > 0, "the keys come");
        Assert.Equal(["a", "b"], keys);
        Assert.Equal([], client.Keys());
    }

    [Fact]
    public async Task That_there_is_no_such_key_is_an_answer_too()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        cellar.Client.SendGet("a");
        await Soon.UntilAsync(() => cellar.Client.Contains("a"), "the answer comes");
        Assert.Equal(RojStorageProblem.NoKey, Assert.Throws<RojStorageException>(() => cellar.Client.Get("a")).Problem);
        Assert.Throws<KeyNotFoundException>(() => cellar.Client.Get("a"));
    }

    [Fact]
    public async Task That_no_server_is_there_is_one_too_of_what_is_read_and_not_of_what_is_written()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        await cellar.StopAsync(0);
        cellar.Client.SendSet("a", "1");
        cellar.Client.SendGet("a");
        await Soon.UntilAsync(() => cellar.Client.Contains("a"), "the answer comes");
        Assert.Equal(RojStorageProblem.NoServer, Assert.Throws<RojStorageException>(() => cellar.Client.Get("a")).Problem);
        cellar.Client.SendGetKeys();
        await Soon.UntilAsync(
            () => Record.Exception(cellar.Client.Keys) is RojStorageException { Problem: RojStorageProblem.NoServer }, "they come");
        await cellar.StartAsync(0);
        cellar.Client.SendGet("a");
        await Soon.UntilAsync(() => cellar.Client.Contains("a"), "the answer comes");
        Assert.Equal("1"u8.ToArray(), cellar.Client.Get("a"));
    }

    [Fact]
    public async Task Without_a_router_nothing_can_be_sent_and_what_came_stays()
    {
        await using var cellar = await Cellar.OpenAsync(1);
        var client = cellar.Client;
        await client.SetAsync("a", "1", Giving);
        client.SendGet("a");
        await Soon.UntilAsync(() => client.Contains("a"), "the answer comes");
        await cellar.StopRouterAsync();
        foreach (var send in (Action[])[() => client.SendSet("a", "2"), () => client.SendGet("b"), client.SendGetKeys])
            Assert.Equal(RojStorageProblem.NoRouter, Assert.Throws<RojStorageException>(send).Problem);
        Assert.False(client.Contains("b"));
        Assert.Equal("1"u8.ToArray(), client.Get("a"));
    }

    [Fact]
    public void A_mailbox_takes_as_much_as_it_takes_and_room_is_made_by_taking_out()
    {
        var mailbox = new Mailbox(2);
        mailbox.Expect("a").SetResult([1]);
        mailbox.Expect("b");
        Assert.Equal(RojStorageProblem.Full, Assert.Throws<RojStorageException>(() => mailbox.Expect("c")).Problem);
        mailbox.Expect("a").SetResult([2]); // in place of the earlier one
        Assert.Equal([2], mailbox.Take("a"));
        mailbox.Expect("c");
        Assert.False(mailbox.Has("c"));
    }

    [Fact]
    public void So_many_lists_may_be_on_their_way_and_none_more()
    {
        var mailbox = new Mailbox(1);
        var never = new TaskCompletionSource<IReadOnlyList<string>>();
        for (var i = 0; i < 64; i++)
            mailbox.ExpectKeys(() => never.Task);
        Assert.Equal(RojStorageProblem.Full, Assert.Throws<RojStorageException>(() => mailbox.ExpectKeys(() => never.Task)).Problem);
    }
}

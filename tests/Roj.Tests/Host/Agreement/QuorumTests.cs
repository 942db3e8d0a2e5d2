using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Agreement;

/// <summary>Nodes with real disks and sockets agree.</summary>
public sealed class QuorumTests
{
    private static readonly RegisterName counter = RegisterName.Of("counter");

    [Fact]
    public async Task Three_that_expect_three_make_a_cluster_and_change_and_read_registers_for_clients() => await CountAsync(null);

    [Fact]
    public async Task With_a_key_they_do_so_under_it() => await CountAsync(ClusterKey.Create());

    [Fact]
    public async Task One_alone_is_a_cluster_and_remembers_in_its_next_life_without_being_told_again()
    {
        using var nodes = new QuorumNodes(1, 1);
        await nodes.SeatedAsync(1);
        await using (var client = await nodes.ClientOfAsync(1))
            Assert.Equal(Applied.Yes, (await client.ChangeAsync(counter, new RegisterChange.Add(5))).Applied);
        nodes.Stop(1);
        nodes.Start(1, expect: 0);
        await nodes[1].ListeningAsync();
        await using var again = await nodes.ClientOfAsync(1);
        var read = await again.ReadAsync(counter);
        Assert.Equal((Applied.Yes, "5"), (read.Applied, Text(read)));
    }

    [Fact]
    public async Task What_is_asked_for_again_by_its_own_id_is_applied_once()
    {
        using var nodes = new QuorumNodes(1, 1);
        await nodes.SeatedAsync(1);
        await using var client = await nodes.ClientOfAsync(1);
        var id = client.NextId();
        await client.ChangeAsync(counter, new RegisterChange.Add(1), id);
        var again = await client.ChangeAsync(counter, new RegisterChange.Add(1), id, 0);
        Assert.Equal((Applied.Yes, 1UL), (again.Applied, again.Version));
        Assert.Equal("1", Text(await client.ReadAsync(counter)));
    }

    [Fact]
    public async Task A_client_may_not_write_the_roster()
    {
        using var nodes = new QuorumNodes(1, 1);
        await nodes.SeatedAsync(1);
        await using var client = await nodes.ClientOfAsync(1);
        var outcome = await client.ChangeAsync(RegisterName.Of("roster"), new RegisterChange.Delete());
        Assert.Equal(Applied.Unknown, outcome.Applied); // it was hung up on
        Assert.Equal(Applied.No, (await client.ReadAsync(counter)).Applied); // and knows it
    }

    [Fact]
    public async Task Nobody_answers_clients_where_nothing_is_agreed_on()
    {
        using var nodes = new QuorumNodes(0, 1);
        await nodes[1].ListeningAsync();
        await Assert.ThrowsAsync<NodeException>(() => nodes.ClientOfAsync(1));
        Assert.False(Directory.Exists(Path.Combine(nodes.DataOf(1), "log")));
    }

    private static async Task CountAsync(ClusterKey? key)
    {
        using var nodes = new QuorumNodes(3, 3, key);
        var clients = new Roj.Host.Agreement.RegisterClient[3];
        for (var i = 0; i < 3; i++)
        {
            await nodes.SeatedAsync(i + 1);
            clients[i] = await nodes.ClientOfAsync(i + 1);
        }

        await Task.WhenAll(clients.Select(async client =>
        {
            for (var i = 0; i < 20; i++)
                Assert.Equal(Applied.Yes, (await client.ChangeAsync(counter, new RegisterChange.Add(1))).Applied);
        }));
        foreach (var client in clients)
        {
            Assert.Equal("60", Text(await client.ReadAsync(counter)));
            await client.DisposeAsync();
        }
    }

    private static string Text(Outcome outcome) => System.Text.Encoding.ASCII.GetString(outcome.Content!.Data!.Value.Span);
}

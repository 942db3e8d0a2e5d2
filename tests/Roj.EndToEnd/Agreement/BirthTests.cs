using System.Text;
using System.Text.Json;
using Roj.Agreement;
using Roj.EndToEnd.Members;
using Roj.Host.Agreement;
using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Agreement;

/// <summary>The published program makes a cluster that agrees by majority, keeps it through deaths, and lets others come and go.</summary>
public class BirthTests
{
    private const string Expect = "3";

    // Others build on the same machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private static readonly RegisterName counter = RegisterName.Of("counter");

    [Fact]
    public Task Three_are_born_go_on_without_one_wait_without_two_and_let_others_come_and_go() => Lab.RunAsync(4, "birth", async lab =>
    {
        MemberNode[] all = [.. lab.Hosts.Select(host => new MemberNode(host))];
        var nodes = all[..3];
        nodes[0].Start("--expect", Expect);
        await SaysAsync(nodes[0], "waits for 2 more of 3");
        foreach (var node in nodes[1..])
            node.Start("--expect", Expect);
        foreach (var node in nodes)
            await UntilAsync(async () => (await RosterAsync(node)).Length == 3);
        await SaysAsync(nodes[0], "quorum");
        await AddAsync(nodes[0], 1);

        await nodes[1].Process.KillAsync();
        await AddAsync(nodes[0], 2);
        await nodes[2].Process.KillAsync();
        var alone = await AskAsync(nodes[0], new RegisterChange.Add(100));
        Assert.NotEqual(Applied.Yes, alone.Applied); // and not at a later time either, unless it said that it may be
        await SaysAsync(nodes[0], "no majority of the roster is alive");

        foreach (var node in nodes[1..])
            node.Start();
        string? sum = null;
        await UntilAsync(async () => (sum = await ReadAsync(nodes[1])) is not null);
        Assert.True(sum == "2" || (sum == "102" && alone.Applied is Applied.Unknown), $"{sum}, after {alone.Applied} alone");
        await AddAsync(nodes[2], sum == "2" ? 3 : 103);

        // One more is told nothing: it learns of the roster, and votes after ten seconds.
        all[3].Start();
        await UntilAsync(async () => (await RosterAsync(nodes[0])).Length == 4);
        await UntilAsync(async () => await IsVotingAsync(all[3]));

        // Who only stops keeps its vote; who is evicted, or leaves, has none any more.
        await nodes[2].Process.TerminateAsync();
        Assert.Equal(4, (await RosterAsync(nodes[0])).Length);
        await nodes[0].AnswerAsync(Patience, "evict", nodes[2].Name);
        await UntilAsync(async () => (await RosterAsync(nodes[1])).Length == 3);
        await all[3].AnswerAsync(Patience, "leave");
        Assert.Equal(0, await all[3].Process.ExitAsync(Patience));
        await UntilAsync(async () => (await RosterAsync(nodes[1])).Length == 2);
        Assert.Equal(Applied.Yes, (await AskAsync(nodes[1], new RegisterChange.Add(1))).Applied);
    });

    // By one id however often it is asked for: it is added once.
    private static async Task AddAsync(MemberNode node, int sum)
    {
        var (id, times) = (new ChangeId(new NodeId(1), 1, (ulong)sum), 0);
        await UntilAsync(async () => (await AskAsync(node, new RegisterChange.Add(1), id, times++ == 0 ? null : 0)).Applied is Applied.Yes);
        Assert.Equal($"{sum}", await ReadAsync(node));
    }

    private static async Task<string?> ReadAsync(MemberNode node) =>
        await AskAsync(node, null) is { Applied: Applied.Yes, Content.Data: { } data } ? Encoding.ASCII.GetString(data.Span) : null;

    private static async Task<Outcome> AskAsync(MemberNode node, RegisterChange? change, ChangeId? id = null, ulong? since = null)
    {
        Assert.True(Endpoint.TryParse($"{node.Name}:7071", out var place));
        await using var client = await RegisterClient.ConnectAsync(place);
        return change is null ? await client.ReadAsync(counter) : await client.ChangeAsync(counter, change, id, since);
    }

    private static Task SaysAsync(MemberNode node, string words) => UntilAsync(
        async () => (await node.AnswerAsync(Patience, "status")).Contains(words, StringComparison.Ordinal));

    private static async Task<string[]> RosterAsync(MemberNode node)
    {
        using var json = JsonDocument.Parse((await node.HttpAsync(HttpMethod.Get, "/api/v1/roster")).Text);
        return [.. json.RootElement.GetProperty("members").EnumerateArray().Select(seat => seat.GetProperty("id").GetString()!)];
    }

    private static async Task<bool> IsVotingAsync(MemberNode node)
    {
        using var json = JsonDocument.Parse((await node.HttpAsync(HttpMethod.Get, "/api/v1/roster")).Text);
        return json.RootElement.GetProperty("voting").GetBoolean();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var end = Watch.Now + Patience; !await TryAsync(condition); await Task.Delay(100))
            Assert.True(Watch.Now < end, $"not within {Patience.TotalSeconds} s");
    }

    // A node that starts does not answer yet, and one that was just told of a death refuses.
    private static async Task<bool> TryAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (Exception e) when (e is HttpRequestException or LabException or Roj.Host.Daemon.NodeException)
        {
            return false;
        }
    }
}

using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Security;

/// <summary>Nodes on one network that have different keys, or none.</summary>
public class StrangerTests
{
    private static readonly TimeSpan Patience = ClosedNodes.Patience;

    [Fact]
    public Task Another_key_or_none_sees_nobody_is_seen_by_nobody_and_all_say_why() => Lab.RunAsync(5, "strangers", async lab =>
    {
        var closed = ClosedNodes.Of(lab.Hosts.Take(3), ClosedNodes.NewKey());
        var (foreign, open) = (ClosedNodes.Of(lab.Hosts[3], ClosedNodes.NewKey()), new MemberNode(lab.Hosts[4]));
        MemberNode[] all = [.. closed, foreign, open];
        // A node says one such line a minute. So that it is known which, each of the first two hears one stranger alone.
        lab.CutOneWay(open.Host, closed[0].Host);
        lab.CutOneWay(foreign.Host, closed[1].Host);
        foreach (var node in all)
            node.Start();
        await Watch.UntilAsync(closed, closed, "alive", Patience);
        await foreign.Process.SaysAsync("{", Patience);
        await open.Process.SaysAsync("{", Patience);
        await Watch.ForAsync(all, TimeSpan.FromSeconds(5));

        Assert.All(closed, node => Assert.DoesNotContain(node.Sightings, one => one.Name == foreign.Name || one.Name == open.Name));
        Assert.All(foreign.Sightings, one => Assert.Equal(foreign.Name, one.Name));
        Assert.All(open.Sightings, one => Assert.Equal(open.Name, one.Name));

        await SaysOnceAsync(closed[0], $"a node at {foreign.Name}:7071 has another key: it is not heard");
        await SaysOnceAsync(closed[1], $"a node at {open.Name}:7071 has no key: it is not heard");
        await SaysOnceAsync(foreign, "a node at ");
        await SaysOnceAsync(open, "a node at ", " has a key, and this one has none: give it the same by --key-file");
    });

    [Fact]
    public Task By_http_who_has_no_token_reads_nothing_and_who_has_one_changes_nothing_from_afar() =>
        Lab.RunAsync(2, "strangers-http", async lab =>
        {
            const string Members = "/api/v1/members";
            var (closed, open) = (ClosedNodes.Of(lab.Hosts[0], ClosedNodes.NewKey()), new MemberNode(lab.Hosts[1]));
            closed.Start();
            open.Start();
            await closed.Process.SaysAsync("{", Patience);
            await open.Process.SaysAsync("{", Patience);

            var token = closed.Token();
            Assert.NotNull(token);
            Assert.Equal(200, (await open.HttpAsync(HttpMethod.Get, Members)).Status); // without a key nothing is asked for
            Assert.Equal(401, (await closed.HttpAsync(HttpMethod.Get, Members)).Status);
            Assert.Equal(401, (await closed.HttpAsync(HttpMethod.Get, Members, new string('0', token.Length))).Status);
            var (status, text) = await closed.HttpAsync(HttpMethod.Get, Members, token);
            Assert.Equal(200, status);
            Assert.Contains(closed.Name, text, StringComparison.Ordinal);

            var before = await ClosedNodes.KeysAsync(closed);
            Assert.Equal(403, (await closed.HttpAsync(HttpMethod.Post, "/api/v1/key", token, "{}")).Status);
            Assert.Equal(401, (await closed.HttpAsync(HttpMethod.Post, "/api/v1/key", body: "{}")).Status);
            Assert.Equal(before, await ClosedNodes.KeysAsync(closed));
            await ClosedNodes.RotateAsync(closed); // from its own host
            Assert.NotEqual(before, await ClosedNodes.KeysAsync(closed));
        });

    private static async Task SaysOnceAsync(MemberNode node, string beginning, string end = "")
    {
        string[] Said() => [.. ClosedNodes.Warnings(node).Where(line => line.StartsWith("a node at ", StringComparison.Ordinal))];
        await Poll.UntilAsync(() => Said().Length > 0, Patience, $"{node.Name} says \"{beginning}\"");
        var line = Assert.Single(Said());
        Assert.StartsWith(beginning, line, StringComparison.Ordinal);
        Assert.EndsWith(end, line, StringComparison.Ordinal);
    }
}

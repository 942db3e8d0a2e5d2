using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Sharing;
using Roj.Host.Storage;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Files;
using Roj.Storage;
using Roj.Token;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>What the page is told, and the page itself.</summary>
public sealed class OverviewTests
{
    private const string One = "00000000000000000000000000000001";
    private const string Two = "00000000000000000000000000000002";

    [Fact]
    public async Task It_tells_all_at_once()
    {
        await using var api = await RunningApi.StartAsync();
        api.Snapshot = api.Snapshot with { Heard = [(new NodeId(2), Portrait.Now - TimeSpan.FromSeconds(31.26))] };
        api.Events.Add(DateTimeOffset.UnixEpoch, new MembershipEvent.Forgotten(new NodeId(9)));
        using var json = JsonDocument.Parse(RunningApi.Body(await api.GetAsync("/api/v1/overview")));
        var said = json.RootElement;
        Assert.Equal(
            $$"""[{"id":"{{One}}","name":"earth","address":"127.0.0.1","httpPort":7070,"state":"alive","color":null,"""
            + """
            "sinceSeconds":0,"heardSeconds":0},
            """.Trim()
            + $$"""{"id":"{{Two}}","name":"pluto","address":"127.0.0.2","httpPort":7070,"state":"dead","color":null,"""
            + """
            "sinceSeconds":30,"heardSeconds":31.3}]
            """.Trim(),
            said.GetProperty("nodes").GetRawText());
        Assert.Equal(1, said.GetProperty("seq").GetInt64());
        Assert.Equal("earth", said.GetProperty("self").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, said.GetProperty("store").ValueKind);
        Assert.Equal(0, said.GetProperty("files").GetArrayLength());
    }

    private static StoreStatus Status { get; } = new() { Mode = "available", Copies = 2, Calls = 0, Clients = 0 };

    [Fact]
    public void Slots_name_their_keepers_by_place()
    {
        NodeId[] nodes = [new(1), new(2), new(3)];
        var map = SlotPlan.Next(null, new Term(1, nodes[0]), nodes, 2, _ => null);
        var view = OverviewStoreView.Of(Status with { Map = map, Hints = [(nodes[2], 5)] });
        Assert.Equal(nodes.Select(node => node.ToString()), view.Keepers);
        Assert.Equal(SlotMap.Slots, view.Slots.Count);
        Assert.All(view.Slots.Index(), slot => Assert.Equal(map.OwnersOf(slot.Index), slot.Item.Select(place => nodes[place])));
        Assert.Equal(5, view.Hints);
        Assert.Empty(OverviewStoreView.Of(Status).Slots);
    }

    [Fact]
    public void Where_a_majority_decides_slots_have_replicas_in_place_of_a_map()
    {
        NodeId[] nodes = [new(1), new(2), new(3)];
        var view = OverviewStoreView.Of(Status with { Mode = "quorum", Replicas = [[nodes[2], nodes[0]], []] });
        Assert.Equal([nodes[0].ToString(), nodes[2].ToString()], view.Keepers);
        Assert.Equal([[1, 0], []], view.Slots);
    }

    [Fact]
    public void Where_a_majority_decides_the_store_says_who_has_how_many_slots_and_who_is_behind()
    {
        NodeId[] nodes = [new(1), new(2), new(3)];
        var view = StoreView.Of(Status with
        {
            Mode = "quorum",
            Replicas = [[nodes[2], nodes[0]], [nodes[0], nodes[1]], [nodes[0]], []],
            MovingSlots = 1,
            Behind = [(nodes[1], 1)],
        });
        Assert.Equal(
            [new(nodes[0].ToString(), 3, 2, 0), new(nodes[1].ToString(), 1, 0, 1), new(nodes[2].ToString(), 1, 1, 0)], view.Nodes);
        Assert.Equal(1, view.SlotsMoving);
    }

    [Fact]
    public void Who_has_a_part_is_found_by_its_place()
    {
        var snapshot = Portrait.Snapshot(Portrait.Member(2, "venus"));
        var file = new FileStatus("ab", "x", 4, 4, 1, 1, false, "/tmp/x", null);
        var view = OverviewFileView.Of(
            new FileShares(
                file,
                new SwarmSight(
                    "f000",
                    [
                        new Holding(new Endpoint(0x7F000002, 6881), 2, "ff00"),
                        new Holding(new Endpoint(0x7F000002, 50_000), 3, "fff0"), // called us: from any port
                        new Holding(new Endpoint(0x7F000009, 6881), 4, "ffff"), // no member: another program
                    ])),
            snapshot);
        Assert.Equal([One, Two, null], view.Holders.Select(holder => holder.Node));
        Assert.Equal([1, 3, 4], view.Holders.Select(holder => holder.Have)); // of one that came twice the most
        Assert.Equal(("127.0.0.1", 1, "f000"), (view.Holders[0].Address, view.Holders[0].Have, view.Holders[0].Sketch));
    }

    [Fact]
    public void Of_many_decimals_the_last_are_told()
    {
        var status = new TokenStatus("pi", false, TokenState.Waiter, null, null, default, 0, "pi", null);
        var digits = "3." + new string('1', 200) + "42";
        Assert.Equal(digits[^OverviewTokenView.DigitsShown..], OverviewTokenView.Of(status, digits).Digits);
        Assert.Equal("3.14", OverviewTokenView.Of(status, "3.14").Digits);
    }

    [Theory]
    [InlineData("/", 200, "text/html; charset=utf-8")]
    [InlineData("/page/main.js", 200, "text/javascript; charset=utf-8")]
    [InlineData("/page/look.css", 200, "text/css; charset=utf-8")]
    [InlineData("/page/icon.svg", 200, "image/svg+xml")]
    [InlineData("/page/nothing.js", 404, "application/problem+json")]
    [InlineData("/page/..%2Fopenapi.json", 400, "application/problem+json")]
    public async Task The_page_is_served_and_takes_nothing_from_elsewhere(string path, int status, string type)
    {
        await using var api = await RunningApi.StartAsync();
        var answer = await api.GetAsync(path);
        Assert.Equal(status, RunningApi.Status(answer));
        Assert.Contains($"\r\nContent-Type: {type}\r\n", answer, StringComparison.Ordinal);
        if (status == 200)
            Assert.Contains("\r\nContent-Security-Policy: default-src 'none'; script-src 'self';", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", 200, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")] // somebody followed a link
    [InlineData("/", 403, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")]
    [InlineData("/", 403, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty")]
    [InlineData("/", 403, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: http://evil.example")] // a form
    [InlineData("/page/main.js", 403, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("/api/v1/overview", 403, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    public async Task From_elsewhere_links_lead_to_the_page_alone(string path, int status, params string[] headers)
    {
        await using var api = await RunningApi.StartAsync();
        Assert.Equal(status, RunningApi.Status(await api.GetAsync(path, ["Sec-Fetch-Site: cross-site", .. headers])));
    }

    [Fact]
    public async Task Each_script_of_the_page_imports_what_is_there()
    {
        await using var api = await RunningApi.StartAsync();
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(["main.js"]);
        while (open.TryDequeue(out var name))
        {
            if (!seen.Add(name))
                continue;
            var answer = await api.GetAsync($"/page/{name}");
            Assert.True(RunningApi.Status(answer) == 200, name);
            foreach (var line in RunningApi.Body(answer).Split('\n').Where(line => line.Contains(" from './", StringComparison.Ordinal)))
                open.Enqueue(line.Split("from './")[1].Split('\'')[0]);
        }

        Assert.InRange(seen.Count, 5, 50);
    }
}

using System.Text.Json;

namespace Roj.Browser;

/// <summary>The page of real nodes: it starts empty and fills, and follows what happens to them.</summary>
/// <param name="browser">Chromium.</param>
public sealed class LiveTests(Browser browser) : IClassFixture<Browser>
{
    private const int Count = 5;
    private const string Leader = "document.getElementById('figure-leader').textContent";
    private const string Alive =
        "[...document.querySelectorAll('#member-rows .state')].filter(cell => cell.textContent === 'alive').length";
    private const string WhoLeads = "document.querySelector('#ring [role=option][aria-label*=leads]').getAttribute('aria-label')";
    private const string Atlas =
        "[...document.querySelectorAll('#file-rows .file')].find(file => file.querySelector('h3').textContent === 'atlas.tar')";
    private const string Whole =
        $"({Atlas})?.querySelectorAll('.fill[aria-valuenow=\"100\"]').length === 5";

    [Fact]
    public async Task It_fills_and_follows_a_token_a_file_a_killed_leader_and_its_own_nodes_restart()
    {
        using var nodes = new UpRun(Count);
        var (leader, watched) = await LeaderAsync(nodes);
        await using var sight = await browser.LookAsync();
        await sight.OpenAsync(nodes.Url(watched));
        await FillAsync(sight, leader);
        await TokenAsync(sight);
        await FileAsync(sight, nodes, watched);
        await sight.PictureAsync("live");
        await KilledLeaderAsync(sight, nodes, leader);
        await BackAndNowAsync(sight, leader);
        await RestartAsync(sight, nodes, watched);
        Assert.Empty(sight.Wrongs);
        await VisitAsync(sight, leader);
    }

    /// <summary>Who leads once all see each other, and one who does not.</summary>
    private static async Task<(int Leader, int Other)> LeaderAsync(UpRun nodes)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var names = new SortedSet<string>(StringComparer.Ordinal);
                foreach (var number in Enumerable.Range(1, Count))
                    names.Add(await LeaderOfAsync(nodes, number));
                if (names is { Count: 1, Min: { Length: > 0 } name })
                    return (name[1] - '0', name == "n1" ? 2 : 1);
            }
            catch (HttpRequestException)
            {
                // It listens a moment after it was started.
            }

            Assert.True(tries < 600, "not within a minute: five nodes that agree on a leader");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Whom a node believes to lead; empty while it does not see all of them.</summary>
    private static async Task<string> LeaderOfAsync(UpRun nodes, int number)
    {
        var said = await nodes.GetAsync(number, "/api/v1/overview");
        var isWhole = said.GetProperty("nodes").EnumerateArray().Count(node => node.GetProperty("state").GetString() == "alive") == Count;
        var leader = said.GetProperty("leader").GetProperty("leader");
        return isWhole && leader.ValueKind is JsonValueKind.Object ? leader.GetProperty("name").GetString()! : "";
    }

    private static async Task FillAsync(Sight sight, int leader)
    {
        await sight.UntilAsync($"{Alive} === {Count} && document.querySelectorAll('#ring [role=option]').length === {Count}");
        await sight.UntilAsync($"{Leader} === 'n{leader}'", 30);
        await sight.UntilAsync("document.querySelectorAll('#ring .body.green').length === 2"); // a third of five, rounded up
        await sight.UntilAsync("document.querySelectorAll('#slots rect').length >= 256");
        await sight.UntilAsync($"{WhoLeads}.startsWith('n{leader},')");
    }

    private static async Task TokenAsync(Sight sight)
    {
        const string Note = """
            (() => {
              window.seen ??= new Set();
              const node = document.querySelector('#ring .node.holds');
              if (node) window.seen.add(node.dataset.node);
              return window.seen.size >= 3;
            })()
            """;
        await sight.UntilAsync(Note, 40);
        await sight.UntilAsync("!document.getElementById('pi').hidden && document.getElementById('pi').textContent.length > 20", 20);
    }

    private static async Task FileAsync(Sight sight, UpRun nodes, int watched)
    {
        var shared = await nodes.PostAsync(watched, "/api/v1/files", new { path = nodes.Put("atlas.tar", 96 << 20) });
        var id = shared.GetProperty("id").GetString();
        await sight.UntilAsync($"{Atlas} !== undefined"); // beside the one that 'roj up' shares
        foreach (var other in Enumerable.Range(1, Count).Where(number => number != watched))
            await nodes.PostAsync(other, "/api/v1/files", new { id });
        // On a machine with time to spare it is whole between two looks: that it fills can't be asked for.
        await sight.UntilAsync(Whole, 60);
    }

    private static async Task KilledLeaderAsync(Sight sight, UpRun nodes, int leader)
    {
        nodes.Kill(leader);
        var row = $"[...document.querySelectorAll('#member-rows tr')].find(row => row.querySelector('.name').textContent === 'n{leader}')";
        await sight.UntilAsync($"{row}.querySelector('.state').textContent === 'dead'", 30);
        await sight.UntilAsync($"{Leader} !== 'n{leader}' && {Leader} !== 'nobody'", 30);
        await sight.UntilAsync("document.querySelectorAll('#ring .node.dead .cross[d]').length === 1");
        await sight.UntilAsync($"document.getElementById('event-rows').textContent.includes('n{leader} is dead')");
        await sight.UntilAsync("document.getElementById('said').textContent.length > 0"); // it is read out too
        await sight.Page.Locator($"#member-rows button:text-is('n{(leader % Count) + 1}')").ClickAsync();
        await sight.UntilAsync($"{Alive} === {Count}", 30); // it is started again
    }

    private static async Task BackAndNowAsync(Sight sight, int leader)
    {
        var slider = sight.Page.Locator("#slider");
        await slider.FocusAsync();
        // Minute by minute to the beginning, which is before the page was opened: known from what the node remembers.
        for (var minute = 0; minute < 10; minute++)
            await sight.Page.Keyboard.PressAsync("PageUp");
        await sight.UntilAsync("document.documentElement.dataset.past === 'yes'");
        await sight.UntilAsync("document.querySelectorAll('#ring [role=option]').length === 1");
        var isThen = false;
        for (var second = 0; second < 600 && !isThen; second++)
        {
            await sight.Page.Keyboard.PressAsync("ArrowRight");
            if (second < 480)
                continue; // that long nothing ran
            await Task.Delay(20, TestContext.Current.CancellationToken);
            isThen = await sight.Page.EvaluateAsync<bool>($"{Leader} === 'n{leader}' && {Alive} === {Count}");
        }

        Assert.True(isThen, "the time before the leader was killed was not found again");
        await sight.PictureAsync("past");
        await sight.Page.Locator("#now").ClickAsync();
        await sight.UntilAsync("document.documentElement.dataset.past === undefined");
    }

    private static async Task RestartAsync(Sight sight, UpRun nodes, int watched)
    {
        // What cannot be reached is an error to the console: whose, is what is asked here.
        sight.IsExpected = what => what.Contains("net::ERR_", StringComparison.Ordinal);
        nodes.Kill(watched);
        await sight.UntilAsync("!document.getElementById('banner').hidden", 20);
        Assert.Contains($"n{watched} has not answered", await sight.TextAsync("#banner"), StringComparison.Ordinal);
        await sight.UntilAsync("document.getElementById('link').dataset.link === 'live' && document.getElementById('banner').hidden", 40);
        await sight.UntilAsync("document.getElementById('event-rows').textContent.includes('this node has begun a new life')");
        await sight.UntilAsync($"{Alive} === {Count}", 30);
        await sight.UntilAsync(Whole, 30); // of what others have it knew nothing
    }

    // From its page to another's: another site, to a browser.
    private static async Task VisitAsync(Sight sight, int other)
    {
        sight.IsExpected = _ => true; // what is asked now is asked of another
        await sight.Page.Locator($"#member-rows button:text-is('n{other}')").ClickAsync();
        await sight.Page.GetByText("Its own page").ClickAsync();
        await sight.UntilAsync($"document.getElementById('link-text')?.textContent === 'live from n{other}'");
    }
}

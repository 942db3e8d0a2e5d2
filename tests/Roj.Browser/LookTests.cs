using System.Text.Json;
using Microsoft.Playwright;

namespace Roj.Browser;

/// <summary>What everybody must be able to see, hear and reach: contrast, names and roles, the keyboard.</summary>
/// <param name="browser">Chromium.</param>
public sealed class LookTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_text_stands_out_from_what_is_behind_it(bool isDark)
    {
        await using var stage = await Stage.StartAsync();
        stage.Overview = Cast.Of(12);
        Happen(stage);
        await using var sight = await browser.LookAsync(new Look(isDark, IsStill: true));
        await stage.OpenAsync(sight);
        await sight.Page.Locator("#every").ClickAsync();
        await sight.Page.Locator("#member-rows .name").First.ClickAsync();
        await sight.UntilAsync("document.querySelectorAll('#event-rows li').length >= 5 && !document.getElementById('detail').hidden");
        Assert.Empty(await FaintAsync(sight));
        await sight.Page.Locator("#unwell").ClickAsync();
        await sight.Page.Locator("#slider").FocusAsync();
        await sight.Page.Keyboard.PressAsync("PageUp");
        await sight.UntilAsync("document.documentElement.dataset.past === 'yes'");
        Assert.Empty(await FaintAsync(sight));
        await sight.Page.Locator("#unwell").ClickAsync();
        await sight.Page.Locator("#now").ClickAsync();
        if (isDark)
            await sight.PictureAsync("dark");
        Assert.Empty(sight.Wrongs);
    }

    [Fact]
    public async Task Everything_has_a_name_and_a_role()
    {
        await using var stage = await Stage.StartAsync();
        Happen(stage);
        await using var sight = await browser.LookAsync();
        await stage.OpenAsync(sight);
        foreach (var (role, name) in ((AriaRole, string)[])
            [
                (AriaRole.Listbox, "Nodes on the ring; arrow keys go round"),
                (AriaRole.Option, "n-002, alive, green, leads, 10.7.0.3"),
                (AriaRole.Option, "n-003, alive, red, holds pi, 10.7.0.4"), (AriaRole.Searchbox, "Find a member"),
                (AriaRole.Slider, "Moment shown, within the last ten minutes"), (AriaRole.Button, "not well"), (AriaRole.Button, "now"),
                (AriaRole.Region, "The ring"), (AriaRole.Region, "Members"), (AriaRole.Region, "What happened"),
                (AriaRole.Region, "What we remember"), (AriaRole.Region, "What we share"), (AriaRole.Progressbar, "Parts at n-001"),
                (AriaRole.Columnheader, "heard"), (AriaRole.Rowheader, "n-001"), (AriaRole.Main, ""), (AriaRole.Banner, ""),
            ])
        {
            var found = sight.Page.GetByRole(role, new PageGetByRoleOptions { Name = name.Length > 0 ? name : null });
            Assert.True(await found.CountAsync() > 0, $"there is no {role} called '{name}'");
        }

        var slots = await sight.Page.Locator("#slots svg").GetAttributeAsync("aria-label");
        Assert.Contains("256 slots on 5 nodes", slots, StringComparison.Ordinal);
        const string Nameless = """
            [...document.querySelectorAll('button, input, a, [tabindex="0"]')]
              .filter(one => one.checkVisibility() && !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby')
                || one.labels?.[0]?.textContent || one.textContent.trim())).map(one => one.outerHTML)
            """;
        Assert.Empty(await sight.Page.EvaluateAsync<string[]>(Nameless));
        Assert.Empty(sight.Wrongs);
    }

    [Fact]
    public async Task The_keyboard_reaches_everything_and_shows_where_it_is()
    {
        await using var stage = await Stage.StartAsync();
        await using var sight = await browser.LookAsync();
        await stage.OpenAsync(sight);
        var reached = new List<string>();
        for (var presses = 0; presses < 30; presses++)
        {
            await sight.Page.Keyboard.PressAsync("Tab");
            var at = await sight.Page.EvaluateAsync<string>(
                "document.activeElement.id || document.activeElement.className || document.activeElement.tagName");
            if (at is "BODY")
                break;
            reached.Add(at);
            Assert.NotEqual("none", await sight.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        }

        string[] order = ["skip", "ring-list", "filter", "unwell", "every", "event-rows", "file-rows", "now", "slider"];
        Assert.Equal(order, reached.Where(order.Contains));

        await sight.Page.Locator("#ring-list").FocusAsync();
        await sight.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("n-001", await PickedAsync(sight));
        await sight.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("n-002", await PickedAsync(sight));
        await sight.Page.Keyboard.PressAsync("End");
        Assert.Equal("n-005", await PickedAsync(sight));
        await sight.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("n-001", await PickedAsync(sight)); // it is a ring
        await sight.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("n-005", await PickedAsync(sight));
        await sight.Page.Keyboard.PressAsync("Escape");
        await sight.UntilAsync("document.querySelectorAll('#ring .picked').length === 0");
        Assert.Empty(sight.Wrongs);
    }

    [Fact]
    public async Task Who_wants_less_motion_has_none()
    {
        await using var stage = await Stage.StartAsync();
        stage.Overview = Cast.Of(12); // one of them suspect
        await using var sight = await browser.LookAsync(new Look(IsStill: true));
        await stage.OpenAsync(sight);
        const string Moves = "getComputedStyle(document.querySelector('#ring .body.suspect')).animationName";
        Assert.Equal("none", await sight.Page.EvaluateAsync<string>(Moves));
        var before = await sight.Page.Locator("#ring g.token").GetAttributeAsync("transform");
        var token = stage.Overview.Tokens[0].Token with { Holder = stage.Overview.Nodes[7].Id };
        stage.Overview = stage.Overview with { Tokens = [stage.Overview.Tokens[0] with { Token = token }] };
        await sight.UntilAsync("document.querySelector('#ring .node.holds').getAttribute('aria-label').startsWith('n-008')");
        Assert.NotEqual(before, await sight.Page.Locator("#ring g.token").GetAttributeAsync("transform"));
        Assert.Null(await sight.Page.Locator("#ring .trail").GetAttributeAsync("d"));
    }

    private static void Happen(Stage stage)
    {
        stage.Changes(4, null, "alive", 90);
        stage.Changes(5, "alive", "suspect", 60);
        stage.Changes(5, "suspect", "dead", 55);
        stage.Changes(5, "dead", "alive", 40);
        stage.Changes(3, "alive", "changed", 30);
        stage.Happens("leader.changed", 2, "n-002 leads in term 4", 20);
        stage.Happens("colors.changed", 2, "colors 1 of term 4: 2 of 5 green", 19);
    }

    private static async Task<string?> PickedAsync(Sight sight)
    {
        await Task.Delay(60, TestContext.Current.CancellationToken); // a frame
        var id = await sight.Page.Locator("#ring-list").GetAttributeAsync("aria-activedescendant");
        return (await sight.Page.Locator($"[id='{id}']").GetAttributeAsync("aria-label"))?.Split(',')[0];
    }

    /// <summary>Texts whose contrast is below 4.5 : 1, or 3 : 1 for large ones (WCAG 2.2, 1.4.3).</summary>
    private static async Task<string[]> FaintAsync(Sight sight)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "contrast.js");
        var script = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<string[]>(await sight.Page.EvaluateAsync<string>(script))!;
    }
}

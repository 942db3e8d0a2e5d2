namespace Roj.Browser;

/// <summary>From three nodes to three hundred: what is drawn can be told apart, and what is looked for is found.</summary>
/// <param name="browser">Chromium.</param>
public sealed class CrowdTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(3)]
    [InlineData(24)]
    [InlineData(60)]
    [InlineData(300)]
    public async Task Marks_keep_their_distance_and_nothing_needs_to_be_moved_sideways(int count)
    {
        await using var stage = await Stage.StartAsync();
        stage.Overview = Cast.Of(count);
        await using var sight = await browser.LookAsync(new Look(IsDark: count == 300));
        await stage.OpenAsync(sight);
        const string Closest = """
            (() => {
              const at = [...document.querySelectorAll('#ring .body')].map(body => body.getBoundingClientRect())
                .map(box => ({ x: box.x + box.width / 2, y: box.y + box.height / 2, r: Math.min(box.width, box.height) / 2 }));
              let least = Infinity;
              for (let i = 0; i < at.length; i++)
                for (let j = 0; j < i; j++)
                  least = Math.min(least, Math.hypot(at[i].x - at[j].x, at[i].y - at[j].y) - at[i].r - at[j].r);
              return [least, Math.min(...at.map(one => one.r))];
            })()
            """;
        var figures = await sight.Page.EvaluateAsync<double[]>(Closest);
        Assert.True(figures[0] > 0.5, $"two marks are {figures[0]:F1} px from each other");
        Assert.True(figures[1] >= 3, $"a mark has a radius of {figures[1]:F1} px");
        Assert.Equal(count, await sight.Page.Locator("#member-rows tr").CountAsync());
        Assert.True(await sight.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        if (count == 300)
            await sight.PictureAsync("300");
        Assert.Empty(sight.Wrongs);
    }

    [Fact]
    public async Task Of_three_hundred_one_is_found_and_those_who_are_not_well_stand_first()
    {
        await using var stage = await Stage.StartAsync();
        stage.Overview = Cast.Of(300);
        await using var sight = await browser.LookAsync();
        await stage.OpenAsync(sight);
        await sight.UntilAsync("document.querySelector('#member-rows .state').textContent === 'suspect'");
        await sight.Page.Keyboard.PressAsync("/");
        await sight.Page.Keyboard.TypeAsync("n-217");
        await sight.UntilAsync("document.querySelectorAll('#member-rows tr').length === 1");
        await sight.UntilAsync("document.querySelectorAll('#ring .node:not(.far)').length === 1");
        await sight.Page.Locator("#filter").FillAsync("nobody of that name");
        await sight.UntilAsync("document.getElementById('members-empty').textContent === 'Nobody is called that.'");
        await sight.Page.Locator("#filter").FillAsync("");
        await sight.Page.Locator("#unwell").ClickAsync();
        var unwell = stage.Overview.Nodes.Count(node => node.State != "alive");
        await sight.UntilAsync($"document.querySelectorAll('#member-rows tr').length === {unwell}");
        Assert.InRange(await sight.Page.Locator("#file-rows .strip").CountAsync(), 2, 12); // all in one, and those that have least
        Assert.Empty(sight.Wrongs);
    }

    [Fact]
    public async Task On_a_phone_one_thing_stands_below_the_other()
    {
        await using var stage = await Stage.StartAsync();
        await using var sight = await browser.LookAsync(new Look(IsStill: true, Width: 390, Height: 844));
        await stage.OpenAsync(sight);
        Assert.True(await sight.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        var lefts = await sight.Page.EvaluateAsync<double[]>(
            "[...document.querySelectorAll('.panel')].map(one => one.getBoundingClientRect().left)");
        Assert.All(lefts, left => Assert.Equal(0, left));
        await sight.PictureAsync("phone");
        Assert.Empty(sight.Wrongs);
    }
}

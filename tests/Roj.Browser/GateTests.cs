using Microsoft.Playwright;
using Roj.Host.Security;

namespace Roj.Browser;

/// <summary>Where the cluster has a key, the page asks for the token, keeps it for its tab, and shows nothing before.</summary>
/// <param name="browser">Chromium.</param>
public sealed class GateTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_token_is_asked_for_until_it_is_the_right_one()
    {
        var key = ClusterKey.Create();
        await using var stage = await Stage.StartAsync(new ClusterKeys(Keyring.Of([key])));
        await using var sight = await browser.LookAsync();
        sight.IsExpected = what => what.Contains("401 (Unauthorized)", StringComparison.Ordinal);
        await sight.OpenAsync(stage.Url);
        var dialog = sight.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "This cluster has a key" });
        await dialog.WaitForAsync();
        Assert.Equal(0, await sight.Page.Locator("#ring [role=option]").CountAsync());

        await sight.Page.GetByLabel("Token").FillAsync("not that one");
        await sight.Page.Keyboard.PressAsync("Enter");
        await sight.UntilAsync("document.getElementById('gate-trouble').textContent.includes('not this cluster')");
        await sight.Page.Keyboard.PressAsync("Escape");
        Assert.True(await dialog.IsVisibleAsync()); // there is nothing behind it

        await sight.Page.GetByLabel("Token").FillAsync(AccessToken.Of(key));
        await sight.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Open" }).ClickAsync();
        await sight.UntilAsync("document.querySelectorAll('#ring [role=option]').length === 1");
        Assert.Equal(0, await sight.Page.EvaluateAsync<int>("localStorage.length"));
        Assert.Equal("", await sight.Page.EvaluateAsync<string>("document.cookie + location.search + location.hash"));

        await sight.Page.ReloadAsync();
        await sight.UntilAsync("document.querySelectorAll('#ring [role=option]').length === 1"); // the same tab
        Assert.Empty(sight.Wrongs);
    }
}

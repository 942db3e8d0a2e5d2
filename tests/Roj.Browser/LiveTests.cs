namespace Roj.Browser;

/// <summary>The page of real nodes: starts empty and fills, and follows what happens to them.</summary>
/// <param name="browser">Chromium.</param>
public sealed class LiveTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task It_fills_and_follows_a_killed_leader_a_token_a_file_and_its_own_node()
    {
        using var nodes = new UpRun(5);
        await using var sight = await browser.LookAsync();
        await OpenAsync(sight, nodes);
        await sight.UntilAsync("document.querySelectorAll('#ring [role=option]').length === 5");
        await nodes.PostAsync(1, "/api/v1/files", new { path = nodes.Put("atlas.tar", 64 << 20) });
        await Task.Delay(4000, TestContext.Current.CancellationToken);
        await sight.PictureAsync("live");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', sight.Wrongs));
    }

    private static async Task OpenAsync(Sight sight, UpRun nodes)
    {
        // It listens a moment after it was started.
        for (var tries = 0; ; tries++)
        {
            try
            {
                await nodes.GetAsync(1, "/api/v1/status");
                break;
            }
            catch (HttpRequestException) when (tries < 100)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        await sight.OpenAsync(nodes.Url(1));
    }
}

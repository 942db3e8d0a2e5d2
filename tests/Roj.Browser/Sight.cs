using System.Diagnostics;
using Microsoft.Playwright;

namespace Roj.Browser;

/// <summary>One tab, and everything in it that should not be: errors, and requests to others than the node.</summary>
internal sealed class Sight(IBrowserContext context) : IAsyncDisposable
{
    private readonly List<string> wrongs = [];
    private string host = "";

    /// <summary>The tab.</summary>
    public IPage Page { get; private set; } = null!;

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<string> Wrongs
    {
        get
        {
            lock (wrongs)
                return [.. wrongs];
        }
    }

    /// <summary>What the console may say: a node that does not answer, say.</summary>
    public Func<string, bool> IsExpected { get; set; } = _ => false;

    /// <summary>Opens the page of a node.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="prepare">What is done with the tab before.</param>
    public async Task OpenAsync(string url, Func<IPage, Task>? prepare = null)
    {
        host = new Uri(url).Authority;
        Page = await context.NewPageAsync();
        Page.SetDefaultTimeout(15_000);
        Page.Console += (_, said) => Note(said.Type is "error" or "warning", $"console: {said.Text}");
        Page.PageError += (_, error) => Note(true, $"error: {error}");
        Page.Request += (_, request) => Note(new Uri(request.Url).Authority != host, $"a request to another: {request.Url}");
        if (prepare is not null)
            await prepare(Page);
        await Page.GotoAsync(url);
    }

    /// <summary>What stands in an element, as people see it.</summary>
    public Task<string> TextAsync(string selector) => Page.Locator(selector).First.InnerTextAsync();

    /// <summary>Waits until the page says so. Asked again and again: what waits within the page is forbidden there, as any eval
    /// is.</summary>
    /// <param name="condition">A word of JavaScript that is true then.</param>
    /// <param name="seconds">How long at most.</param>
    public async Task UntilAsync(string condition, double seconds = 15)
    {
        for (var begun = Stopwatch.GetTimestamp(); !await Page.EvaluateAsync<bool>(condition);)
        {
            if (Stopwatch.GetElapsedTime(begun).TotalSeconds > seconds)
                Assert.Fail($"not within {seconds} s: {condition}; on the page: {await TextAsync("body")}");
            await Task.Delay(50);
        }
    }

    /// <summary>A picture for the documents, if those are wanted: ROJ_PICTURES names the folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("ROJ_PICTURES") is not { Length: > 0 } folder)
            return;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"page-{name}.png");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, Scale = ScreenshotScale.Css });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private void Note(bool isWrong, string what)
    {
        if (!isWrong || IsExpected(what))
            return;
        lock (wrongs)
            wrongs.Add(what);
    }
}

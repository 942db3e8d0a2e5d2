using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;
using Roj.Host.Tokens;
using Roj.Token.Work;

namespace Roj.Host.Http;

/// <summary>All that the page shows, in one answer: a page that asked for each wing by itself would show several moments at once.</summary>
/// <param name="source">Where the answers come from.</param>
/// <param name="ask">Asks the node's loop.</param>
internal sealed class OverviewEndpoints(ApiSource source, Func<HttpContext, Task<ApiSnapshot>> ask)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (ulong Progress, string? Digits)> written = new(StringComparer.Ordinal); // under the lock

    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes => [new("/api/v1/overview", (http, _) => AnswerAsync(http))];

    private async Task AnswerAsync(HttpContext http)
    {
        var seq = source.Events.Newest; // before the rest: what is newer comes by the stream, or twice
        var snapshot = await ask(http);
        var tokens = await source.Tokens.StatusAsync();
        var store = source.Store() is { } wing ? await wing.StatusAsync() : null;
        var (shares, count) = source.Files is { } files
            ? await files.SharesAsync(OverviewView.FilesMax, http.RequestAborted)
            : ([], 0);
        var shown = new List<OverviewTokenView>();
        foreach (var token in tokens)
            shown.Add(OverviewTokenView.Of(token, await DigitsAsync(token)));
        var view = new OverviewView(
            source.Clock.GetUtcNow(),
            seq,
            StatusView.Of(snapshot),
            OverviewNodeView.Of(snapshot),
            LeaderView.Of(snapshot),
            shown,
            store is null ? null : OverviewStoreView.Of(store),
            [.. shares.Select(one => OverviewFileView.Of(one, snapshot))],
            count);
        await http.BytesAsync(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(view, ApiJson.Default.OverviewView));
    }

    // Writing them out takes milliseconds: once for each turn, whoever asks.
    private async Task<string?> DigitsAsync(TokenStatus token)
    {
        if (token.Work != "pi" || token.Seen.Progress is 0 or > OverviewTokenView.ProgressMax)
            return null;
        lock (gate)
        {
            if (written.TryGetValue(token.Name, out var known) && known.Progress == token.Seen.Progress)
                return known.Digits;
        }

        if (await source.Tokens.FindAsync(token.Name) is not { Progress: <= OverviewTokenView.ProgressMax } found)
            return null;
        var digits = Pi.DigitsOf(found.Data.Span);
        lock (gate)
            written[token.Name] = (found.Progress, digits);
        return digits;
    }
}

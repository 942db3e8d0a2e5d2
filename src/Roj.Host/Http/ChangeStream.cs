using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;
using Roj.Host.Storage;
using Roj.Storage;

namespace Roj.Host.Http;

/// <summary>Changes of keys as they are heard of, until the client is gone: server-sent events (WHATWG HTML, 9.2).</summary>
internal static class ChangeStream
{
    private const int BatchMax = 64;

    /// <summary>Begins with what changes from now on.</summary>
    public static async Task RunAsync(HttpContext http, Watchers watchers, WatchFilter filter, TimeSpan heartbeat, CancellationToken end)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.StartAsync(end);
        if (HttpMethods.IsHead(http.Request.Method))
            return;

        var log = watchers.Changes;
        var known = log.Newest;
        using var watcher = watchers.Add(filter);
        while (!end.IsCancellationRequested)
        {
            var news = log.After(known, BatchMax, out var missed);
            var text = new StringBuilder();
            if (missed > 0)
                Append(text, new StoreMissedView(DateTimeOffset.UtcNow, missed, null));
            foreach (var one in news)
            {
                if (one.Change is not { } change)
                    Append(text, new StoreMissedView(one.Time, one.Missed, one.Node?.ToString()));
                else if (filter.Matches(change.Key))
                    Append(text, one.Time, change);
            }

            if (text.Length == 0)
                text.Append(":\n\n");
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), end);
            await http.Response.Body.FlushAsync(end);
            if (news.Count > 0)
                known = news[^1].Number;
            if (news.Count < BatchMax)
                await log.WaitAsync(known).WaitAsync(heartbeat, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The name of a key as JSON has it.</summary>
    public static string Text(ReadOnlyMemory<byte> name) => Utf8.IsValid(name.Span)
        ? Encoding.UTF8.GetString(name.Span)
        : "base64:" + Convert.ToBase64String(name.Span);

    private static void Append(StringBuilder text, StoreMissedView missed) => text.Append(
        CultureInfo.InvariantCulture, $"event: missed\ndata: {JsonSerializer.Serialize(missed, ApiJson.Default.StoreMissedView)}\n\n");

    private static void Append(StringBuilder text, DateTimeOffset time, KeyChange change)
    {
        var kind = change.Kind switch
        {
            ChangeKind.Deleted => "deleted",
            ChangeKind.Expired => "expired",
            _ => "set",
        };
        var view = new StoreChangeView(time, change.Key.Database, Text(change.Key.Name), kind, change.Version);
        text.Append(CultureInfo.InvariantCulture, $"data: {JsonSerializer.Serialize(view, ApiJson.Default.StoreChangeView)}\n\n");
    }
}

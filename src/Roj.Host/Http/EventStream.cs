using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Roj.Host.Http;

/// <summary>Events as they happen, until the client is gone: server-sent events (WHATWG HTML, 9.2).</summary>
internal static class EventStream
{
    private const int BatchMax = 64;

    /// <summary>Begins after the client's <c>Last-Event-ID</c>, without one with all that is remembered.</summary>
    public static async Task RunAsync(HttpContext http, EventLog log, TimeSpan heartbeat, CancellationToken end)
    {
        var isResumed = long.TryParse(
            http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var known);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.StartAsync(end);
        if (HttpMethods.IsHead(http.Request.Method))
            return;

        for (var isFirst = true; !end.IsCancellationRequested; isFirst = false)
        {
            var news = log.After(known, BatchMax, out var missed);
            var text = new StringBuilder();
            if (missed > 0 && (isResumed || !isFirst))
                text.Append(CultureInfo.InvariantCulture, $"event: missed\ndata: {missed}\n\n");
            foreach (var happened in news)
                text.Append(CultureInfo.InvariantCulture, $"id: {happened.Seq}\ndata: {Encoding.UTF8.GetString(happened.Json.Span)}\n\n");
            if (news.Count == 0)
                text.Append(":\n\n");
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), end);
            await http.Response.Body.FlushAsync(end);
            if (news.Count > 0)
                known = news[^1].Seq;
            if (news.Count < BatchMax)
                await log.WaitAsync(known).WaitAsync(heartbeat, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using Roj.Host.Daemon;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>What happens in agreement and election, as events for others.</summary>
public static class WingEvents
{
    /// <summary>Adds what happened to <paramref name="log"/>.</summary>
    public static void Add(this EventLog log, DateTimeOffset time, WingNews happened)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(happened);
        log.Add(time, happened.Kind, happened.Node, new WingNewsView(happened.Text), ApiJson.Default.WingNewsView);
    }
}

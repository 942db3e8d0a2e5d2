using Roj.Host.Agreement;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>What happens in agreement, as events for others.</summary>
public static class AgreementEvents
{
    /// <summary>Adds what happened to <paramref name="log"/>.</summary>
    public static void Add(this EventLog log, DateTimeOffset time, AgreementNews happened)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(happened);
        log.Add(time, happened.Kind, happened.Node, new AgreementNewsView(happened.Text), ApiJson.Default.AgreementNewsView);
    }
}

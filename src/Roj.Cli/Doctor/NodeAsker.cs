using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli.Doctor;

/// <summary>Asks nodes by HTTP, several at a time; who does not answer is left out.</summary>
internal sealed class NodeAsker : IDisposable
{
    private const int BytesMax = 64 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = Patience,
    })
    { Timeout = Patience, MaxResponseContentBufferSize = BytesMax };

    private volatile Uri? refused;

    /// <summary>Asks with this token, if there is one.</summary>
    public NodeAsker(NodeToken token) => http.DefaultRequestHeaders.Authorization = token.Header;

    /// <summary>A node that did not take our token, or wants one; null if there was none.</summary>
    public Uri? Refused => refused;

    public void Dispose() => http.Dispose();

    /// <summary>Those of the places where a node answers, in their order.</summary>
    public IReadOnlyList<Asked> Ask(IEnumerable<Uri> places) =>
        [.. Task.WhenAll(places.Select(AskAsync)).GetAwaiter().GetResult().OfType<Asked>()];

    /// <summary>How many hellos of other clusters a node has refused: <c>roj_finding_refused_total{reason="other_cluster"} 3</c>.</summary>
    public long OtherCluster(Uri place)
    {
        try
        {
            var text = http.GetStringAsync(new Uri(place, "/metrics")).GetAwaiter().GetResult();
            var line = text.Split('\n').FirstOrDefault(line => line.Contains("reason=\"other_cluster\"", StringComparison.Ordinal));
            return line is not null && double.TryParse(line.Split(' ')[^1], CultureInfo.InvariantCulture, out var count) ? (long)count : 0;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return 0;
        }
    }

    /// <summary>The names of a node's keys; null if it has none.</summary>
    public IReadOnlyList<string>? Keys(Uri place)
    {
        try
        {
            using var response = http.GetAsync(new Uri(place, "/api/v1/key")).GetAwaiter().GetResult();
            return response.StatusCode == HttpStatusCode.OK
                ? JsonSerializer.Deserialize(response.Content.ReadAsStringAsync().GetAwaiter().GetResult(), ApiJson.Default.KeyView)?.Keys
                : null;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }

    private static bool IsNoAnswer(Exception e) =>
        e is HttpRequestException or TaskCanceledException or IOException or SocketException or JsonException;

    private async Task<Asked?> AskAsync(Uri place)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(place, "/api/v1/status"));
            var ahead = (response.Headers.Date ?? DateTimeOffset.UtcNow) - DateTimeOffset.UtcNow;
            // A server of another kind may want a token of another kind.
            if (response.StatusCode == HttpStatusCode.Unauthorized
                && response.Content.Headers.ContentType?.MediaType == "application/problem+json")
                refused = place;
            if (response.StatusCode != HttpStatusCode.OK)
                return null;
            var status = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), ApiJson.Default.StatusView);
            var members = JsonSerializer.Deserialize(
                Encoding.UTF8.GetBytes(await http.GetStringAsync(new Uri(place, "/api/v1/members"))), ApiJson.Default.MembersView);
            return status?.Id is null || members?.Members is null ? null : new Asked(place, status, members, ahead);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return null;
        }
    }
}

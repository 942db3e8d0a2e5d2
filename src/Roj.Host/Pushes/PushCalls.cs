using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Membership.Keeping;

namespace Roj.Host.Pushes;

/// <summary>Asks other nodes about pushes, at their HTTP API, signed with the cluster's key.</summary>
internal sealed class PushCalls(ClusterKeys? keys) : IDisposable
{
    /// <summary>Where they are asked.</summary>
    public const string Target = "/push";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = Patience,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = ApiOptions.BodyBytesMax,
    };

    /// <summary>Whether a node can be asked at all.</summary>
    public static bool HasApi(Member node) => node.IsPresent && node.Profile.HttpPort != 0;

    /// <summary>Asks a node.</summary>
    /// <returns>What it answers; null if there was no answer, or another.</returns>
    public async Task<PushReportView?> AskAsync(Member node, PushCallView call)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(call, ApiJson.Default.PushCallView);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node.Node.WithPort(node.Profile.HttpPort)}{Target}");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (keys?.Current is { } ring)
                request.Headers.TryAddWithoutValidation("Authorization", NodeSignature.Of(ring.First, "POST", Target, body));
            using var response = await http.SendAsync(request).ConfigureAwait(false);
            return response.StatusCode is HttpStatusCode.OK
                ? JsonSerializer.Deserialize(
                    await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false), ApiJson.Default.PushReportView)
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            return null; // asked again
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}

using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>What can be asked of the cluster's keys; never what they are.</summary>
internal sealed class KeyEndpoints(ApiSource source)
{
    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/key", (http, _) => ShowAsync(http), RotateAsync),
    ];

    private static Task NoneAsync(HttpContext http) => http.ProblemAsync(
        new ProblemView(404, "Not Found", "this node has no key, and anybody may join: 'roj keygen' makes one"));

    private Task ShowAsync(HttpContext http) =>
        source.Keys is { } keys ? http.JsonAsync(KeyView.Of(keys.Current), ApiJson.Default.KeyView) : NoneAsync(http);

    private async Task RotateAsync(HttpContext http)
    {
        if (source.Rotate is not { } rotate)
        {
            await NoneAsync(http);
            return;
        }

        var (request, fault) = await JsonBody.ReadAsync(http, ApiJson.Default.RotationRequestView, "JSON object such as {\"now\": false}");
        if (request is null)
        {
            await http.ProblemAsync(new ProblemView(400, "Bad Request", fault, "no"));
            return;
        }

        try
        {
            // Whoever hangs up does not stop half-way what was begun.
            var rotated = await rotate(request.Now, CancellationToken.None);
            await http.JsonAsync(rotated, ApiJson.Default.RotationView);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await http.ProblemAsync(new ProblemView(
                500, "Internal Server Error", $"the new key can't be kept: {SystemReason.Of(e)}; nothing has changed", "no"));
        }
    }
}

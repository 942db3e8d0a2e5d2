using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Endpoint = Roj.Kernel.Endpoint;

namespace Roj.Host.Http;

/// <summary>What happens to a request: gate, path, route, answer; what we refuse, we refuse in words (Kestrel: a status).</summary>
internal sealed class ApiApplication(ApiOptions options, ApiEndpoints endpoints, NodeInstruments instruments, TokenCheck? tokens)
    : IHttpApplication<HttpContext>
{
    private const string SecFetchSite = "Sec-Fetch-Site"; // W3C Fetch Metadata
    private const string SecFetchMode = "Sec-Fetch-Mode";
    private const string SecFetchDest = "Sec-Fetch-Dest";

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (TimeoutException)
        {
            await FailAsync(context, new ProblemView(503, "Service Unavailable", "the node is too busy to answer"));
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionAbortedException or IOException)
        {
            context.Abort(); // the client is gone, or we are going
        }
        finally
        {
            instruments.Answered(context.Response.StatusCode);
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private Task AnswerAsync(HttpContext http)
    {
        var segments = RequestPath.Split(Target(http));
        if ((Malformed(http.Request, BodyMax(segments)) ?? Judge(http, segments)) is { } refusal)
            return FailAsync(http, refusal);
        if (segments is null)
            return FailAsync(http, new ProblemView(400, "Bad Request", "the path is not a plain path"));
        var isPost = HttpMethods.IsPost(http.Request.Method);
        if (HasBody(http.Request) && !(isPost && endpoints.Routes.Any(route => route.Post is not null && route.Matches(segments, out _))))
            return FailAsync(http, new ProblemView(400, "Bad Request", "nothing here takes a body"));
        foreach (var route in endpoints.Routes)
        {
            if (!route.Matches(segments, out var value))
                continue;
            if (Gate.IsRead(http.Request.Method))
                return route.Answer(http, value);
            if (HttpMethods.IsDelete(http.Request.Method) && route.Delete is { } delete)
                return delete(http, value);
            if (isPost && route.Post is { } post)
                return post(http);
            http.Response.Headers.Allow = route.Allowed;
            return FailAsync(http, new ProblemView(405, "Method Not Allowed", $"what can be done here is {route.Allowed}"));
        }

        return FailAsync(http, new ProblemView(404, "Not Found", "there is nothing here; /openapi.json says what there is"));
    }

    private static string Target(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!target.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return target;
        return target[7..].IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? target[(7 + slash)..] : "/";
    }

    private ProblemView? Judge(HttpContext http, string[]? segments)
    {
        if (segments is not null && endpoints.Routes.Any(route => route.IsBetweenNodes && route.Matches(segments, out _)))
            return Gate.JudgeNode(Caller(http), options.Name, hasKey: tokens is not null);
        var route = segments is null ? null : endpoints.Routes.FirstOrDefault(route => route.Matches(segments, out _));
        var caller = Caller(http) with { IsOpen = route is { IsOpen: true }, IsVisit = route is { IsPage: true } && IsVisit(http) };
        if (tokens is null)
            return Gate.Judge(caller, options.Name);
        return Gate.Judge(caller, options.Name, () =>
        {
            var verdict = tokens.Judge(http.Request.Headers.Authorization, Number(http.Connection.RemoteIpAddress));
            if (verdict == TokenVerdict.Right)
                return verdict;
            instruments.Unauthorized(verdict);
            if (verdict == TokenVerdict.TooOften)
                http.Response.Headers.RetryAfter = "1";
            else
                http.Response.Headers.WWWAuthenticate = "Bearer";
            return verdict;
        });
    }

    private int BodyMax(string[]? segments) =>
        segments is null ? ApiOptions.BodyBytesMax
        : endpoints.Routes.FirstOrDefault(route => route.Matches(segments, out _))?.BodyBytesMax ?? ApiOptions.BodyBytesMax;

    private static ProblemView? Malformed(HttpRequest request, int bodyMax)
    {
        // RFC 9112, 6.1: both lengths at once is how requests are smuggled. Kestrel keeps the one that it does not use under this name.
        if (request.Headers.TransferEncoding.Count > 0 && request.Headers.ContainsKey("X-Content-Length"))
            return new ProblemView(400, "Bad Request", "a body is chunked or has a Content-Length, not both");
        if (request.ContentLength > bodyMax)
            return new ProblemView(413, "Content Too Large", $"a body has at most {bodyMax} bytes");
        return null;
    }

    private static bool HasBody(HttpRequest request) => request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    private static bool IsVisit(HttpContext http) =>
        http.Request.Headers[SecFetchMode] is ["navigate"] && http.Request.Headers[SecFetchDest] is ["document"];

    private static ApiCaller Caller(HttpContext http)
    {
        var headers = http.Request.Headers;
        return new ApiCaller(
            Number(http.Connection.RemoteIpAddress),
            Number(http.Connection.LocalIpAddress),
            !Gate.IsRead(http.Request.Method),
            headers.Host is [{ Length: > 0 } host] ? host : null,
            headers.Origin.Count > 0 ? headers.Origin.ToString() : null,
            headers[SecFetchSite].Count > 0 ? headers[SecFetchSite].ToString() : null);
    }

    // 0 is no local address: whoever comes by another family is a stranger.
    internal static uint Number(IPAddress? address) => Endpoint.TryParseAddress(address?.ToString(), out var number) ? number : 0;

    // A refused client's body, and whatever it sends behind it, is not waited for: the connection ends with the answer.
    private static Task FailAsync(HttpContext http, ProblemView problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers.Connection = "close";
        return http.ProblemAsync(problem);
    }
}

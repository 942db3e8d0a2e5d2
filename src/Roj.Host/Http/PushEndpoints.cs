using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Host.Http.Views;
using Roj.Host.Pushes;
using Roj.Host.Security;
using Roj.Host.Sharing;

namespace Roj.Host.Http;

/// <summary>Files rolled out in stages; and what nodes say to each other about them.</summary>
/// <param name="pushes">The node's part in them; null while it has none.</param>
/// <param name="keys">The keys of the cluster; null where there are none.</param>
internal sealed class PushEndpoints(Func<PushService?> pushes, ClusterKeys? keys)
{
    private const string Shape =
        "JSON object with \"path\", \"to\" and perhaps \"then\" (green or red, not the same), \"percentMin\" (1 to 100), \"run\", "
        + "\"into\"";

    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/push", (http, _) => WithAsync(http, async service =>
            await http.JsonAsync(await service.StatusAsync(), ApiJson.Default.PushView)), BeginAsync),
        new("/api/v1/push/rollback", (http, _) => PostOnlyAsync(http), RollbackAsync),
        new(PushCalls.Target, (http, _) => PostOnlyAsync(http), AnswerAsync) { IsBetweenNodes = true },
    ];

    private static Task PostOnlyAsync(HttpContext http)
    {
        http.Response.Headers.Allow = "POST";
        return http.ProblemAsync(new ProblemView(405, "Method Not Allowed", "what can be done here is POST"));
    }

    private async Task WithAsync(HttpContext http, Func<PushService, Task> answer)
    {
        if (pushes() is { } service)
            await answer(service);
        else
            await http.ProblemAsync(new ProblemView(404, "Not Found", "this node takes no part in pushes: it has no data directory"));
    }

    private Task BeginAsync(HttpContext http) => WithAsync(http, async service =>
    {
        var (request, fault) = await JsonBody.ReadAsync(http, ApiJson.Default.PushRequestView, Shape);
        var isRight = request is { Path: not null, To: "green" or "red", Then: null or "green" or "red", PercentMin: >= 1 and <= 100 }
            && request.To != request.Then && request.Run is null or { Length: > 0 and <= PushPlace.CommandMax };
        if (!isRight)
        {
            await http.ProblemAsync(new ProblemView(400, "Bad Request", request is null ? fault : $"the body is no {Shape}", "no"));
            return;
        }

        try
        {
            await AnswerAsync(http, await service.BeginAsync(request!, http.RequestAborted));
        }
        catch (FileException e)
        {
            await http.ProblemAsync(new ProblemView(422, "Unprocessable Content", e.Message, "no"));
        }
    });

    private Task RollbackAsync(HttpContext http) => WithAsync(http, async service =>
    {
        var (request, fault) = await JsonBody.ReadAsync(
            http, ApiJson.Default.RollbackRequestView, "JSON object such as {\"name\": \"app.tar\"}");
        if (request is not { Name: { Length: > 0 } name })
            await http.ProblemAsync(new ProblemView(400, "Bad Request", fault, "no"));
        else
            await AnswerAsync(http, await service.RollbackAsync(name));
    });

    private static Task AnswerAsync(HttpContext http, (PushPlanView? Plan, string Why) answer) => answer.Plan is { } plan
        ? http.BytesAsync(202, "application/json", JsonSerializer.SerializeToUtf8Bytes(plan, ApiJson.Default.PushPlanView))
        : http.ProblemAsync(new ProblemView(409, "Conflict", answer.Why, "no"));

    // Commands are run for it: never for one that does not show the key.
    private Task AnswerAsync(HttpContext http) => WithAsync(http, async service =>
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted); // bounded by the server
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (keys is not null && !NodeSignature.IsRight(keys.Current, http.Request.Headers.Authorization, "POST", target, bytes.Span))
        {
            await http.ProblemAsync(new ProblemView(401, "Unauthorized", "nodes of this cluster sign what they ask"));
            return;
        }

        try
        {
            if (JsonSerializer.Deserialize(bytes.Span, ApiJson.Default.PushCallView) is { } call)
            {
                await http.JsonAsync(await service.AnswerAsync(call), ApiJson.Default.PushReportView);
                return;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        await http.ProblemAsync(new ProblemView(400, "Bad Request", "the body is no JSON object that nodes ask about pushes with"));
    });
}

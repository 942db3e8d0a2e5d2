using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Election;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>Who leads, and who plays which part; and what nodes say to each other about it by HTTP.</summary>
/// <param name="source">Where answers come from.</param>
/// <param name="ask">What the node knows.</param>
/// <param name="nodePatience">How long the node's loop has for an answer.</param>
internal sealed class ElectionEndpoints(ApiSource source, Func<HttpContext, Task<ApiSnapshot>> ask, TimeSpan nodePatience)
{
    /// <summary>All of them.</summary>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("/api/v1/leader", async (http, _) => await http.JsonAsync(LeaderView.Of(await ask(http)), ApiJson.Default.LeaderView)),
        new("/api/v1/colors", async (http, _) => await http.JsonAsync(ColorsView.Of(await ask(http)), ApiJson.Default.ColorsView)),
        new("/message", (http, _) => PostOnlyAsync(http), PassAsync) { IsBetweenNodes = true },
        new("/register", (http, _) => RegisterAsync(http)) { IsBetweenNodes = true },
    ];

    // Seed 002: a follower registers by GET, and the answer holds its colour.
    private async Task RegisterAsync(HttpContext http)
    {
        if (!IsSigned(http, default))
        {
            await http.ProblemAsync(new ProblemView(401, "Unauthorized", "nodes of this cluster sign what they ask"));
            return;
        }

        if (!NodeId.TryParse(http.Request.Query["node"].ToString(), out var node))
        {
            await http.ProblemAsync(new ProblemView(400, "Bad Request", "/register?node= takes the id of a node, 32 hexadecimal digits"));
            return;
        }

        var colouring = source.Register is { } register
            ? await register(node, http.RequestAborted).WaitAsync(nodePatience, http.RequestAborted)
            : null;
        if (colouring is null)
            await http.ProblemAsync(new ProblemView(409, "Conflict", "this node does not lead, or does not know that one yet"));
        else
            await http.BytesAsync(200, "application/json", RegistrationJson.Write(colouring, node));
    }

    private static Task PostOnlyAsync(HttpContext http)
    {
        http.Response.Headers.Allow = "POST";
        return http.ProblemAsync(
            new ProblemView(405, "Method Not Allowed", "what can be done here is POST: a message of the ring, in JSON"));
    }

    // Seed 001: one endpoint carries everything.
    private async Task PassAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted); // bounded by the server
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (!IsSigned(http, bytes.Span))
        {
            await http.ProblemAsync(new ProblemView(401, "Unauthorized", "nodes of this cluster sign what they say"));
            return;
        }

        if (!RingJson.TryRead(bytes.Span, out var message, out var fault))
        {
            await http.ProblemAsync(new ProblemView(400, "Bad Request", fault));
            return;
        }

        if (source.Pass is not { } pass)
        {
            await http.ProblemAsync(new ProblemView(404, "Not Found", "this node takes no part in elections"));
            return;
        }

        var (refusal, known) = await pass(message, http.RequestAborted).WaitAsync(nodePatience, http.RequestAborted);
        if (refusal is null)
        {
            await http.BytesAsync(200, "application/json", "{}"u8.ToArray());
            return;
        }

        if (refusal == RingRefusal.Stale)
            http.Response.Headers[ElectionCalls.TermHeader] = ElectionCalls.WordOf(known);
        await http.ProblemAsync(refusal.IsOfItsTime
            ? new ProblemView(409, "Conflict", refusal.Why)
            : new ProblemView(400, "Bad Request", refusal.Why));
    }

    private bool IsSigned(HttpContext http, ReadOnlySpan<byte> body)
    {
        if (source.Keys is not { } keys)
            return true;
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return NodeSignature.IsRight(keys.Current, http.Request.Headers.Authorization, http.Request.Method, target, body);
    }
}

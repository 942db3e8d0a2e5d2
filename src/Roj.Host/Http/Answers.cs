using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>How answers are written: whole, with their length, never to be kept or guessed at.</summary>
internal static class Answers
{
    public static Task JsonAsync<T>(this HttpContext http, T view, JsonTypeInfo<T> type) =>
        http.BytesAsync(200, "application/json", JsonSerializer.SerializeToUtf8Bytes(view, type));

    public static Task ProblemAsync(this HttpContext http, ProblemView problem) => http.BytesAsync(
        problem.Status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Default.ProblemView));

    public static Task BytesAsync(
        this HttpContext http, int status, string type, ReadOnlyMemory<byte> body, string policy = "default-src 'self'")
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = policy;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}

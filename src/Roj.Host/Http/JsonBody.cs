using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Roj.Host.Http;

/// <summary>The body of a request, in JSON and nothing that a page's form may send without asking (W3C Fetch, "CORS-safelisted").</summary>
internal static class JsonBody
{
    private const string Json = "application/json";

    /// <summary>Reads it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="shape">What it is to be, in words.</param>
    /// <returns>It, or what is wrong with it.</returns>
    public static async Task<(T? Body, string Fault)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, string shape)
        where T : class
    {
        if (!string.Equals(http.Request.ContentType?.Split(';')[0].Trim(), Json, StringComparison.OrdinalIgnoreCase))
            return (null, "the body must be JSON, and say so: Content-Type: application/json");
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        try
        {
            return (JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type), $"the body is no {shape}");
        }
        catch (JsonException)
        {
            return (null, $"the body is no {shape}"); // cut off, or no object with these members
        }
    }
}

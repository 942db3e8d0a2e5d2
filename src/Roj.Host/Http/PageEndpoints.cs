using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>The page: files that are part of the program. It holds nothing of the node, so it is read without a token; what it shows it
/// asks the API for, like everybody.</summary>
internal static class PageEndpoints
{
    // Nothing from elsewhere, nothing inline, in nobody's frame.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Folder = "page/";

    private static readonly Lazy<SortedDictionary<string, byte[]>> files = new(Read);

    /// <summary>All of them.</summary>
    public static IEnumerable<ApiRoute> Routes =>
    [
        new("/", (http, _) => AnswerAsync(http, "index.html")) { IsOpen = true, IsPage = true },
        new("/page/{file}", AnswerAsync) { IsOpen = true },
    ];

    private static Task AnswerAsync(HttpContext http, string name)
    {
        if (!files.Value.TryGetValue(name, out var bytes))
            return http.ProblemAsync(new ProblemView(404, "Not Found", "the page has no such file"));
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin"; // whoever opened it has no hold of it
        return http.BytesAsync(200, TypeOf(name), bytes, Policy);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };

    private static SortedDictionary<string, byte[]> Read()
    {
        var found = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var assembly = typeof(PageEndpoints).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[resource.Length];
            resource.ReadExactly(bytes);
            found.Add(name[Folder.Length..], bytes);
        }

        return found;
    }
}

using Microsoft.AspNetCore.Http;

namespace Roj.Host.Http;

/// <summary>One thing that can be asked for.</summary>
/// <param name="Template">Its path; <c>{node}</c> stands for one segment that is not empty.</param>
/// <param name="Answer">Answers; the text is what stood for the segment, empty where the template has none.</param>
/// <param name="Post">Answers to POST, which brings JSON; null where nothing can be changed.</param>
internal sealed record ApiRoute(string Template, Func<HttpContext, string, Task> Answer, Func<HttpContext, Task>? Post = null)
{
    private readonly string[] parts = Template[1..].Split('/');

    /// <summary>What DELETE does here; null where it is not allowed.</summary>
    public Func<HttpContext, string, Task>? Delete { get; init; }

    /// <summary>Bytes of what POST brings at most.</summary>
    public int BodyBytesMax { get; init; } = ApiOptions.BodyBytesMax;

    /// <summary>Whether it is read without a token, though the cluster has a key.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it is shown to people: links from anywhere may lead there.</summary>
    public bool IsPage { get; init; }

    /// <summary>Whether nodes ask it of each other: where the cluster has a key it is signed, and no token is asked for.</summary>
    public bool IsBetweenNodes { get; init; }

    /// <summary>What the header <c>Allow</c> says.</summary>
    public string Allowed => "GET, HEAD" + (Post is null ? "" : ", POST") + (Delete is null ? "" : ", DELETE");

    /// <summary>Whether a path is meant by this route, and what stands in its open segment.</summary>
    public bool Matches(string[] segments, out string value)
    {
        value = "";
        if (segments.Length != parts.Length)
            return false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].StartsWith('{') && segments[i].Length > 0)
                value = segments[i];
            else if (parts[i] != segments[i])
                return false;
        }

        return true;
    }
}

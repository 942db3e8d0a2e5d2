namespace Roj.Host.Http;

/// <summary>The path of a request as its segments, decoded once each.</summary>
internal static class RequestPath
{
    /// <summary>Takes a request target apart; null if a segment climbs (<c>..</c>, however it is written), or is no text.</summary>
    /// <remarks>Segments are decoded after they were parted, so that <c>%2f</c> is a character of a name and never a border: no path of
    /// ours leads to a file, and none shall ever look as if it did.</remarks>
    public static string[]? Split(string target)
    {
        var path = target.AsSpan(0, target.IndexOfAny(['?', '#']) is var end and >= 0 ? end : target.Length);
        if (path is not ['/', ..])
            return null;
        var segments = path[1..].ToString().Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
            if (segments[i].Any(char.IsControl) || Climbs(segments[i]))
                return null;
        }

        return segments;
    }

    private static bool Climbs(string segment) => segment.Split('/', '\\').Any(part => part is "." or "..");
}

namespace Roj.Files.Metadata;

/// <summary>Which announce URLs (BEP 3) are kept: absolute ones that name a host; which schemes are spoken is another matter.</summary>
public static class AnnounceUrl
{
    /// <summary>Characters of a URL: what common HTTP servers take.</summary>
    public const int LengthMax = 2048;

    /// <summary>URLs of one file, in all tiers: what is beyond is passed over.</summary>
    public const int CountMax = 64;

    /// <summary>Whether <paramref name="url"/> is absolute, names a host and is plain, visible ASCII.</summary>
    public static bool IsUsable(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        // Visible ASCII only: no line of a log, or of HTTP, can be broken by it.
        return url.Length is > 0 and <= LengthMax && !url.AsSpan().ContainsAnyExceptInRange('!', '~') &&
            url.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0;
    }
}

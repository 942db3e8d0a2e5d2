using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roj.Files.Tracking;

/// <summary>Where a tracker is asked: an <c>http:</c> URL (RFC 3986), such as <c>http://192.168.7.11:6881/announce</c>.</summary>
/// <param name="Host">A name or an IPv4 address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Target">Path and query, as a request line has them.</param>
public sealed record TrackerUrl(string Host, ushort Port, string Target)
{
    /// <summary>Characters of a URL at most.</summary>
    public const int LengthMax = 2048;

    private const string Scheme = "http://";
    private const ushort StandardPort = 80;

    /// <summary>Host and port as a <c>Host</c> header has them (RFC 9110, 7.2).</summary>
    public string Authority => Port == StandardPort ? Host : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads a URL that may be hostile.</summary>
    /// <param name="text">The URL; what stands behind a <c>#</c> is for whoever reads the answer, and dropped.</param>
    /// <param name="url">What was read.</param>
    /// <param name="fault">Why it can't be used, for people.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TrackerUrl? url, [NotNullWhen(false)] out string? fault)
    {
        url = null;
        text ??= "";
        fault = Fault(text);
        if (fault is not null)
            return false;
        var rest = text.AsSpan(Scheme.Length);
        var fragment = rest.IndexOf('#');
        rest = fragment < 0 ? rest : rest[..fragment];
        var path = rest.IndexOfAny('/', '?');
        var authority = path < 0 ? rest : rest[..path];
        var target = path < 0 ? "/" : rest[path] == '/' ? rest[path..].ToString() : $"/{rest[path..]}";
        var colon = authority.IndexOf(':');
        var host = colon < 0 ? authority : authority[..colon];
        var port = StandardPort;
        var hasPort = colon >= 0 && colon + 1 < authority.Length; // "http://host:/" has none (RFC 3986, 3.2.3)
        if (hasPort && !ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port))
            port = 0;
        if (port == 0 || host.IsEmpty || !IsHost(host))
        {
            fault = "there is no host and port that can be called";
            return false;
        }

        url = new TrackerUrl(host.ToString().ToLowerInvariant(), port, target);
        return true;
    }

    /// <summary>The same tracker with <paramref name="request"/> in its query: what the request line asks for.</summary>
    public string TargetFor(AnnounceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return $"{Target}{(Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{request.Query()}";
    }

    /// <summary>The URL.</summary>
    public override string ToString() => $"{Scheme}{Authority}{Target}";

    private static string? Fault(string text)
    {
        if (text.Length > LengthMax)
            return $"it is longer than {LengthMax} characters";
        if (text.Any(c => c is <= ' ' or > '~')) // a line feed would make two requests of one
            return "it has a character that no URL has";
        if (text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        return colon > 0 ? $"{text[..colon]}: is not spoken here, http: alone" : "it is no URL";
    }

    // No brackets of IPv6 and no user's name or password.
    private static bool IsHost(ReadOnlySpan<char> host)
    {
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '.' and not '-' and not '_')
                return false;
        }

        return true;
    }
}

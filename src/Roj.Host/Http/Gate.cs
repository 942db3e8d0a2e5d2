using System.Globalization;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Http;

/// <summary>Who may come in: without a key whoever is on a local network, with one whoever has its token; to change something, from this
/// host alone; and no web page but our own.</summary>
/// <remarks>A page that a user of this host visits can make his browser call us, with his address. It can't forge <c>Host</c>, which names
/// whom the browser believes to call (so that a name that was rebound to our address gives itself away), nor <c>Origin</c> and
/// <c>Sec-Fetch-Site</c>, which name who calls. Nothing is sent that would allow another origin to read an answer (CORS).</remarks>
internal static class Gate
{
    /// <summary>Whether a method changes nothing.</summary>
    public static bool IsRead(string method) => method is "GET" or "HEAD";

    /// <summary>Whether a caller is on the node's own host: it calls from the loopback, or from the very address that it calls. From
    /// outside no host can do either: a kernel drops what comes from the wire with its own address (RFC 1812, 5.3.7).</summary>
    public static bool IsOwnHost(uint remote, uint local) => Addresses.IsLoopback(remote) || (remote == local && remote != 0);

    /// <summary>Why the caller is refused; null if it may come in.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="name">The node's own name.</param>
    /// <param name="token">Looks at the caller's token, if all else is well; null where the cluster has no key.</param>
    public static ProblemView? Judge(in ApiCaller caller, string name, Func<TokenVerdict>? token = null)
    {
        if (JudgePage(caller, name) is { } refusal)
            return refusal;
        return token is null ? JudgeWithoutKey(caller) : JudgeWithKey(caller, token);
    }

    /// <summary>Why a caller is refused that may be another node; null if it may come in. Where there is a key, what it asks is signed, and
    /// looked at by who answers.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="name">The node's own name.</param>
    /// <param name="hasKey">Whether the cluster has a key.</param>
    public static ProblemView? JudgeNode(in ApiCaller caller, string name, bool hasKey) => JudgePage(caller, name)
        ?? (hasKey || Addresses.IsLocal(caller.Remote)
            ? null
            : Forbidden("without a cluster key only loopback, link-local and private addresses have access"));

    private static ProblemView? JudgePage(in ApiCaller caller, string name)
    {
        if (caller.Host is not { } host)
            return new ProblemView(400, "Bad Request", "a request has one Host header");
        if (!IsOwn(host, caller.Local, name))
            return Forbidden($"the Host header must name this node: {Endpoint.AddressText(caller.Local)}, localhost or {name}");
        if (caller.Origin is { } origin && !string.Equals(origin, "http://" + host, StringComparison.OrdinalIgnoreCase))
            return Forbidden("pages of another origin have no access");
        // A page at another port of this host is "same-site", and as foreign as any.
        // Who follows a link to the page from elsewhere comes from there; it tells nothing before its own scripts ask.
        if (caller.FetchSite is not (null or "same-origin" or "none") && caller is not { IsVisit: true, IsWrite: false })
            return Forbidden("pages of another site have no access");
        return null;
    }

    private static ProblemView? JudgeWithoutKey(in ApiCaller caller)
    {
        if (!Addresses.IsLocal(caller.Remote))
            return Forbidden("without a cluster key only loopback, link-local and private addresses have access");
        return caller.IsWrite && !IsOwnHost(caller.Remote, caller.Local)
            ? Forbidden("without a cluster key changes are made from the node's own host only")
            : null;
    }

    private static ProblemView? JudgeWithKey(in ApiCaller caller, Func<TokenVerdict> token)
    {
        if (caller is { IsOpen: true, IsWrite: false } && Addresses.IsLocal(caller.Remote))
            return null;
        if (token() is not TokenVerdict.Right and var verdict)
            return Refused(verdict);
        // HTTP is not encrypted: a token that was overheard must not be worth a change (decision 0037).
        return caller.IsWrite && !IsOwnHost(caller.Remote, caller.Local)
            ? Forbidden("changes are made from the node's own host only, as a token that crosses a network can be overheard: log in there")
            : null;
    }

    private static ProblemView Refused(TokenVerdict verdict)
    {
        const string How = "the header 'Authorization: Bearer TOKEN', once; a node keeps TOKEN in the file 'token' of its data directory";
        return verdict switch
        {
            TokenVerdict.Missing => new ProblemView(401, "Unauthorized", $"this cluster has a key: send {How}"),
            TokenVerdict.TooOften => new ProblemView(429, "Too Many Requests", "your address sent too many wrong tokens: wait a second"),
            _ => new ProblemView(401, "Unauthorized", $"that is not this cluster's token, or not any more: send {How}"),
        };
    }

    // Any port: who forwards one (ssh -L) comes with its number, and a name that is ours by every port is ours.
    private static bool IsOwn(string host, uint local, string name)
    {
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && !ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return false;
        var called = colon < 0 ? host : host[..colon];
        return called == Endpoint.AddressText(local)
            || called.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || called.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static ProblemView Forbidden(string why) => new(403, "Forbidden", why);
}

namespace Roj.Host.Http;

/// <summary>Of a request, all that decides whether it may come in, but for its token.</summary>
/// <param name="Remote">The caller's address.</param>
/// <param name="Local">The address that it called.</param>
/// <param name="IsWrite">Whether it would change something: any method but GET and HEAD.</param>
/// <param name="Host">The header, if it is there once; else null.</param>
/// <param name="Origin">The header: the page that a browser sends this for; null if there is none.</param>
/// <param name="FetchSite">The header <c>Sec-Fetch-Site</c>; null if there is none.</param>
/// <param name="IsOpen">Whether it asks for what needs no token.</param>
/// <param name="IsVisit">Whether somebody follows a link to the page: a browser is to show it by itself, to nobody else's script.</param>
internal readonly record struct ApiCaller(
    uint Remote, uint Local, bool IsWrite, string? Host, string? Origin, string? FetchSite, bool IsOpen = false, bool IsVisit = false);

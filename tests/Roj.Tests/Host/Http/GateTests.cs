using System.Net;
using Roj.Host.Http;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Who may come in, row by row; the same over sockets in <see cref="ApiBadInputTests"/>.</summary>
public class GateTests
{
    [Theory]
    // who, where, write, host, origin, site, status
    [InlineData("127.0.0.1", "127.0.0.1", false, "127.0.0.1:7070", null, null, 0)]
    [InlineData("127.0.0.1", "127.0.0.1", true, "localhost:7070", null, null, 0)]
    [InlineData("192.168.7.11", "192.168.7.11", true, "192.168.7.11:7070", null, null, 0)] // from this host, by its own address
    [InlineData("127.0.0.1", "127.0.0.1", false, "LOCALHOST", null, null, 0)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "Earth:8080", null, null, 0)] // forwarded from another port
    [InlineData("192.168.7.12", "192.168.7.11", false, "192.168.7.11:7070", null, null, 0)]
    [InlineData("10.1.2.3", "10.1.2.4", false, "earth:7070", null, "none", 0)]
    [InlineData("169.254.1.1", "169.254.1.2", false, "169.254.1.2", null, null, 0)]
    [InlineData("127.0.0.1", "127.0.0.1", true, "localhost:7070", "http://localhost:7070", "same-origin", 0)] // our own page
    // The host must be ours.
    [InlineData("127.0.0.1", "127.0.0.1", false, null, null, null, 400)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "evil.example:7070", null, null, 403)] // rebound to us
    [InlineData("127.0.0.1", "127.0.0.1", false, "127.0.0.2:7070", null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost.evil.example", null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070:1", null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:99999", null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "2130706433", null, null, 403)] // 127.0.0.1, as browsers read it
    [InlineData("127.0.0.1", "127.0.0.1", false, "[::1]:7070", null, null, 403)]
    // No page of another origin, for reading neither.
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", "http://evil.example", null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", "https://localhost:7070", null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", "null", null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", "", null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", null, "cross-site", 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", null, "same-site", 403)]
    [InlineData("127.0.0.1", "127.0.0.1", false, "localhost:7070", null, "", 403)]
    // Nobody from outside, and no write but from this host.
    [InlineData("8.8.8.8", "192.168.7.11", false, "192.168.7.11", null, null, 403)]
    [InlineData("192.168.7.12", "192.168.7.11", true, "192.168.7.11", null, null, 403)]
    [InlineData("0.0.0.0", "192.168.7.11", false, "192.168.7.11", null, null, 403)] // of another family
    public void A_caller_is_judged(
        string remote, string local, bool isWrite, string? host, string? origin, string? site, int status) => Assert.Equal(
        status, Gate.Judge(new ApiCaller(Number(remote), Number(local), isWrite, host, origin, site), "earth")?.Status ?? 0);

    [Theory]
    [InlineData("cross-site", false, true, 0)] // a link to the page, from anywhere
    [InlineData("same-site", false, true, 0)]
    [InlineData("cross-site", true, true, 403)]
    [InlineData("cross-site", false, false, 403)]
    public void Links_lead_to_the_page_and_to_nothing_else(string site, bool isWrite, bool isVisit, int status)
    {
        var caller = new ApiCaller(Number("127.0.0.1"), Number("127.0.0.1"), isWrite, "localhost", null, site, true, isVisit);
        Assert.Equal(status, Gate.Judge(caller, "earth")?.Status ?? 0);
    }

    [Theory]
    // who, where, what, host, origin, site, its token, status
    [InlineData("127.0.0.1", "127.0.0.1", "read", "localhost", null, null, "Right", 0)]
    [InlineData("127.0.0.1", "127.0.0.1", "write", "localhost", null, null, "Right", 0)]
    [InlineData("192.168.7.11", "192.168.7.11", "write", "192.168.7.11", null, null, "Right", 0)] // from this host, by its own address
    [InlineData("192.168.7.12", "192.168.7.11", "read", "192.168.7.11", null, null, "Right", 0)]
    [InlineData("8.8.8.8", "192.168.7.11", "read", "192.168.7.11", null, null, "Right", 0)] // who has the token, from anywhere
    [InlineData("127.0.0.1", "127.0.0.1", "write", "localhost:7070", "http://localhost:7070", "same-origin", "Right", 0)]
    // The token must be there, from this host too.
    [InlineData("127.0.0.1", "127.0.0.1", "read", "localhost", null, null, "Missing", 401)]
    [InlineData("127.0.0.1", "127.0.0.1", "write", "localhost", null, null, "Wrong", 401)]
    [InlineData("192.168.7.12", "192.168.7.11", "read", "192.168.7.11", null, null, "Wrong", 401)]
    [InlineData("192.168.7.12", "192.168.7.11", "write", "192.168.7.11", null, null, "Missing", 401)]
    [InlineData("192.168.7.12", "192.168.7.11", "read", "192.168.7.11", null, null, "TooOften", 429)]
    [InlineData("8.8.8.8", "192.168.7.11", "read", "192.168.7.11", null, null, "Missing", 401)]
    // No change from another host: the token was readable on its way.
    [InlineData("192.168.7.12", "192.168.7.11", "write", "192.168.7.11", null, null, "Right", 403)]
    [InlineData("8.8.8.8", "192.168.7.11", "write", "192.168.7.11", null, null, "Right", 403)]
    [InlineData("0.0.0.0", "0.0.0.0", "write", "localhost", null, null, "Right", 403)] // of another family
    // What is open is so for local networks; nothing is changed by it.
    [InlineData("192.168.7.12", "192.168.7.11", "open", "192.168.7.11", null, null, "Missing", 0)]
    [InlineData("192.168.7.12", "192.168.7.11", "open", "192.168.7.11", null, null, "TooOften", 0)]
    [InlineData("8.8.8.8", "192.168.7.11", "open", "192.168.7.11", null, null, "Missing", 401)]
    [InlineData("8.8.8.8", "192.168.7.11", "open", "192.168.7.11", null, null, "Right", 0)]
    [InlineData("127.0.0.1", "127.0.0.1", "open write", "localhost", null, null, "Missing", 401)]
    // A right token does not help a page of another origin, nor a name that was rebound; and the token is not even looked at.
    [InlineData("127.0.0.1", "127.0.0.1", "read", "evil.example", null, null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", "read", null, null, null, null, 400)]
    [InlineData("127.0.0.1", "127.0.0.1", "open", "evil.example", null, null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", "read", "localhost", "http://evil.example", null, null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", "write", "localhost", null, "cross-site", null, 403)]
    [InlineData("127.0.0.1", "127.0.0.1", "open", "localhost", null, "same-site", null, 403)]
    public void A_caller_is_judged_where_there_is_a_key(
        string remote, string local, string what, string? host, string? origin, string? site, string? token, int status)
    {
        var caller = new ApiCaller(
            Number(remote), Number(local), what.EndsWith("write", StringComparison.Ordinal), host, origin, site, what.StartsWith('o'));
        var refusal = Gate.Judge(
            caller, "earth", () => Enum.Parse<TokenVerdict>(token ?? throw new InvalidOperationException("It was looked at.")));
        Assert.Equal(status, refusal?.Status ?? 0);
    }

    [Theory]
    [InlineData("/api/v1/members/a%20b?x=/../", "api|v1|members|a b")]
    [InlineData("/api/v1/members/a%2fb", "api|v1|members|a/b")]
    [InlineData("/", "")]
    [InlineData("/a..b/...", "a..b|...")]
    [InlineData("/a/../b", null)]
    [InlineData("/a/./b", null)]
    [InlineData("/a/%2e%2e/b", null)]
    [InlineData("/a/..%2fb", null)]
    [InlineData("/a/..%5Cb", null)]
    [InlineData("/a/x%2f..%2f..%2fb", null)]
    [InlineData("/a%00b", null)]
    [InlineData("/a%0d%0ab", null)]
    [InlineData("*", null)]
    [InlineData("", null)]
    public void A_path_is_taken_apart(string target, string? segments) =>
        Assert.Equal(segments, RequestPath.Split(target) is { } split ? string.Join('|', split) : null);

    private static uint Number(string address) =>
        BitConverter.ToUInt32([.. IPAddress.Parse(address).GetAddressBytes().Reverse()]);
}

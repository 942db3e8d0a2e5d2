using System.Net.Sockets;
using System.Text;
using Roj.Host.Http;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>Bad input, sent to the real server: it answers in words or hangs up, and serves the next as before.</summary>
public sealed class ApiBadInputTests
{
    private static ClusterKey Key { get; } = ClusterKey.Create();

    private static string Authorization => $"Authorization: Bearer {AccessToken.Of(Key)}";

    public static TheoryData<string, string, int[]> Requests => new()
    {
        { "foreign host", "GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n", [403] },
        { "no host", "GET /api/v1/status HTTP/1.1\r\n\r\n", [400] },
        { "no host, HTTP/1.0", "GET /api/v1/status HTTP/1.0\r\n\r\n", [400] },
        { "empty host", "GET /api/v1/status HTTP/1.1\r\nHost:\r\n\r\n", [400] },
        { "two hosts", "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", [400] },
        { "two hosts, one foreign", "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", [400] },
        { "foreign host in the target", "GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        { "foreign host twice", "GET http://evil.example/api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n", [403] },
        { "climbing", "GET /api/v1/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        { "climbing plainly", "GET /api/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        { "climbing by backslash", "GET /api/v1/members/..%5c..%5cx HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        { "NUL", "GET /api/v1/members/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        {
            "both lengths",
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            [400]
        },
        { "two lengths", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", [400] },
        { "length -1", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", [400] },
        { "length 2^63", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9223372036854775808\r\n\r\n", [400] },
        { "long body", $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {ApiOptions.BodyBytesMax + 1}\r\n\r\nx", [413] },
        { "body without need", "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", [400] },
        { "100 KiB header", $"GET / HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 100 * 1024)}\r\n\r\n", [431] },
        { "100 KiB of headers", $"GET / HTTP/1.1\r\nHost: localhost\r\n{Repeat("X: xxxxxxxx\r\n", 8192)}\r\n", [431] },
        { "100 KiB target", $"GET /{new string('x', 100 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n", [414] },
        { "folded header", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", [400] },
        { "NUL in a header", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", [400] },
        { "no HTTP", "\x13BitTorrent protocol\0\0\0\0\0\0\0\0\r\n\r\n", [400] },
        { "HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [0] }, // a frame that says farewell, in HTTP/2
        { "CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", [403] },
        { "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", [400] },
        { "a write where none is", "DELETE /api/v1/members HTTP/1.1\r\nHost: localhost\r\n\r\n", [405] },
        { "nothing there", "GET /api/v2/status HTTP/1.1\r\nHost: localhost\r\n\r\n", [404] },
        { "nobody there", "GET /api/v1/members/nobody HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [404] },
        {
            "a page of another origin reads", "GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", [403]
        },
        {
            "a page of another origin commands",
            "POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
            [403]
        },
        {
            "a page of another origin asks whether it may",
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n\r\n",
            [403]
        },
        {
            "a form of another site commands",
            "DELETE /api/v1/members/pluto HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\r\n",
            [403]
        },
        { "two origins", "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example\r\n\r\n", [403] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Bad_input_is_refused(string what, string request, int[] statuses)
    {
        await using var api = await RunningApi.StartAsync();
        await RefusedAsync(api, what, request, statuses);
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/api/v1/status")));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Bad_input_is_refused_with_a_key_too(string what, string request, int[] statuses)
    {
        await using var api = await RunningApi.StartAsync(keys: new ClusterKeys(Keyring.Of([Key])));
        // Without the token it is refused for that, or before; with it, for what it is.
        await RefusedAsync(api, what, request, [.. statuses, 401]);
        var head = request.IndexOf("\r\n", StringComparison.Ordinal) + 2;
        if (!request.StartsWith("PRI", StringComparison.Ordinal)) // which is four bytes and no head
            await RefusedAsync(api, what, $"{request[..head]}{Authorization}\r\n{request[head..]}", statuses);
        Assert.Equal(200, RunningApi.Status(await api.GetAsync("/api/v1/status", Authorization)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_head_that_does_not_end_is_not_waited_for(bool hasKey)
    {
        await using var api = await RunningApi.StartAsync(
            options => options with { HeadPatience = TimeSpan.FromMilliseconds(300) },
            keys: hasKey ? new ClusterKeys(Keyring.Of([Key])) : null);
        var answer = await api.SendAsync("GET /api/v1/status HTTP/1.1\r\nHost: localh");
        Assert.Equal(408, RunningApi.Status(answer));
    }

    [Theory]
    [InlineData(false, "", 400)]
    [InlineData(true, "", 401)]
    [InlineData(true, "right", 400)]
    public async Task A_body_that_does_not_come_is_not_waited_for(bool hasKey, string token, int status)
    {
        await using var api = await RunningApi.StartAsync(keys: hasKey ? new ClusterKeys(Keyring.Of([Key])) : null);
        using var socket = await api.CallAsync();
        using var stream = new NetworkStream(socket);
        var line = token.Length > 0 ? Authorization + "\r\n" : "";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\n{line}Content-Length: 1000\r\n\r\nx"),
            TestContext.Current.CancellationToken);
        // RestAsync ends when the node hangs up, which it must though 999 bytes never came.
        Assert.Equal(status, RunningApi.Status(await RunningApi.RestAsync(stream)));
    }

    [Fact]
    public async Task Who_connects_too_often_is_cut_off_and_the_rest_go_on()
    {
        await using var api = await RunningApi.StartAsync();
        var callers = new List<Socket>();
        try
        {
            for (var i = 0; i < ApiOptions.ConnectionsPerAddressMax; i++)
                callers.Add(await api.CallAsync("127.0.0.9"));
            await Soon.UntilAsync(() => IsCutOff(api, "127.0.0.9").Result, "one more of that address is closed at once");
            Assert.Equal(200, RunningApi.Status(await api.GetAsync("/healthz"))); // others see nothing of it

            for (var i = callers.Count; i < ApiOptions.ConnectionsMax; i++)
                callers.Add(await api.CallAsync($"127.0.0.{10 + (i / ApiOptions.ConnectionsPerAddressMax)}"));
            await Soon.UntilAsync(() => IsCutOff(api, "127.0.0.1").Result, "one more in all is closed at once");
            callers.ForEach(socket => socket.Dispose());
            callers.Clear();
            await Soon.UntilAsync(() => RunningApi.Status(api.GetAsync("/healthz").Result) == 200, "there is room again");
        }
        finally
        {
            callers.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task RefusedAsync(RunningApi api, string what, string request, int[] statuses)
    {
        var answer = await api.SendAsync(request);
        Assert.True(statuses.Contains(RunningApi.Status(answer)), $"{what}: {answer}");
        // One answer, whatever followed; nothing that lets another origin read it.
        Assert.InRange(answer.Split("HTTP/1.1 ").Length - 1, 0, 1);
        Assert.DoesNotContain("Access-Control", answer, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<bool> IsCutOff(RunningApi api, string from)
    {
        try
        {
            using var socket = await api.CallAsync(from);
            using var stream = new NetworkStream(socket);
            await stream.WriteAsync(
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(),
                TestContext.Current.CancellationToken);
            return (await RunningApi.RestAsync(stream)).Length == 0;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return true; // reset, as early as that
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}

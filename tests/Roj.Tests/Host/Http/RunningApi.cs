using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>The real server on the loopback, asked by raw sockets.</summary>
internal sealed class RunningApi : IAsyncDisposable
{
    private readonly Meter meter = new("Roj");
    private ApiServer? server;
    private bool isDisposed;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ApiSnapshot Snapshot { get; set; } = Portrait.Snapshot(Portrait.Member(2, "pluto", MemberState.Dead, 30, 1));

    public EventLog Events { get; } = new();

    public Func<CancellationToken, Task<ApiSnapshot>>? Ask { get; set; }

    /// <summary>What comes of an eviction.</summary>
    public Func<NodeId, Eviction> Evict { get; set; } = _ => Eviction.Done;

    /// <summary>What comes of taking a vote away; null for nothing wrong.</summary>
    public Func<NodeId, string?> Unseat { get; set; } = _ => null;

    /// <summary>What comes of a registration; null where it is not heard.</summary>
    public Func<NodeId, Colouring?>? Register { get; set; }

    /// <summary>What comes of a message of the ring.</summary>
    public Func<RingMessage, (RingRefusal? Refusal, Term Known)> Pass { get; set; } = _ => (null, Term.None);

    /// <summary>Ends the node.</summary>
    public Action Stop { get; set; } = () => { };

    public Meter Meter => meter;

    public int Port => server!.Own.Port;

    /// <summary>Why it listens at one place alone.</summary>
    public string? Trouble => server!.Trouble;

    /// <summary>Starts it; with keys it wants a token, and how often that may be wrong in a second <paramref name="clock"/> says.</summary>
    public static async Task<RunningApi> StartAsync(
        Func<ApiOptions, ApiOptions>? change = null, FileService? files = null, ClusterKeys? keys = null, TimeProvider? clock = null)
    {
        var api = new RunningApi();
        var options = new ApiOptions { Listen = new Endpoint(0x7F000001, 0), Name = "earth" };
        var source = new ApiSource
        {
            Snapshot = cancelled => api.Ask?.Invoke(cancelled) ?? Task.FromResult(api.Snapshot),
            Events = api.Events,
            Evict = (id, _) => Task.FromResult(api.Evict(id)),
            Unseat = (id, _) => Task.FromResult(api.Unseat(id)),
            Register = (id, _) => Task.FromResult(api.Register?.Invoke(id)),
            Pass = (message, _) => Task.FromResult(api.Pass(message)),
            Stop = () => api.Stop(),
            Meter = api.meter,
            Files = files,
            Keys = keys,
            Clock = clock ?? TimeProvider.System,
        };
        api.server = await ApiServer.StartAsync(change?.Invoke(options) ?? options, source, Cancelled);
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        await server!.DisposeAsync();
        meter.Dispose();
    }

    /// <summary>A connection, from an address of this host.</summary>
    public async Task<Socket> CallAsync(string from = "127.0.0.1", string to = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to), Port), Cancelled);
        return socket;
    }

    /// <summary>A plain GET; all of the answer until the node hangs up.</summary>
    public Task<string> GetAsync(string path, params string[] headers) =>
        SendAsync($"{string.Join("\r\n", [$"GET {path} HTTP/1.1", $"Host: localhost:{Port}", "Connection: close", .. headers])}\r\n\r\n");

    /// <summary>The status of what is asked at one of its addresses by one of this host's; 0 if it hung up instead.</summary>
    public async Task<int> StatusAsync(
        string to, string host, string method = "GET", string path = "/api/v1/status", string from = "127.0.0.1")
    {
        try
        {
            using var socket = await CallAsync(from, to);
            using var stream = new NetworkStream(socket);
            var request = $"{method} {path} HTTP/1.1\r\nHost: {host}:{Port}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancelled);
            return Status(await RestAsync(stream));
        }
        catch (Exception failure) when ((failure as SocketException ?? failure.InnerException)
            is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            return 0; // before the call was through, or before all of the request was sent
        }
    }

    /// <summary>These bytes, and nothing after them; all of the answer until the node hangs up.</summary>
    public async Task<string> SendAsync(string request)
    {
        using var socket = await CallAsync();
        using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancelled);
        }
        catch (IOException)
        {
            // It hung up on a request that is too long: what it said before is still to be read.
        }

        return await RestAsync(stream);
    }

    public static async Task<string> RestAsync(NetworkStream stream)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(Soon.Limit) is var count and > 0)
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // Reset: it did not want the rest.
        }

        return answer.ToString();
    }

    public static int Status(string answer) =>
        answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3), null) : 0;

    public static string Body(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}

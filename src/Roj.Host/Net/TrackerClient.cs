using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Files.Tracking;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Asks trackers: an HTTP/1.1 GET for each announce, on a connection of its own (decision 0015 says why by hand).</summary>
/// <remarks>A request has 15 s in all, redirects included, of which it follows three; a response may have 1 MiB.</remarks>
internal sealed class TrackerClient(Endpoint own) : IDisposable
{
    private const int RedirectsMax = 3;
    private const int FirstBytes = 8 * 1024;

    // Sixteen times what a tracker on another continent takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SortedDictionary<string, CancellationTokenSource> underWay = new(StringComparer.Ordinal);

    /// <summary>Asks; one that is under way to the same tracker is given up.</summary>
    public async Task<TrackerReply> AskAsync(TrackerUrl tracker, AnnounceRequest request)
    {
        var name = tracker.ToString();
        if (underWay.Remove(name, out var older))
            await older.CancelAsync();
        using var patience = new CancellationTokenSource(Patience);
        underWay[name] = patience;
        try
        {
            return await GetAsync(tracker, tracker.TargetFor(request), patience.Token);
        }
        catch (OperationCanceledException)
        {
            var isNewest = underWay.GetValueOrDefault(name) == patience;
            return new TrackerReply(null, isNewest ? $"no answer within {Patience.TotalSeconds} s" : null);
        }
        catch (SocketException e)
        {
            return new TrackerReply(null, SystemReason.Of(e));
        }
        finally
        {
            if (underWay.GetValueOrDefault(name) == patience)
                underWay.Remove(name);
        }
    }

    /// <summary>Gives up what is under way.</summary>
    public void Dispose()
    {
        foreach (var request in underWay.Values.ToArray())
            request.Cancel();
        underWay.Clear();
    }

    private async Task<TrackerReply> GetAsync(TrackerUrl url, string target, CancellationToken patience)
    {
        for (var redirects = 0; ;)
        {
            if (await FetchAsync(url, target, patience) is not { } answer)
                return new TrackerReply(null, "its answer is no HTTP, or has no end");
            if (answer.Encoding is { } packed)
                return new TrackerReply(null, $"its answer is packed with {packed}, which was not asked for");
            if (answer is not { Status: 301 or 302 or 303 or 307 or 308, Location: { } location })
                return answer.Status == 200
                    ? new TrackerReply(answer.Body.ToArray(), null)
                    : new TrackerReply(null, $"it answers with HTTP status {answer.Status}");
            if (++redirects > RedirectsMax)
                return new TrackerReply(null, $"it sends us on more than {RedirectsMax} times");
            // Where it leads to has the query already, or wants none.
            var absolute = location.StartsWith('/') ? $"http://{url.Authority}{location}" : location;
            if (!TrackerUrl.TryParse(absolute, out var next, out var fault))
                return new TrackerReply(null, $"it sends us to where we can't go: {fault}");
            (url, target) = (next, next.Target);
        }
    }

    private async Task<HttpAnswer?> FetchAsync(TrackerUrl url, string target, CancellationToken patience)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // From our own address: it is the one that the tracker will tell others.
        socket.Bind(own.WithPort(0).ToSystem());
        await socket.ConnectAsync(await ResolveAsync(url, patience), patience);
        var request = Encoding.ASCII.GetBytes(
            $"GET {target} HTTP/1.1\r\nHost: {url.Authority}\r\nUser-Agent: Roj\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
        for (var sent = 0; sent < request.Length;)
            sent += await socket.SendAsync(request.AsMemory(sent), patience);

        var buffer = new byte[FirstBytes];
        for (var held = 0; ;)
        {
            if (held == buffer.Length)
                Array.Resize(ref buffer, Math.Min(2 * buffer.Length, HttpAnswer.BytesMax));
            var received = await socket.ReceiveAsync(buffer.AsMemory(held), patience);
            held += received;
            var status = HttpAnswer.TryRead(buffer.AsSpan(0, held), hasEnded: received == 0, out var answer);
            if (status != ReadStatus.NeedMore)
                return answer;
        }
    }

    private static async Task<EndPoint> ResolveAsync(TrackerUrl url, CancellationToken patience)
    {
        if (Endpoint.TryParseAddress(url.Host, out var address))
            return new Endpoint(address, url.Port).ToSystem();
        var addresses = await Dns.GetHostAddressesAsync(url.Host, AddressFamily.InterNetwork, patience);
        return addresses.Length > 0 ? new IPEndPoint(addresses[0], url.Port) : throw new SocketException((int)SocketError.HostNotFound);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Election;

/// <summary>Calls other nodes by HTTP, as the seeds do: a follower registers with its leader, and what goes round the ring is posted to the
/// right neighbour.</summary>
/// <remarks>At their HTTP API, or, if they have none, on the port between nodes: there under TLS where there is a key.</remarks>
internal sealed class ElectionCalls : IDisposable
{
    /// <summary>The header of a refusal that says which later term is known.</summary>
    public const string TermHeader = "Roj-Term";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient api;
    private readonly HttpClient between;
    private readonly ClusterKeys? keys;

    /// <summary>Calls from this address: others know the node by it.</summary>
    /// <param name="own">The address.</param>
    /// <param name="keys">The keys of the cluster, by which is signed what goes to an API; null where there are none.</param>
    /// <param name="tls">Shakes hands with nodes that are asked on the port between nodes; null as well.</param>
    public ElectionCalls(uint own, ClusterKeys? keys, Tls? tls)
    {
        this.keys = keys;
        api = Client(own, tls: null);
        between = Client(own, tls);
    }

    /// <summary>Registers with a leader.</summary>
    /// <returns>The colours; null if there was no answer, or another.</returns>
    public async Task<Colouring?> RegisterAsync(Member leader, NodeId self, Term term)
    {
        ArgumentNullException.ThrowIfNull(leader);
        try
        {
            var target = string.Create(CultureInfo.InvariantCulture, $"/register?node={self}&term={term.Counter}");
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{PlaceOf(leader)}{target}");
            using var response = await SendAsync(leader, request, target, default);
            if (response.StatusCode is not HttpStatusCode.OK)
                return null;
            var body = await response.Content.ReadAsByteArrayAsync();
            return RegistrationJson.TryRead(body, self, out var colouring, out _) is ReadStatus.Done ? colouring : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return null; // asked again
        }
    }

    /// <summary>Posts a message to the right neighbour.</summary>
    /// <returns>Whether it was answered; and the later term that the neighbour knows of, if that is why it refused.</returns>
    public async Task<(bool IsAnswered, Term? Later)> PostAsync(Member neighbour, RingMessage message)
    {
        ArgumentNullException.ThrowIfNull(neighbour);
        try
        {
            var body = RingJson.Write(message);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{PlaceOf(neighbour)}/message");
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await SendAsync(neighbour, request, "/message", body);
            // Who is overrun, or starts or ends, has not taken it; any other answer is one.
            if ((int)response.StatusCode is >= 500 or 429)
                return (false, null);
            return (true, response.Headers.TryGetValues(TermHeader, out var words) ? TermOf(words.First()) : null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return (false, null);
        }
    }

    /// <summary>A term as the header says it.</summary>
    public static string WordOf(Term term) => string.Create(CultureInfo.InvariantCulture, $"{term.Counter}.{term.Leader}");

    private static Term? TermOf(string word) =>
        word.Split('.') is [var counter, var leader]
        && ulong.TryParse(counter, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= Term.CounterMax && NodeId.TryParse(leader, out var node)
            ? new Term(number, node)
            : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        api.Dispose();
        between.Dispose();
    }

    // Who has no API is asked where nodes speak to each other (decision 0043).
    private static Endpoint PlaceOf(Member node) => HasApi(node) ? node.Node.WithPort(node.Profile.HttpPort) : node.Node;

    private static bool HasApi(Member node) => node.Profile.HttpPort != 0;

    private Task<HttpResponseMessage> SendAsync(Member to, HttpRequestMessage request, string target, ReadOnlyMemory<byte> body)
    {
        if (!HasApi(to))
            return between.SendAsync(request);
        if (keys?.Current is { } ring)
        {
            request.Headers.TryAddWithoutValidation(
                "Authorization", NodeSignature.Of(ring.First, request.Method.Method, target, body.Span));
        }

        return api.SendAsync(request);
    }

    private static HttpClient Client(uint own, Tls? tls) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = Patience,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = (context, giveUp) => ConnectAsync(own, context.DnsEndPoint, tls, giveUp),
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = RegistrationJson.LengthMax,
    };

    private static async ValueTask<Stream> ConnectAsync(uint own, DnsEndPoint node, Tls? tls, CancellationToken giveUp)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new Endpoint(own, 0).ToSystem());
            await socket.ConnectAsync(node, giveUp);
            if (tls is null)
                return new NetworkStream(socket, ownsSocket: true);
            return (await tls.CallAsync(socket, null, giveUp, Tls.Elections))?.Stream
                ?? throw new IOException("the other node holds no key of this cluster");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

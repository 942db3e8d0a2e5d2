using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary>Asks a running node by its HTTP API.</summary>
/// <remarks>No proxy is asked on the way: a node is near, and its answers are nobody else's. Who waits long
/// outlives a token, where keys are rotated: one that is refused is looked for again.</remarks>
internal sealed class NodeClient : IDisposable
{
    private const int AnswerBytesMax = 64 << 20; // 16,384 members of 4 KiB each

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TokenPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TokenPause = TimeSpan.FromMilliseconds(50);

    private readonly Uri node;
    private readonly Func<NodeToken> find;
    private readonly HttpClient http;
    private readonly HttpClient patient; // for what takes as long as it takes, such as hashing a file
    private NodeToken token;
    private bool wasLetIn;

    /// <summary>A client of one node.</summary>
    /// <param name="node">Where its API is.</param>
    /// <param name="find">Looks for what lets us in, if the cluster has a key; the node asked gets it, and nobody else: redirects are not
    /// followed.</param>
    public NodeClient(Uri node, Func<NodeToken> find)
    {
        (this.node, this.find, token) = (node, find, find());
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = ConnectPatience,
        };
        http = new HttpClient(handler) { BaseAddress = node, MaxResponseContentBufferSize = AnswerBytesMax, Timeout = AnswerPatience };
        patient = new HttpClient(handler) { BaseAddress = node, Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Where its API is.</summary>
    public Uri Node => node;

    public void Dispose()
    {
        http.Dispose();
        patient.Dispose();
    }

    /// <summary>The body of the answer, in JSON.</summary>
    /// <exception cref="AskException">There is no answer, or none that is wanted.</exception>
    public byte[] Get(string path) => Send(http, HttpMethod.Get, path);

    /// <summary>The same of something that is done away with, however long that takes.</summary>
    /// <exception cref="AskException">There is no answer, or none that is wanted.</exception>
    public byte[] Delete(string path) => Send(patient, HttpMethod.Delete, path);

    private byte[] Send(HttpClient client, HttpMethod method, string path) => Asked(() =>
    {
        using var response = Send(client, () =>
        {
            var request = new HttpRequestMessage(method, path);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            return request;
        });
        return Body(response);
    });

    /// <summary>Bytes that are no JSON.</summary>
    /// <exception cref="AskException">There is no answer, or none that is wanted.</exception>
    public byte[] GetBytes(string path) => Asked(() =>
    {
        using var response = Send(http, () => new HttpRequestMessage(HttpMethod.Get, path));
        return Body(response);
    });

    /// <summary>Has the node do something, and waits for as long as that takes; the body of the answer, in JSON.</summary>
    /// <exception cref="AskException">There is no answer, or the node refused.</exception>
    public byte[] Post(string path, byte[] json) => Post(patient, path, json, "application/json");

    /// <summary>Hands the node bytes, which it is to take soon or not at all.</summary>
    /// <exception cref="AskException">There is no answer, or the node refused.</exception>
    public byte[] PostBytes(string path, byte[] bytes) => Post(http, path, bytes, "application/octet-stream");

    /// <summary>Has the node do something that it tells of as long as it goes on; hanging up ends it. Who called disposes the
    /// answer.</summary>
    /// <exception cref="AskException">There is no answer, or the node refused.</exception>
    public HttpResponseMessage Open(string path) => Asked(() =>
    {
        var response = Send(patient, () => new HttpRequestMessage(HttpMethod.Post, path), HttpCompletionOption.ResponseHeadersRead);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            Body(response);
        throw new UnreachableException("what is no success is refused");
    });

    private byte[] Post(HttpClient client, string path, byte[] content, string type) => Asked(() =>
    {
        using var response = Send(client, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(content) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            return request;
        });
        return Body(response);
    });

    /// <summary>Tells each event of a stream as it happens, until the node ends it.</summary>
    /// <exception cref="AskException">There is no stream, or it broke.</exception>
    public void Follow(string path, Action<string> tell) => Asked(() =>
    {
        using var response = Send(
            http,
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
                return request;
            },
            HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(response.Content.ReadAsStream());
        if (!response.IsSuccessStatusCode)
            Require(response, Encoding.UTF8.GetBytes(lines.ReadToEnd()));
        // Our own node writes an event's data in one line; ids, heartbeats and what was missed are for clients that come again.
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                tell(line["data: ".Length..]);
        }

        return true;
    });

    private HttpResponseMessage Send(
        HttpClient client, Func<HttpRequestMessage> make, HttpCompletionOption until = HttpCompletionOption.ResponseContentRead)
    {
        HttpResponseMessage SendOnce()
        {
            using var request = make();
            request.Headers.Authorization = token.Header;
            return client.Send(request, until);
        }

        var response = SendOnce();
        if (response.StatusCode == HttpStatusCode.Unauthorized && LooksForAnother())
        {
            response.Dispose();
            response = SendOnce(); // what was refused has changed nothing
        }

        wasLetIn |= response.StatusCode != HttpStatusCode.Unauthorized;
        return response;
    }

    // A node takes a new token a moment before it writes it down: who was let in until now waits for that.
    private bool LooksForAnother()
    {
        var end = DateTime.UtcNow + (wasLetIn ? TokenPatience : TimeSpan.Zero);
        while (!HasAnother())
        {
            if (DateTime.UtcNow >= end)
                return false;
            Thread.Sleep(TokenPause);
        }

        return true;
    }

    private bool HasAnother()
    {
        var refused = token;
        token = find();
        return token.Header is { } header && !header.Equals(refused.Header);
    }

    private byte[] Body(HttpResponseMessage response)
    {
        using var body = response.Content.ReadAsStream();
        using var bytes = new MemoryStream();
        body.CopyTo(bytes);
        Require(response, bytes.ToArray());
        return bytes.ToArray();
    }

    private void Require(HttpResponseMessage response, byte[] body)
    {
        if (response.IsSuccessStatusCode)
            return;
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            throw new AskException("no Roj node", $"what listens there answers with HTTP status {status}", status);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            throw new AskException("refused", token.Advice(node), status);
        var problem = JsonSerializer.Deserialize(body, ApiJson.Default.ProblemView);
        throw new AskException("refused", problem?.Detail ?? $"HTTP status {status}", status);
    }

    private T Asked<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            throw new AskException("no node", $"nothing listens at {node.Authority}; start one with 'roj node', or name another: {How}");
        }
        catch (Exception e) when (e is TaskCanceledException or TimeoutException)
        {
            throw new AskException("no answer", $"{node.Authority} did not answer in time; is its address right? Name another: {How}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var cause = e.GetBaseException() is SocketException socket ? socket.Message : "what listens there speaks no HTTP, or hung up";
            throw new AskException("no node", $"{node.Authority} can't be asked: {cause}. Name another: {How}");
        }
        catch (JsonException)
        {
            throw new AskException("no Roj node", $"{node.Authority} answers with something else than a node does. Name another: {How}");
        }
    }

    private static string How => "--node http://ADDRESS:7070, or ROJ_NODE";
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary>Asks a running node by its HTTP API: a GET on a connection of its own.</summary>
/// <remarks>In HTTP/1.0, where an answer is never in chunks and ends with the connection (RFC 9112, 6.3), so that a socket and a reader of
/// lines are enough: see decision 0024 for what a client library would cost all commands.</remarks>
internal sealed class NodeClient(Uri node)
{
    private const string How = "--node http://ADDRESS:7070, or ROJ_NODE";
    private const int AnswerPatience = 10_000; // milliseconds; a node has two seconds
    private const int StreamPatience = 45_000; // milliseconds: three heartbeats

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    /// <summary>The body of the answer, in JSON.</summary>
    /// <exception cref="NodeException">There is no answer, or none that is wanted.</exception>
    public string Get(string path) => Asked(() =>
    {
        using var answer = Open(path, "application/json", AnswerPatience, out var length);
        var body = answer.ReadToEnd();
        return length is null || length == Encoding.UTF8.GetByteCount(body) ? body : throw new IOException("cut off");
    });

    /// <summary>Tells each event as it happens, the remembered ones first, until the node ends the stream.</summary>
    /// <exception cref="NodeException">There is no stream, or it broke.</exception>
    public void Follow(Action<string> tell) => Asked(() =>
    {
        using var lines = Open("/api/v1/events", "text/event-stream", StreamPatience, out _);
        // A node writes an event's data in one line; ids, heartbeats and what was missed are for clients that come again.
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
                tell(line["data: ".Length..]);
        }

        return true;
    });

    /// <summary>Asks, and reads the head of the answer; what is left in the reader is its body.</summary>
    private StreamReader Open(string path, string accept, int patience, out long? length)
    {
        var lines = new StreamReader(new NetworkStream(Connect(patience), ownsSocket: true));
        try
        {
            lines.BaseStream.Write(Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.0\r\nHost: {node.Authority}\r\nUser-Agent: roj\r\nAccept: {accept}\r\n\r\n"));
            var status = lines.ReadLine() is ['H', 'T', 'T', 'P', '/', '1', '.', _, ' ', .. { Length: >= 3 } rest]
                && int.TryParse(rest.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new IOException("no HTTP");
            var (type, bytes) = ("", (long?)null);
            while (lines.ReadLine() is { Length: > 0 } line)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                var (name, value) = colon < 0 ? (line, "") : (line[..colon].ToUpperInvariant(), line[(colon + 1)..].Trim());
                if (name == "CONTENT-TYPE")
                    type = value;
                else if (name == "CONTENT-LENGTH" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var said))
                    bytes = said;
            }

            length = bytes;
            return status == 200 && type == accept ? lines : throw Refusal(status, type, lines);
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    private Socket Connect(int patience)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = patience, SendTimeout = patience };
        try
        {
            using var limit = new CancellationTokenSource(ConnectPatience);
            EndPoint to = IPAddress.TryParse(node.Host, out var address)
                ? new IPEndPoint(address, node.Port)
                : new DnsEndPoint(node.Host, node.Port);
            socket.ConnectAsync(to, limit.Token).AsTask().GetAwaiter().GetResult();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static NodeException Refusal(int status, string type, StreamReader body) =>
        type == "application/problem+json" && JsonSerializer.Deserialize(body.ReadToEnd(), ApiJson.Default.ProblemView) is { } problem
            ? new NodeException("refused", problem.Detail, status)
            : new NodeException(
                "no Roj node",
                string.Create(CultureInfo.InvariantCulture, $"what listens there answers with HTTP status {status}"),
                status);

    private static bool IsTimeout(Exception? cause) => cause is SocketException { SocketErrorCode: SocketError.TimedOut };

    private T Asked<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            throw new NodeException("no node", $"nothing listens at {node.Authority}; start one with 'roj node', or name another: {How}");
        }
        catch (Exception e) when (e is OperationCanceledException || IsTimeout(e.InnerException))
        {
            throw new NodeException("no answer", $"{node.Authority} did not answer in time; is its address right? Name another: {How}");
        }
        catch (SocketException e)
        {
            throw new NodeException("no node", $"{node.Authority} can't be asked: {e.Message}. Name another: {How}");
        }
        catch (IOException)
        {
            throw new NodeException("no node", $"what listens at {node.Authority} speaks no HTTP, or hung up. Name another: {How}");
        }
        catch (JsonException)
        {
            throw new NodeException("no Roj node", $"{node.Authority} answers with something else than a node does. Name another: {How}");
        }
    }
}

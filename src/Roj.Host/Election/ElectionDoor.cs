using System.Globalization;
using System.Text;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Host.Net;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>Answers on the port between nodes what the HTTP API answers elsewhere: <c>GET /register</c> and <c>POST /message</c>, for nodes
/// that have no API (decision 0043).</summary>
/// <remarks>On the node's loop. Who is let in is the port's matter: by TLS where there is a key.</remarks>
/// <param name="own">The node's address.</param>
/// <param name="register">A follower registers (<see cref="ElectionService.Register(NodeId)"/>).</param>
/// <param name="pass">Something came round the ring (<see cref="ElectionService.Receive(RingMessage)"/>).</param>
internal sealed class ElectionDoor(
    uint own, Func<NodeId, Colouring?> register, Func<RingMessage, (RingRefusal? Refusal, Term Known)> pass)
{
    private const int FirstBytes = 1024;
    private const string RegisterPath = "/register?";

    private readonly string host = Endpoint.AddressText(own);

    /// <summary>Answers one request.</summary>
    /// <param name="channel">Whoever asks; the caller's to hang up on.</param>
    /// <param name="wait">What one more wait is given.</param>
    /// <exception cref="InvalidDataException">It made no sense, and was told so.</exception>
    public async Task AnswerAsync(Channel channel, Func<CancellationToken> wait)
    {
        var buffer = new byte[FirstBytes];
        for (var held = 0; ;)
        {
            var received = await channel.ReceiveAsync(buffer.AsMemory(held), wait());
            held += received;
            var status = NodeRequest.TryRead(buffer.AsSpan(0, held), host, out var request, out var fault);
            if (status is ReadStatus.Done)
            {
                await channel.SendAsync(Answer(request!), wait());
                return;
            }

            if (status is ReadStatus.Malformed || received == 0 || held == NodeRequest.BytesMax)
            {
                await channel.SendAsync(Write(status is ReadStatus.Malformed ? fault : 400, "nodes alone ask here"), wait());
                throw new InvalidDataException();
            }

            if (held == buffer.Length) // twice as much as came, not at once as much as was announced
                Array.Resize(ref buffer, Math.Min(2 * held, NodeRequest.BytesMax));
        }
    }

    /// <summary>The whole answer to a request.</summary>
    internal byte[] Answer(NodeRequest request) => request switch
    {
        { Method: "GET", Target: var target } when target.StartsWith(RegisterPath, StringComparison.Ordinal) =>
            Register(target[RegisterPath.Length..]),
        { Method: "POST", Target: "/message" } => Pass(request.Body.Span),
        _ => Write(404, "here are GET /register and POST /message"),
    };

    // Seed 002: a follower registers by GET, and the answer holds its colour.
    private byte[] Register(string query)
    {
        var nodes = query.Split('&').Where(part => part.StartsWith("node=", StringComparison.Ordinal)).ToArray();
        if (nodes is not [var said] || !NodeId.TryParse(said["node=".Length..], out var node))
            return Write(400, "/register?node= takes the id of a node, 32 hexadecimal digits");
        return register(node) is { } colouring
            ? Write(200, RegistrationJson.Write(colouring, node))
            : Write(409, "this node does not lead, or does not know that one yet");
    }

    // Seed 001: one endpoint carries everything.
    private byte[] Pass(ReadOnlySpan<byte> body)
    {
        if (!RingJson.TryRead(body, out var message, out var fault))
            return Write(400, fault);
        var (refusal, known) = pass(message);
        return refusal is null ? Write(200, "{}"u8)
            : Write(refusal.IsOfItsTime ? 409 : 400, refusal.Why, refusal == RingRefusal.Stale ? known : null);
    }

    private static byte[] Write(int status, string why, Term? later = null) =>
        Write(status, Encoding.UTF8.GetBytes(why + "\n"), "text/plain", later);

    private static byte[] Write(int status, ReadOnlySpan<byte> body, string type = "application/json", Term? later = null)
    {
        var reason = status switch
        {
            200 => "OK",
            403 => "Forbidden",
            404 => "Not Found",
            409 => "Conflict",
            413 => "Content Too Large",
            431 => "Request Header Fields Too Large",
            _ => "Bad Request",
        };
        var term = later is { } known ? $"{ElectionCalls.TermHeader}: {ElectionCalls.WordOf(known)}\r\n" : "";
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n"
            + $"X-Content-Type-Options: nosniff\r\n{term}Connection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}

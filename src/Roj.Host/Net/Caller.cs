using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Calls another node for a link or as a client: connects, shakes hands, says hello and hears one.</summary>
internal static class Caller
{
    /// <summary>Calls.</summary>
    /// <param name="node">Whom.</param>
    /// <param name="from">From which address; null for any.</param>
    /// <param name="own">What to say first.</param>
    /// <param name="tls">Shakes hands; null in the clear.</param>
    /// <param name="patience">For the connection, and for the rest.</param>
    /// <param name="over">What is said in the clear over a socket; null for the usual.</param>
    /// <returns>The connection, and what the other side said; null if it came to nothing.</returns>
    public static async Task<(Channel Channel, LinkHello Hello)?> CallAsync(
        Endpoint node, Endpoint? from, LinkHello own, Tls? tls, (TimeSpan Connect, TimeSpan Hello) patience,
        Func<Socket, PlainChannel>? over = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var plain = tls is null && over is not null ? over(socket) : new PlainChannel(socket); // the handshake has its own way with it
        Channel? channel = plain;
        using var giveUp = new CancellationTokenSource(patience.Connect);
        try
        {
            if (from is { } place)
                socket.Bind(place.WithPort(0).ToSystem());
            await plain.ConnectAsync(node.ToSystem(), giveUp.Token);
            giveUp.CancelAfter(patience.Hello);
            var protocol = own.Kind is LinkKind.Client ? Tls.Clients : Tls.Links;
            if (tls is not null)
                channel = await tls.CallAsync(socket, null, giveUp.Token, protocol);
            if (channel is not null)
            {
                await channel.SendAsync(own.Write(), giveUp.Token);
                if (await HearAsync(channel, giveUp.Token) is { } hello && hello.Cluster == own.Cluster
                    && hello.Kind == (own.Kind is LinkKind.Client ? LinkKind.Node : own.Kind))
                {
                    var made = channel;
                    channel = null;
                    return (made, hello);
                }
            }
            else
            {
                socket.Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody there, or nobody of ours.
        }
        finally
        {
            channel?.Dispose();
        }

        return null;
    }

    /// <summary>What the other side says first; null if it is nothing of ours, or the connection ended.</summary>
    public static async Task<LinkHello?> HearAsync(Channel channel, CancellationToken giveUp)
    {
        var bytes = new byte[LinkHello.Length];
        for (var held = 0; held < bytes.Length;)
        {
            var received = await channel.ReceiveAsync(bytes.AsMemory(held), giveUp);
            if (received == 0)
                return null;
            held += received;
        }

        return LinkHello.TryRead(bytes, out var hello) ? hello : null;
    }
}

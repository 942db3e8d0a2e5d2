using System.Net;
using System.Net.Sockets;

namespace Roj.Host.Net;

/// <summary>A connection in the clear.</summary>
internal class PlainChannel(Socket socket) : Channel(socket)
{
    public sealed override bool IsPlain => true;

    /// <summary>Connects.</summary>
    public virtual Task ConnectAsync(EndPoint to, CancellationToken giveUp) => Socket.ConnectAsync(to, giveUp).AsTask();

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken giveUp = default) =>
        Socket.ReceiveAsync(buffer, SocketFlags.None, giveUp);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken giveUp = default)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await Socket.SendAsync(bytes[sent..], SocketFlags.None, giveUp);
    }
}

using System.Net.Security;
using System.Net.Sockets;

namespace Roj.Host.Net;

/// <summary>A connection under TLS 1.3, both of whose ends hold a key of the cluster.</summary>
/// <param name="socket">What it runs over.</param>
/// <param name="stream">Has shaken hands.</param>
/// <param name="keyId">The key that the other side proved to hold.</param>
internal sealed class SealedChannel(Socket socket, SslStream stream, uint keyId) : Channel(socket)
{
    /// <summary>The id of the key that the other side proved to hold.</summary>
    public uint KeyId => keyId;

    /// <summary>What both sides said that is spoken here.</summary>
    public SslApplicationProtocol Protocol => stream.NegotiatedApplicationProtocol;

    /// <summary>The same as a stream, which hangs up when it is disposed of.</summary>
    public Stream Stream => stream;

    public override bool IsPlain => false;

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken giveUp = default)
    {
        try
        {
            return await stream.ReadAsync(buffer, giveUp).ConfigureAwait(false);
        }
        catch (Exception e) when (Broken(e) is { } broken)
        {
            throw broken;
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken giveUp = default)
    {
        try
        {
            await stream.WriteAsync(bytes, giveUp).ConfigureAwait(false);
        }
        catch (Exception e) when (Broken(e) is { } broken)
        {
            throw broken;
        }
    }

    public override void Dispose()
    {
        base.Dispose(); // first: whatever waits inside the stream ends
        stream.Dispose();
    }

    // A stream that was tampered with, cut or closed is the end of a connection, whatever the library calls it.
    private static SocketException? Broken(Exception e) =>
        e is OperationCanceledException or ObjectDisposedException or OutOfMemoryException ? null
        : e.InnerException as SocketException ?? new SocketException((int)SocketError.ConnectionAborted);
}

using System.Net.Sockets;

namespace Roj.Host.Net;

/// <summary>A socket's bytes for the library that shakes hands: no more of them than a handshake of ours has, until it is over.</summary>
/// <remarks>The library takes 100 KiB of certificates, and follows them from one to the next, before we may say that they are none of ours:
/// with keys as large as there may be that is a tenth of a second of signatures for each stranger.</remarks>
/// <param name="socket">The socket; it stays open when this is disposed of before the handshake is over.</param>
internal sealed class HandshakeStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    /// <summary>Bytes that one side may say before the handshake is over; ours has one thousand, or three with post-quantum keys.</summary>
    public const int BytesMax = 8 * 1024;

    private int left = BytesMax;

    /// <summary>The handshake is over: there is no limit any more.</summary>
    public void End() => left = int.MaxValue;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        left == int.MaxValue ? base.ReadAsync(buffer, cancellationToken) : ReadBoundedAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && left == int.MaxValue)
            Socket.Dispose();
    }

    private async ValueTask<int> ReadBoundedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (left == 0 && buffer.Length > 0)
            throw new IOException("too long a handshake");
        var received = await base.ReadAsync(buffer[..Math.Min(buffer.Length, left)], cancellationToken).ConfigureAwait(false);
        left -= received;
        return received;
    }
}

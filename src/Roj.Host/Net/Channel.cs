using System.Net.Sockets;

namespace Roj.Host.Net;

/// <summary>A connection as those see it who talk over it: bytes both ways, in the clear or sealed.</summary>
/// <remarks>One receive and one send at a time. However a connection ends otherwise than by its other side's will, it is a
/// <see cref="SocketException"/>, or an <see cref="ObjectDisposedException"/> if this side closed it.</remarks>
internal abstract class Channel(Socket socket) : IDisposable
{
    /// <summary>Where the bytes go, sealed or not: for its options.</summary>
    public Socket Socket => socket;

    /// <summary>Whether what is written to <see cref="Socket"/> itself arrives as it is.</summary>
    public abstract bool IsPlain { get; }

    /// <summary>Receives what is there, or comes; 0 at the end of the connection. Into no room: waits until there is something.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken giveUp = default);

    /// <summary>Sends all of it.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken giveUp = default);

    /// <summary>Hangs up.</summary>
    public virtual void Dispose() => socket.Dispose();
}

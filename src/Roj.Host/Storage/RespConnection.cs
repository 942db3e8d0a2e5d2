using System.Net.Sockets;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>One client of the store: his socket and what is said over it.</summary>
internal sealed class RespConnection(Socket socket, RespSession session, RespServer server) : IPolled
{
    private const int WaitingBytesMax = 8 << 20;

    private bool reads = true;
    private bool writes;
    private bool isTouched;

    /// <summary>What is said.</summary>
    public RespSession Session => session;

    /// <summary>Whether he is gone.</summary>
    public bool IsClosed { get; private set; }

    /// <inheritdoc/>
    public void Ready(bool reads, bool writes)
    {
        if (writes)
            Touch();
        if (!reads || IsClosed)
            return;
        var buffer = server.Buffer;
        var count = socket.Receive(buffer, SocketFlags.None, out var error);
        if (count > 0)
        {
            session.Receive(buffer.AsSpan(0, count));
            Touch();
            server.Pump(this);
        }
        else if (error is not (SocketError.WouldBlock or SocketError.TryAgain or SocketError.Interrupted))
        {
            Close();
        }
    }

    /// <summary>Something is to be sent to him, once all that has come is dealt with.</summary>
    public void Touch()
    {
        if (isTouched)
            return;
        isTouched = true;
        server.Touched.Add(this);
    }

    /// <summary>Sends what is to be sent, as far as he takes it.</summary>
    public void Flush()
    {
        isTouched = false;
        while (!IsClosed && session.Output.Length > 0)
        {
            var sent = socket.Send(session.Output.Span, SocketFlags.None, out var error);
            if (sent > 0)
            {
                session.Sent(sent);
                server.Pump(this); // there may have been no room for what he wants next
                continue;
            }

            if (error is SocketError.WouldBlock or SocketError.TryAgain or SocketError.NoBufferSpaceAvailable)
                break;
            if (error is not SocketError.Interrupted)
                Close();
        }

        if (IsClosed)
            return;
        if (session.IsOver && session.Output.Length == 0)
        {
            Close();
            return;
        }

        if (session.Waiting > WaitingBytesMax)
        {
            Close(); // he asks, and does not listen
            return;
        }

        var (toRead, toWrite) = (session.WantsInput, session.Output.Length > 0);
        if ((toRead, toWrite) == (reads, writes))
            return;
        (reads, writes) = (toRead, toWrite);
        server.Poller.Change(socket, this, reads, writes);
    }

    /// <summary>Hangs up.</summary>
    public void Close()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        server.Poller.Remove(socket);
        socket.Dispose();
        server.Closed(this);
    }
}

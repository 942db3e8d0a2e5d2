using System.Net.Sockets;
using Roj.Kernel;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>One client of the store: his socket and what is said over it.</summary>
/// <param name="socket">One that doesn't block.</param>
/// <param name="session">What is said.</param>
/// <param name="source">Whence he comes, as his guesses are counted.</param>
/// <param name="server">Whose client he is.</param>
internal sealed class RespConnection(Socket socket, RespSession session, uint source, RespServer server) : IPolled
{
    /// <summary>How long who takes nothing of what waits for him is borne with, and who stops in the middle of a command.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long who owes a password is waited for.</summary>
    public static readonly TimeSpan StrangerPatience = TimeSpan.FromSeconds(10);

    /// <summary>After so much silence memory is given back.</summary>
    public static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(5);

    private readonly Instant cameAt = server.Now;
    private Instant heardAt = server.Now;
    private Instant takenAt;
    private bool isStuck;
    private bool isResting;
    private bool reads = true;
    private bool writes;
    private bool isTouched;

    /// <summary>What is said.</summary>
    public RespSession Session => session;

    /// <summary>Whence he comes, as his guesses are counted.</summary>
    public uint Source => source;

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
            heardAt = server.Now;
            isResting = false;
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
                isStuck = false;
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
        var waits = session.Output.Length > 0;
        if (session.IsOver && !waits)
        {
            Close();
            return;
        }

        if (waits && !isStuck)
            takenAt = server.Now;
        isStuck = waits;
        Await(session.WantsInput, waits);
    }

    /// <summary>Hangs up on who has been waited for long enough; gives memory back if he is only silent.</summary>
    public void Look(Instant now)
    {
        var isOverdue = isStuck ? now - takenAt >= Patience
            : !session.IsTrusted ? now - cameAt >= StrangerPatience
            : session.IsAmid && reads && now - heardAt >= Patience;
        if (isOverdue)
        {
            Close();
        }
        else if (!isResting && !isStuck && session.UnderWay == 0 && now - heardAt >= RestAfter)
        {
            session.Rest();
            isResting = true;
        }
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

    private void Await(bool toRead, bool toWrite)
    {
        if ((toRead, toWrite) == (reads, writes))
            return;
        if (toRead && !reads)
            heardAt = server.Now; // he could not be heard before
        (reads, writes) = (toRead, toWrite);
        server.Poller.Change(socket, this, reads, writes);
    }
}

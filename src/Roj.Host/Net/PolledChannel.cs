using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Roj.Host.Storage;

namespace Roj.Host.Net;

/// <summary>A connection in the clear whose bytes are received and sent by the loop's own thread, when its poller says so.</summary>
/// <remarks>The runtime's sockets complete on its own thread, which gives what came to a thread of the pool, which posts to the loop: where
/// a message takes microseconds to be worked on, that takes longer than the work. Who uses this must not use the socket's own asynchronous
/// methods: they would have it watched by both for as long as it lives. On the loop only; who waits goes on within
/// <see cref="Ready"/>.</remarks>
internal sealed class PolledChannel : PlainChannel, IPolled, IValueTaskSource<int>
{
    private readonly EventLoop loop;
    private readonly IPoller poller;
    private ManualResetValueTaskSourceCore<int> reading;
    private TaskCompletionSource? writable;
    private CancellationTokenRegistration giving;
    private Memory<byte> into;
    private bool isReading;
    private bool isAdded;
    private bool isDrained; // the last receive left room: there was no more
    private bool isClosed;
    private (bool Reads, bool Writes) wanted;

    /// <summary>Takes a socket over that is the channel's from here on.</summary>
    public PolledChannel(Socket socket, EventLoop loop, IPoller poller)
        : base(socket)
    {
        (this.loop, this.poller) = (loop, poller);
        socket.Blocking = false;
    }

    /// <inheritdoc/>
    public override async Task ConnectAsync(EndPoint to, CancellationToken giveUp)
    {
        try
        {
            Socket.Connect(to);
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // It is under way.
        }

        await WritableAsync(giveUp);
        if (Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
            throw new SocketException(error);
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken giveUp = default)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        if (!isDrained && !buffer.IsEmpty && TryReceive(buffer, out var received))
            return ValueTask.FromResult(received);
        reading.Reset();
        (into, isReading) = (buffer, true);
        Want(reads: true, wanted.Writes);
        giving = GivenUpBy(giveUp);
        return new ValueTask<int>(this, reading.Version);
    }

    /// <inheritdoc/>
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken giveUp = default)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            var sent = Socket.Send(bytes.Span, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock or SocketError.Interrupted))
                throw new SocketException((int)error);
            if (error is SocketError.Success)
                bytes = bytes[sent..];
            if (bytes.IsEmpty)
                return;
            if (error is SocketError.WouldBlock)
                await WritableAsync(giveUp);
        }
    }

    /// <inheritdoc/>
    public void Ready(bool reads, bool writes)
    {
        if (writes && writable is { } waiting)
        {
            Want(wanted.Reads, writes: false);
            writable = null;
            waiting.SetResult();
        }

        if (!reads || isClosed)
            return;
        if (!isReading)
        {
            Hush();
            return;
        }

        var received = 0;
        SocketException? fault = null;
        try
        {
            if (!into.IsEmpty && !TryReceive(into, out received))
                return;
        }
        catch (SocketException e)
        {
            fault = e;
        }

        isDrained &= !into.IsEmpty;
        EndReading();
        if (fault is null)
            reading.SetResult(received);
        else
            reading.SetException(fault);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (isClosed)
            return;
        isClosed = true;
        if (isAdded)
            poller.Remove(Socket);
        base.Dispose();
        if (isReading || writable is not null)
            loop.Post(_ => Abandon(new ObjectDisposedException(nameof(PolledChannel))), null); // not amid what closes it
    }

    int IValueTaskSource<int>.GetResult(short token) => reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => reading.GetStatus(token);

    // Where it is told is where to go on: on the loop.
    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        reading.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);

    private void Abandon(Exception why)
    {
        if (isReading)
        {
            EndReading();
            reading.SetException(why);
        }

        if (writable is { } waiting)
        {
            writable = null;
            waiting.SetException(why);
        }
    }

    private async Task WritableAsync(CancellationToken giveUp)
    {
        var waiting = writable = new TaskCompletionSource();
        Want(wanted.Reads, writes: true);
        using var giving = GivenUpBy(giveUp);
        await waiting.Task;
    }

    // From whichever thread; by the time that the loop comes to it that waiting may be over.
    private CancellationTokenRegistration GivenUpBy(CancellationToken giveUp)
    {
        if (!giveUp.CanBeCanceled)
            return default;
        var (of, writing) = (reading.Version, writable);
        return giveUp.UnsafeRegister(
            _ => loop.Post(
                _ =>
                {
                    if (isReading ? of == reading.Version : writing is not null && writing == writable)
                        Abandon(new OperationCanceledException());
                },
                null),
            null);
    }

    private bool TryReceive(Memory<byte> buffer, out int received)
    {
        received = Socket.Receive(buffer.Span, SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock or SocketError.Interrupted)
            return false;
        if (error is not SocketError.Success)
            throw new SocketException((int)error);
        isDrained = received < buffer.Length && received > 0;
        return true;
    }

    private void EndReading()
    {
        isReading = false;
        giving.Dispose();
        giving = default;
    }

    // What nobody waits for would be told again and again; of a connection's end that is not to be had otherwise than so.
    private void Hush()
    {
        isDrained = false;
        if (wanted.Reads)
        {
            Want(reads: false, wanted.Writes);
        }
        else if (writable is null && isAdded)
        {
            isAdded = false;
            poller.Remove(Socket);
        }
    }

    private void Want(bool reads, bool writes)
    {
        if (!isAdded)
        {
            isAdded = true;
            poller.Add(Socket, this);
            wanted = (true, false);
        }

        if (wanted == (reads, writes))
            return;
        wanted = (reads, writes);
        poller.Change(Socket, this, reads, writes);
    }
}

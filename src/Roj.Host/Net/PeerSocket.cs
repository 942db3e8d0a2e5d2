using System.Buffers;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>One connection of the swarm: bytes to messages and back.</summary>
/// <remarks>Runs on the loop. Memory: one receive buffer of 64 KiB, grown only for longer frames; while something is being sent, one send
/// buffer; a queue of control messages that the peer must read before it reaches <see cref="QueuedBytesMax"/>.</remarks>
internal sealed class PeerSocket(ConnectionId id, Socket socket, NodeShell owner) : IDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    private const int SendBytes = 256 * 1024;

    // A peer that makes us answer and does not read is cut off here.
    private const int QueuedBytesMax = 4 * 1024 * 1024;

    private readonly PeerReader reader = new();
    private readonly Queue<Outgoing> queue = new();
    private long queuedBytes;
    private bool pumping;

    public ConnectionId Id { get; } = id;

    public bool IsClosed { get; private set; }

    /// <summary>Receives until the connection ends, then tells the owner, unless the owner closed it.</summary>
    public async Task ReceiveAsync()
    {
        await Task.Yield(); // what is there already must not be an input inside the one that brought this connection
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        try
        {
            for (var held = 0; ;)
            {
                var receiving = socket.ReceiveAsync(buffer.AsMemory(held), SocketFlags.None);
                // Who sends faster than we read would never let the loop go on: after each buffer it is the others' turn.
                if (receiving.IsCompleted)
                    await Task.Yield();
                var received = await receiving;
                if (received == 0 || IsClosed)
                    break;
                held += received;
                var used = Take(buffer.AsMemory(0, held));
                if (used < 0)
                    break;
                held -= used;
                buffer.AsSpan(used, held).CopyTo(buffer);
                if (held > 0)
                    owner.Heard(this);
                if (held == buffer.Length)
                    buffer = Grow(buffer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of a connection, however it came, is told below.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Abandon();
    }

    /// <summary>Queues a handshake.</summary>
    public void Send(Handshake handshake)
    {
        var bytes = new byte[Handshake.Length];
        handshake.Write(bytes);
        Enqueue(new Outgoing(bytes, null), bytes.Length);
    }

    /// <summary>Queues a message; a piece's payload is read from the file when its turn comes.</summary>
    public void Send(PeerMessage message) => Enqueue(new Outgoing(null, message), PeerCodec.Size(message));

    /// <summary>Begins to send what is queued, if that is not under way.</summary>
    public void Flush()
    {
        if (!pumping && !IsClosed && queue.Count > 0)
            owner.Watch(PumpAsync());
    }

    public void Dispose()
    {
        IsClosed = true;
        queue.Clear();
        socket.Dispose();
    }

    private static byte[] Grow(byte[] buffer)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Min(2 * buffer.Length, PeerReader.FrameBytesMax + sizeof(int)));
        buffer.CopyTo(grown, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return grown;
    }

    /// <summary>Takes whole messages from the front; how many bytes that were, or -1 when the connection is at its end.</summary>
    private int Take(ReadOnlyMemory<byte> bytes)
    {
        var used = 0;
        while (!IsClosed)
        {
            var status = reader.TryRead(bytes.Span[used..], out var handshake, out var message, out var consumed);
            if (status == ReadStatus.NeedMore)
                return used;
            if (status == ReadStatus.Malformed)
                return -1;
            used += consumed;
            var payloadBytes = message is PeerMessage.Piece piece ? piece.Block.Length : 0;
            if (message is null)
                owner.Shaken(this, handshake);
            else
                owner.Received(this, message, bytes[(used - payloadBytes)..used]);
        }

        return -1;
    }

    private void Enqueue(Outgoing outgoing, int bytes)
    {
        if (IsClosed)
            return;
        queue.Enqueue(outgoing);
        queuedBytes += bytes;
        if (queuedBytes > QueuedBytesMax)
            Abandon();
    }

    private async Task PumpAsync()
    {
        pumping = true;
        byte[]? buffer = null;
        try
        {
            while (queue.Count > 0)
            {
                buffer = MakeRoom(buffer, queue.Peek().Bytes);
                var (length, payloadBytes) = Fill(buffer);
                if (length < 0)
                {
                    Abandon();
                    return;
                }

                for (var sent = 0; sent < length;)
                    sent += await socket.SendAsync(buffer.AsMemory(sent, length - sent), SocketFlags.None);
                if (payloadBytes > 0 && !IsClosed)
                    owner.Drained(this, payloadBytes);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Abandon();
        }
        finally
        {
            pumping = false;
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] MakeRoom(byte[]? buffer, int bytes)
    {
        if (buffer is not null && buffer.Length >= bytes)
            return buffer;
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(Math.Max(bytes, SendBytes));
    }

    /// <summary>Moves as many messages as fit from the queue into <paramref name="buffer"/>; a length of -1 if a payload can't be
    /// read.</summary>
    private (int Length, long PayloadBytes) Fill(byte[] buffer)
    {
        var length = 0;
        var payloadBytes = 0L;
        while (queue.TryPeek(out var next) && next.Bytes <= buffer.Length - length)
        {
            queue.Dequeue();
            if (next.Raw is { } raw)
            {
                raw.CopyTo(buffer, length);
                length += raw.Length;
                queuedBytes -= raw.Length;
                continue;
            }

            var header = PeerCodec.Write(next.Message!, buffer.AsSpan(length));
            length += header;
            queuedBytes -= header;
            if (next.Message is not PeerMessage.Piece(var block))
                continue;
            if (!owner.TryRead(block, buffer.AsSpan(length, block.Length)))
                return (-1, 0);
            length += block.Length;
            payloadBytes += block.Length;
        }

        return (length, payloadBytes);
    }

    private void Abandon()
    {
        if (IsClosed)
            return;
        Dispose();
        owner.Ended(this);
    }

    private readonly record struct Outgoing(byte[]? Raw, PeerMessage? Message)
    {
        /// <summary>Bytes on the wire, payload included.</summary>
        public int Bytes => Raw?.Length ?? (PeerCodec.Size(Message!) + (Message is PeerMessage.Piece(var block) ? block.Length : 0));
    }
}

using System.Buffers;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>One connection of the swarm: bytes to messages and back.</summary>
/// <remarks>Runs on the loop. Memory: one receive buffer of 64 KiB, grown only for longer frames; while something is being sent, one send
/// buffer; a queue of control messages that the peer must read before it reaches <see cref="QueuedBytesMax"/>.</remarks>
internal sealed class PeerSocket(ConnectionId id, Channel channel, NodeShell owner, SharedFile file) : IDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    // Payloads from here on are received into a buffer of their own, and sent without being read.
    private const int DirectBytes = 32 * 1024;

    // Behind a large block usually comes another: little more than its header is received, so that little of it is copied.
    private const int WindowBehindBlock = 1024;

    // Messages as long as this together go out at once; and of a block that waits for the kernel this much is read.
    private const int SendBytes = 64 * 1024;
    private const int PayloadBytesRead = 16 * 1024;

    // A peer that makes us answer and does not read is cut off here.
    private const int QueuedBytesMax = 4 * 1024 * 1024;

    private readonly PeerReader reader = new();
    private readonly Queue<Outgoing> queue = new();
    private long queuedBytes;
    private bool pumping;

    public ConnectionId Id { get; } = id;

    public bool IsClosed { get; private set; }

    /// <summary>Receives until the connection ends, then tells the owner, unless the owner closed it.</summary>
    /// <param name="begun">What was received already: less than a handshake.</param>
    public async Task ReceiveAsync(ReadOnlyMemory<byte> begun = default)
    {
        await Task.Yield(); // what is there already must not be an input inside the one that brought this connection
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        var window = ReceiveBytes;
        try
        {
            begun.CopyTo(buffer);
            for (var held = begun.Length; ;)
            {
                var received = await ReceiveAsync(buffer.AsMemory(held..Math.Min(buffer.Length, held + window)));
                if (received == 0)
                    break;
                held += received;
                var used = Take(buffer.AsMemory(0, held));
                if (used < 0)
                    break;
                window = ReceiveBytes;
                var rest = buffer.AsMemory(used..held);
                if (reader.TryReadPieceHeader(rest.Span, out var block) && block.Length >= DirectBytes)
                {
                    if (!await ReceiveAsync(block, rest[PeerCodec.PieceHeaderLength..]))
                        break;
                    (held, window) = (0, WindowBehindBlock);
                    continue;
                }

                rest.CopyTo(buffer);
                held -= used;
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
        channel.Dispose();
    }

    /// <summary>Receives the rest of a large block straight into a buffer of its own; false at the end of the connection.</summary>
    private async Task<bool> ReceiveAsync(Block block, ReadOnlyMemory<byte> begun)
    {
        await file.RoomAsync();
        var buffer = new BlockBuffer(block.Length);
        try
        {
            begun.CopyTo(buffer.Memory);
            for (var held = begun.Length; held < block.Length;)
            {
                owner.Heard(this);
                var received = await ReceiveAsync(buffer.Memory[held..]);
                if (received == 0)
                    return false;
                held += received;
            }

            owner.Received(this, new PeerMessage.Piece(block), buffer.Memory, buffer);
            return !IsClosed;
        }
        finally
        {
            if (!buffer.IsKept)
                buffer.Return();
        }
    }

    /// <summary>Receives what is there, or comes; 0 at the end of the connection.</summary>
    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        var receiving = channel.ReceiveAsync(buffer);
        // Who sends faster than we read would never let the loop go on: after each buffer it is the others' turn.
        if (receiving.IsCompleted)
            await Task.Yield();
        var received = await receiving;
        return IsClosed ? 0 : received;
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
        var buffer = ArrayPool<byte>.Shared.Rent(SendBytes);
        try
        {
            while (queue.Count > 0)
            {
                if (queue.Peek().HeaderBytes > buffer.Length)
                    buffer = Exchange(buffer, queue.Peek().HeaderBytes);
                var (length, payloadBytes, rest) = Fill(buffer);
                if (length < 0 || !await (channel.IsPlain ? SendAsync(buffer, length, rest) : SendSealedAsync(buffer, length, rest)))
                {
                    Abandon();
                    return;
                }

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
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Exchange(byte[] buffer, int bytes)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>Sends what <paramref name="buffer"/> holds, then a block from the file; false if that can't be read.</summary>
    /// <remarks>While the kernel takes it, the file's pages go to the socket without a copy. When its buffer is full, a small part is read
    /// and its sending awaited: there is room for more then.</remarks>
    private async ValueTask<bool> SendAsync(byte[] buffer, int length, Block block)
    {
        var socket = channel.Socket;
        for (var sent = block.Length > 0 ? LinuxFile.SendMore(socket, buffer.AsSpan(0, length)) : 0; ;)
        {
            while (sent < length)
                sent += await socket.SendAsync(buffer.AsMemory(sent, length - sent), SocketFlags.None);
            while (block.Length > 0 && file.Send(socket, block) is { } taken and > 0)
                block = Behind(block, (int)taken);
            if (block.Length == 0)
                return true;
            (sent, length) = (0, Math.Min(block.Length, PayloadBytesRead));
            if (!file.TryRead(block with { Length = length }, buffer.AsSpan(0, length)))
                return false;
            block = Behind(block, length);
        }
    }

    /// <summary>The same where every byte must be sealed: read from the file behind what is there already, a buffer at a time.</summary>
    private async ValueTask<bool> SendSealedAsync(byte[] buffer, int length, Block block)
    {
        while (true)
        {
            var part = Math.Min(block.Length, buffer.Length - length);
            if (part > 0 && !file.TryRead(block with { Length = part }, buffer.AsSpan(length, part)))
                return false;
            await channel.SendAsync(buffer.AsMemory(0, length + part));
            block = Behind(block, part);
            if (block.Length == 0)
                return true;
            length = 0;
        }
    }

    private static Block Behind(Block block, int bytes) => block with { Begin = block.Begin + bytes, Length = block.Length - bytes };

    /// <summary>Moves as many messages as fit from the queue into <paramref name="buffer"/>, up to and with the header of a large block,
    /// whose payload is left; a length of -1 if a payload can't be read.</summary>
    private (int Length, long PayloadBytes, Block Left) Fill(byte[] buffer)
    {
        var length = 0;
        var payloadBytes = 0L;
        while (queue.TryPeek(out var next) && next.Bytes <= buffer.Length - length)
        {
            queue.Dequeue();
            queuedBytes -= next.HeaderBytes;
            if (next.Raw is { } raw)
            {
                raw.CopyTo(buffer, length);
                length += raw.Length;
                continue;
            }

            length += PeerCodec.Write(next.Message!, buffer.AsSpan(length));
            if (next.Message is not PeerMessage.Piece(var block))
                continue;
            payloadBytes += block.Length;
            if (next.IsLarge)
                return (length, payloadBytes, block);
            if (!file.TryRead(block, buffer.AsSpan(length, block.Length)))
                return (-1, 0, default);
            length += block.Length;
        }

        return (length, payloadBytes, default);
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
        /// <summary>Bytes in front of a payload.</summary>
        public int HeaderBytes => Raw?.Length ?? PeerCodec.Size(Message!);

        /// <summary>Whether it is a block that is sent without going through our buffer.</summary>
        public bool IsLarge => Message is PeerMessage.Piece({ Length: >= DirectBytes });

        /// <summary>Bytes that go through our buffer.</summary>
        public int Bytes => HeaderBytes + (Message is PeerMessage.Piece(var block) && !IsLarge ? block.Length : 0);
    }
}

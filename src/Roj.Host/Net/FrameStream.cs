using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>A connection that carries frames both ways: many in one receive, many in one send.</summary>
/// <remarks>What is written is gathered until <see cref="Flush"/>, at the end of the loop's turn; while a send is under way the next one
/// gathers. Receiving takes what memory the frame at hand needs, twice as much as has come at most. On the loop only.</remarks>
/// <typeparam name="T">What a frame says.</typeparam>
/// <param name="channel">The connection; owned from here on.</param>
/// <param name="codec">How frames are written and read.</param>
/// <param name="budget">What all connections together may take for large frames.</param>
/// <param name="usualBytes">Bytes to receive at a time, while no frame is larger.</param>
internal sealed class FrameStream<T>(Channel channel, FrameCodec<T> codec, ByteBudget budget, int usualBytes) : IDisposable
    where T : class
{
    private const int KeptBytesMax = 256 * 1024; // larger buffers are not kept for what may never come again

    private readonly int waitingBytesMax = 2 * codec.LengthMax;
    private byte[] gathering = [];
    private byte[] sending = [];
    private int gathered;
    private bool isSending;
    private bool isClosed;

    /// <summary>Under which key the other side is; null in the clear.</summary>
    public uint? KeyId => (channel as SealedChannel)?.KeyId;

    /// <summary>Whether something that was written is still here, in whole or in part.</summary>
    public bool IsSending => isSending || gathered > 0;

    /// <summary>Bytes that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Bytes that were received.</summary>
    public long Received { get; private set; }

    /// <summary>Receives until the connection ends.</summary>
    /// <param name="take">Takes each message; may close the stream.</param>
    public async Task<LinkEnd> ReadAsync(Action<T> take)
    {
        var buffer = new byte[usualBytes];
        try
        {
            for (var held = 0; ;)
            {
                var received = await channel.ReceiveAsync(buffer.AsMemory(held));
                if (received == 0 || isClosed)
                    return LinkEnd.HungUp;
                Received += received;
                held += received;
                if (!TryTakeAll(buffer.AsSpan(0, held), take, out var rest))
                    return isClosed ? LinkEnd.HungUp : LinkEnd.Malformed;
                var next = Fitting(buffer, rest);
                if (next is null)
                    return LinkEnd.Crowded;
                buffer.AsSpan(held - rest, rest).CopyTo(next);
                (buffer, held) = (next, rest);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return LinkEnd.HungUp;
        }
        finally
        {
            budget.Return(buffer.Length - usualBytes);
            Dispose();
        }
    }

    /// <summary>Has a frame be sent with the next <see cref="Flush"/>.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frame)
    {
        if (isClosed || (gathered > 0 && gathered + frame.Length > waitingBytesMax))
            return false;
        if (gathered + frame.Length > gathering.Length)
            Array.Resize(ref gathering, Math.Max(gathered + frame.Length, Math.Max(1024, 2 * gathering.Length)));
        frame.CopyTo(gathering.AsSpan(gathered));
        gathered += frame.Length;
        return true;
    }

    /// <summary>Sends what was gathered, unless that is done already.</summary>
    public void Flush()
    {
        if (!isSending && gathered > 0 && !isClosed)
            SendAsync();
    }

    /// <summary>Hangs up, and has the kernel forget what it has not sent: it does not arrive later, when the other is back.</summary>
    public void Abort()
    {
        try
        {
            channel.Socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }

        Dispose();
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        isClosed = true;
        channel.Dispose();
    }

    private bool TryTakeAll(ReadOnlySpan<byte> bytes, Action<T> take, out int rest)
    {
        while (true)
        {
            rest = bytes.Length;
            switch (codec.TryRead(bytes, out var message, out var consumed))
            {
                case ReadStatus.Done:
                    take(message!);
                    if (isClosed)
                        return false;
                    bytes = bytes[consumed..];
                    break;
                case ReadStatus.NeedMore:
                    return true;
                default:
                    return false;
            }
        }
    }

    // Twice as much as came, not at once as much as was announced; and no more than is needed once that is through.
    private byte[]? Fitting(byte[] buffer, int held)
    {
        var wanted = held == buffer.Length ? Math.Min(2 * held, codec.LengthMax) : held < usualBytes ? usualBytes : buffer.Length;
        if (wanted == buffer.Length)
            return buffer;
        if (!budget.TryTake(wanted - buffer.Length))
            return null;
        return new byte[wanted];
    }

    private async void SendAsync()
    {
        isSending = true;
        try
        {
            while (gathered > 0 && !isClosed)
            {
                (gathering, sending) = (sending, gathering);
                var length = gathered;
                gathered = 0;
                await channel.SendAsync(sending.AsMemory(0, length));
                Sent += length;
                if (sending.Length > KeptBytesMax)
                    sending = [];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Dispose();
        }

        isSending = false;
    }
}

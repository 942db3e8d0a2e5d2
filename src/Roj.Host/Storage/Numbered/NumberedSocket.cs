using System.Net.Sockets;

namespace Roj.Host.Storage;

/// <summary>Connections between numbered servers, their router and its clients.</summary>
internal static class NumberedSocket
{
    /// <summary>How long one side waits for the other's first words.</summary>
    public static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a call may take to get through.</summary>
    public static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan pauseMin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan pauseMax = TimeSpan.FromSeconds(2);

    /// <summary>Has the kernel find out within about 8 s that the other side is gone without a word: what is taken stays so no
    /// longer.</summary>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    /// <summary>How long to wait before the next call: twice as long each time, 2 s at most, and not all at the same moment.</summary>
    /// <param name="failures">How many came to nothing since the last that did not.</param>
    public static TimeSpan PauseAfter(int failures)
    {
        var pause = pauseMin * (1 << Math.Min(failures, 10));
        return (pause < pauseMax ? pause : pauseMax) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Receives so many bytes.</summary>
    /// <returns>Whether they came before the connection ended.</returns>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async Task<bool> FillAsync(Socket socket, Memory<byte> bytes, CancellationToken giveUp)
    {
        while (!bytes.IsEmpty)
        {
            var count = await socket.ReceiveAsync(bytes, SocketFlags.None, giveUp);
            if (count == 0)
                return false;
            bytes = bytes[count..];
        }

        return true;
    }
}

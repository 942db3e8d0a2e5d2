using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Roj.EndToEnd;

/// <summary>Connections between hosts.</summary>
internal static class TcpProbe
{
    private const int BufferBytes = 256 * 1024;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);

    /// <summary>Takes one connection after the other, and prints how many bytes each brought, and in how many milliseconds.</summary>
    public static async Task SinkAsync(IPEndPoint own)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(own);
        listener.Listen();
        Probe.Say("ready");
        var buffer = new byte[BufferBytes];
        while (true)
        {
            using var socket = await listener.AcceptAsync().ConfigureAwait(false);
            long received = await socket.ReceiveAsync(buffer).ConfigureAwait(false);
            var clock = Stopwatch.StartNew();
            while (await socket.ReceiveAsync(buffer).ConfigureAwait(false) is var count and > 0)
                received += count;
            Probe.Say($"received {received} {clock.ElapsedMilliseconds}");
        }
    }

    /// <summary>Sends this many bytes and hangs up.</summary>
    public static async Task SourceAsync(IPEndPoint own, IPEndPoint target, int bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(own);
        await socket.ConnectAsync(target).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        for (var left = bytes; left > 0;)
            left -= await socket.SendAsync(buffer.AsMemory(0, Math.Min(left, BufferBytes))).ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
        await socket.ReceiveAsync(buffer).ConfigureAwait(false); // until the sink hangs up: it has everything then
    }

    /// <summary>Tries to connect for 2 s, and prints "connected", "timed out", or the error's name. Stays connected.</summary>
    public static async Task ConnectAsync(IPEndPoint own, IPEndPoint target)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(ConnectPatience);
        try
        {
            socket.Bind(own);
            await socket.ConnectAsync(target, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Probe.Say("timed out");
            return;
        }
        catch (SocketException error)
        {
            Probe.Say(error.SocketErrorCode.ToString());
            return;
        }

        Probe.Say("connected");
        await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None).ConfigureAwait(false);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roj.EndToEnd;

/// <summary>Datagrams between hosts.</summary>
internal static class UdpProbe
{
    private const int DatagramBytesMax = 2048;

    private static readonly TimeSpan BetweenRounds = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Sends every datagram back.</summary>
    public static async Task EchoAsync(IPEndPoint own)
    {
        using var socket = Bound(own);
        Probe.Say("ready");
        var buffer = new byte[DatagramBytesMax];
        while (true)
        {
            var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
            await socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint).ConfigureAwait(false);
        }
    }

    /// <summary>Sends <paramref name="count"/> datagrams to an echo, about one each millisecond, and prints how many came back.</summary>
    public static async Task AskAsync(IPEndPoint own, IPEndPoint target, int count)
    {
        using var socket = Bound(own);
        var answers = CountAnswersAsync(socket);
        for (var i = 0; i < count; i++)
        {
            await socket.SendToAsync(BitConverter.GetBytes(i), target).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false);
        }

        Probe.Say($"answered {await answers.ConfigureAwait(false)}");
    }

    /// <summary>Greets all others, and prints "complete" when each has greeted us.</summary>
    /// <remarks>It goes on greeting after that: others may not have heard us yet.</remarks>
    public static async Task MeshAsync(IPEndPoint own, IPEndPoint[] others)
    {
        using var socket = Bound(own);
        var missing = others.ToHashSet();
        var hearing = HearAsync(socket, missing);
        while (true)
        {
            foreach (var other in others)
                await socket.SendToAsync("hello"u8.ToArray(), other).ConfigureAwait(false);
            await Task.WhenAny(hearing, Task.Delay(BetweenRounds)).ConfigureAwait(false);
            if (hearing.IsFaulted)
                await hearing.ConfigureAwait(false);
            await Task.Delay(BetweenRounds).ConfigureAwait(false);
        }
    }

    /// <summary>Prints what is broadcast to <paramref name="broadcast"/>, and who did.</summary>
    public static async Task HearBroadcastsAsync(IPEndPoint broadcast)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(broadcast);
        Probe.Say("ready");
        var buffer = new byte[DatagramBytesMax];
        while (true)
        {
            var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
            Probe.Say($"{((IPEndPoint)got.RemoteEndPoint).Address} said {Encoding.UTF8.GetString(buffer, 0, got.ReceivedBytes)}");
        }
    }

    /// <summary>Broadcasts once, from the host's own address; the exit code.</summary>
    public static int SendBroadcast(IPEndPoint own, IPEndPoint broadcast, string text)
    {
        using var socket = Bound(own);
        socket.EnableBroadcast = true;
        socket.SendTo(Encoding.UTF8.GetBytes(text), broadcast);
        return 0;
    }

    private static async Task HearAsync(Socket socket, HashSet<IPEndPoint> missing)
    {
        var buffer = new byte[DatagramBytesMax];
        while (missing.Count > 0)
        {
            var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).ConfigureAwait(false);
            missing.Remove((IPEndPoint)got.RemoteEndPoint);
        }

        Probe.Say("complete");
    }

    private static async Task<int> CountAnswersAsync(Socket socket)
    {
        var buffer = new byte[DatagramBytesMax];
        for (var answers = 0; ; answers++)
        {
            using var quiet = new CancellationTokenSource(Quiet);
            try
            {
                await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), quiet.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return answers;
            }
        }
    }

    private static Socket Bound(IPEndPoint own)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(own);
        return socket;
    }
}

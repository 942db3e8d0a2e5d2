using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Roj.EndToEnd;

/// <summary>What this program does in a host when it tests the lab itself: it sends or listens, and prints a line per event.</summary>
internal static class Probe
{
    /// <summary>Does what the arguments say; listeners run until they are killed.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["udp-echo", var own, var port]:
                await UdpProbe.EchoAsync(At(own, port)).ConfigureAwait(false);
                return 0;
            case ["udp-ask", var own, var target, var port, var count]:
                await UdpProbe.AskAsync(At(own, "0"), At(target, port), Number(count)).ConfigureAwait(false);
                return 0;
            case ["udp-mesh", var own, var port, .. var others]:
                await UdpProbe.MeshAsync(At(own, port), [.. others.Select(other => At(other, port))]).ConfigureAwait(false);
                return 0;
            case ["broadcast-listen", var broadcast, var port]:
                await UdpProbe.HearBroadcastsAsync(At(broadcast, port)).ConfigureAwait(false);
                return 0;
            case ["broadcast-send", var own, var broadcast, var port, var text]:
                return UdpProbe.SendBroadcast(At(own, port), At(broadcast, port), text);
            case ["tcp-sink", var own, var port]:
                await TcpProbe.SinkAsync(At(own, port)).ConfigureAwait(false);
                return 0;
            case ["tcp-source", var own, var target, var port, var bytes]:
                await TcpProbe.SourceAsync(At(own, "0"), At(target, port), Number(bytes)).ConfigureAwait(false);
                return 0;
            case ["tcp-connect", var own, var target, var port]:
                await TcpProbe.ConnectAsync(At(own, "0"), At(target, port)).ConfigureAwait(false);
                return 0;
            case ["tick"]:
                await TickAsync().ConfigureAwait(false);
                return 0;
            case ["stubborn"]:
                await IgnoreSigTermAsync().ConfigureAwait(false);
                return 0;
            default:
                Say($"unknown probe: {string.Join(' ', args)}");
                return 2;
        }
    }

    /// <summary>Prints a line at once, though the output is a file.</summary>
    public static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    private static async Task TickAsync()
    {
        for (var tick = 0; ; tick++)
        {
            Say(tick.ToString(CultureInfo.InvariantCulture));
            await Task.Delay(TimeSpan.FromMilliseconds(10)).ConfigureAwait(false);
        }
    }

    private static async Task IgnoreSigTermAsync()
    {
        using var deaf = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        Say("ready");
        await Task.Delay(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
    }

    private static IPEndPoint At(string address, string port) => new(IPAddress.Parse(address), Number(port));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Roj.EndToEnd;

/// <summary>Somebody who hears every frame that goes over the bridge, and may say it again, as it was, addresses included.</summary>
internal sealed class Recorder : IDisposable
{
    private const int FrameBytesMax = 70_000; // cables within one kernel carry TCP in pieces of up to 64 KiB
    private const int BufferBytes = 4 << 20;
    private const int EthernetLength = 14;
    private const int UdpLength = 8;
    private const byte Udp = 17;

    private readonly Socket socket = new(AddressFamily.Packet, SocketType.Raw, LinkLayerEndPoint.EveryProtocol)
    {
        ReceiveBufferSize = BufferBytes,
        ReceiveTimeout = 100,
    };

    private readonly List<byte[]> frames = [];
    private readonly Thread thread;
    private volatile bool isOver;

    /// <summary>Begins to listen.</summary>
    public Recorder()
    {
        thread = new Thread(Listen) { IsBackground = true, Name = "recorder" };
        thread.Start();
    }

    /// <summary>Listens no more, and gives back what was heard: on each cable and so more than once.</summary>
    public IReadOnlyList<byte[]> Stop()
    {
        isOver = true;
        thread.Join();
        return frames;
    }

    /// <summary>The datagrams among frames, each once, as frames that arrive when they are said again.</summary>
    public static IReadOnlyList<byte[]> Datagrams(IEnumerable<byte[]> frames)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        List<byte[]> datagrams = [];
        foreach (var frame in frames)
        {
            // A sum that the cable was to fill in was never filled in, as there was no cable: 0 says that there is none (RFC 768).
            if (SaidAt(frame) is not { } said)
                continue;
            var copy = frame.ToArray();
            copy.AsSpan(said - 2, 2).Clear();
            if (known.Add(Convert.ToHexString(copy.AsSpan(EthernetLength + 12)))) // from the addresses on: a bridge changes nothing there
                datagrams.Add(copy);
        }

        return datagrams;
    }

    /// <summary>Whether a host sent this datagram.</summary>
    public static bool IsFrom(byte[] datagram, LabHost host) => datagram[EthernetLength + 15] == host.Number; // of 10.77.0.x the last byte

    /// <summary>Says frames again, from nowhere, to whom they were said.</summary>
    public static async Task ReplayAsync(IReadOnlyList<byte[]> frames)
    {
        var bridge = NetworkInterface.GetAllNetworkInterfaces().Single(one => one.Name == LabWiring.Bridge);
        using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, 0);
        socket.Bind(new LinkLayerEndPoint(bridge.GetIPProperties().GetIPv4Properties().Index));
        for (var i = 0; i < frames.Count; i++)
        {
            socket.Send(frames[i]);
            if (i % 20 == 19)
                await Task.Delay(TimeSpan.FromMilliseconds(1)).ConfigureAwait(false); // no receiver's buffer is to be too small
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isOver = true;
        thread.Join();
        socket.Dispose();
    }

    private static int? SaidAt(byte[] frame)
    {
        if (frame.Length < EthernetLength + 20 || BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) != 0x0800)
            return null;
        var said = EthernetLength + (frame[EthernetLength] & 15) * 4 + UdpLength;
        return frame[EthernetLength + 9] == Udp && said <= frame.Length ? said : null;
    }

    private void Listen()
    {
        var buffer = new byte[FrameBytesMax];
        while (!isOver)
        {
            var count = socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                frames.Add(buffer.AsSpan(0, count).ToArray());
        }
    }
}

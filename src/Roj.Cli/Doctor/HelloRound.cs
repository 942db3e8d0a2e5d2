using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Cli.Doctor;

/// <summary>Says hello as a node does, and collects who answers.</summary>
internal static class HelloRound
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    /// <summary>Asks from an own address; asked twice, since a datagram may be lost.</summary>
    public static IReadOnlyList<Answered> Ask(uint from, IEnumerable<Endpoint> to, string cluster)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        socket.Bind(ToSystem(new Endpoint(from, 0)));
        var boot = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) | 1;
        var id = new NodeId(new UInt128(BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)), boot));
        var port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        var datagram = new byte[HelloCodec.Length];
        var length = HelloCodec.Write(new Hello(HelloKind.Ask, cluster, id, boot, 0, port, 0, [], []), datagram);
        Endpoint[] whom = [.. to];
        List<Answered> answers = [];
        for (var round = 0; round < 2; round++)
        {
            foreach (var one in whom)
                Send(socket, datagram.AsSpan(0, length), one);
            Collect(socket, boot, answers);
        }

        return answers;
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> datagram, Endpoint to)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, ToSystem(to));
        }
        catch (SocketException)
        {
            // Refused by a firewall of this machine, or no way there: nobody answers, which is seen.
        }
    }

    private static void Collect(Socket socket, ulong boot, List<Answered> answers)
    {
        var buffer = new byte[HelloCodec.Length + 1];
        var begun = Stopwatch.GetTimestamp();
        while (Patience - Stopwatch.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            if (!socket.Poll(left, SelectMode.SelectRead))
                return;
            EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
            try
            {
                var length = socket.ReceiveFrom(buffer, ref sender);
                if (HelloCodec.TryRead(buffer.AsSpan(0, length), out var hello) != ReadStatus.Done || hello!.Kind != HelloKind.Answer
                    || hello.YourBoot != boot)
                    continue;
                var answer = new Answered(FromSystem((IPEndPoint)sender), hello.Id, hello.Boot);
                if (!answers.Contains(answer))
                    answers.Add(answer);
            }
            catch (SocketException)
            {
                // Somebody's port is closed: that one does not answer.
            }
        }
    }

    private static IPEndPoint ToSystem(Endpoint place) =>
        new(new IPAddress((uint)IPAddress.HostToNetworkOrder((int)place.Address)), place.Port);

    private static Endpoint FromSystem(IPEndPoint place) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(place.Address.GetAddressBytes()), (ushort)place.Port);
}

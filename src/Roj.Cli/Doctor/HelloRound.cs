using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Cli.Doctor;

/// <summary>Says hello as a node does, and collects who answers.</summary>
/// <remarks>Under a key it takes two: who hears us the first time says only who it is, and is greeted again, at its own
/// address.</remarks>
internal sealed class HelloRound : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
    private readonly ulong boot = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) | 1;
    private readonly byte[] hello = new byte[HelloCodec.Length];
    private readonly byte[] outgoing = new byte[HelloCodec.Length + SealedTalk.Overhead];
    private readonly SealedTalk? talk; // null: no key
    private readonly List<Answered> answers = [];
    private readonly int length;

    private HelloRound(uint from, string cluster, ClusterKey? key)
    {
        socket.Bind(ToSystem(new Endpoint(from, 0)));
        var id = new NodeId(new UInt128(BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)), boot));
        var port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        length = HelloCodec.Write(new Hello(HelloKind.Ask, cluster, id, boot, 0, port, 0, [], []), hello);
        talk = key is null ? null : new SealedTalk(key, id.Value);
    }

    /// <summary>Asks from an own address; asked twice, since a datagram may be lost.</summary>
    /// <param name="from">The own address.</param>
    /// <param name="to">Whom.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="key">The cluster's key; null if it has none.</param>
    public static IReadOnlyList<Answered> Ask(uint from, IEnumerable<Endpoint> to, string cluster, ClusterKey? key)
    {
        using var round = new HelloRound(from, cluster, key);
        Endpoint[] whom = [.. to];
        for (var time = 0; time < 2; time++)
        {
            Array.ForEach(whom, round.Greet);
            round.Collect();
        }

        return round.answers;
    }

    public void Dispose()
    {
        socket.Dispose();
        talk?.Dispose();
    }

    private void Greet(Endpoint to)
    {
        var said = hello.AsSpan(0, length);
        try
        {
            socket.SendTo(talk is null ? said : outgoing.AsSpan(0, talk.Write(to, said, outgoing)), SocketFlags.None, ToSystem(to));
        }
        catch (SocketException)
        {
            // Refused by a firewall of this machine, or no way there: nobody answers, which is seen.
        }
    }

    private void Collect()
    {
        var buffer = new byte[HelloCodec.Length + SealedTalk.Overhead + 1];
        var opened = new byte[buffer.Length];
        var begun = Stopwatch.GetTimestamp();
        while (Patience - Stopwatch.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
        {
            if (!socket.Poll(left, SelectMode.SelectRead))
                return;
            EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
            try
            {
                ReadOnlySpan<byte> said = buffer.AsSpan(0, socket.ReceiveFrom(buffer, ref sender));
                var from = FromSystem((IPEndPoint)sender);
                if (talk?.Open(from, said, opened, out said) != false)
                    Hear(from, said);
            }
            catch (SocketException)
            {
                // Somebody's port is closed: that one does not answer.
            }
        }
    }

    private void Hear(Endpoint from, ReadOnlySpan<byte> said)
    {
        if (talk is not null && said.IsEmpty)
        {
            Greet(from);
            return;
        }

        if (HelloCodec.TryRead(said, out var heard) != ReadStatus.Done || heard!.Kind != HelloKind.Answer || heard.YourBoot != boot)
            return;
        var answer = new Answered(from, heard.Id, heard.Boot);
        if (!answers.Contains(answer))
            answers.Add(answer);
    }

    private static IPEndPoint ToSystem(Endpoint place) =>
        new(new IPAddress((uint)IPAddress.HostToNetworkOrder((int)place.Address)), place.Port);

    private static Endpoint FromSystem(IPEndPoint place) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(place.Address.GetAddressBytes()), (ushort)place.Port);
}

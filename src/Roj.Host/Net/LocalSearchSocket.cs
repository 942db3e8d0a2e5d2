using System.Net;
using System.Net.Sockets;
using Roj.Files.Tracking;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>The datagrams of BEP 14, on one interface: one socket that speaks, one that hears the group.</summary>
/// <remarks>TTL 1: the link and no further. The group's port is shared with every other BitTorrent program of the host.</remarks>
internal sealed class LocalSearchSocket : IDisposable
{
    private readonly Socket mouth = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket ear = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private LocalSearchSocket()
    {
    }

    /// <summary>Called for each announce that makes sense.</summary>
    public required Action<Endpoint, LocalSearchMessage> Received { get; init; }

    /// <summary>Binds the sockets to the interface that has the address <paramref name="own"/>.</summary>
    /// <exception cref="SocketException">It can't multicast, or somebody has the port for himself.</exception>
    public static LocalSearchSocket Bind(uint own, Action<Endpoint, LocalSearchMessage> received)
    {
        var bound = new LocalSearchSocket { Received = received };
        try
        {
            bound.Bind(new Endpoint(own, 0).ToSystem());
        }
        catch (SocketException)
        {
            bound.Dispose();
            throw;
        }

        return bound;
    }

    /// <summary>Sends an announce; what the network does not take is lost, as datagrams are.</summary>
    public void Send(Endpoint to, LocalSearchMessage message)
    {
        try
        {
            mouth.SendTo(message.Write(), SocketFlags.None, to.ToSocketAddress());
        }
        catch (SocketException)
        {
            // No route, or a full queue: the next one is due in minutes.
        }
    }

    /// <summary>Receives until the sockets are closed.</summary>
    public async Task ReceiveAsync()
    {
        var buffer = new byte[LocalSearchMessage.LengthMax + 1]; // one more: a longer datagram must not look like a whole one
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            try
            {
                var length = await ear.ReceiveFromAsync(buffer, SocketFlags.None, sender);
                if (LocalSearchMessage.TryRead(buffer.AsSpan(0, length), out var message) == ReadStatus.Done)
                    Received(sender.ToRoj(), message!);
                await Task.Yield(); // a flood of them must not keep the loop to itself
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        mouth.Dispose();
        ear.Dispose();
    }

    private void Bind(IPEndPoint own)
    {
        var group = LocalSearchMessage.Group.ToSystem();
        ear.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        ear.Bind(group); // to the group, not to any address: nothing else that comes to this port is ours
        ear.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group.Address, own.Address));
        mouth.Bind(own);
        mouth.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, own.Address.GetAddressBytes());
        mouth.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
        mouth.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true); // other nodes of this host hear it too
    }
}

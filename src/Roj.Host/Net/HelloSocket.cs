using System.Net;
using System.Net.Sockets;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Host.Net;

/// <summary>The datagrams of finding: one socket that speaks and hears what is meant for us, one for each network that hears
/// broadcasts.</summary>
/// <remarks>A socket bound to an address does not hear broadcasts on Linux, and one bound to the broadcast address hears nothing else.
/// Only the
/// latter shares its address: nodes on one host must all hear, and two nodes with one address must not share their mail.</remarks>
internal sealed class HelloSocket : IDisposable
{
    private readonly Socket own;
    private readonly List<Socket> broadcasts = [];
    private readonly byte[] outgoing = new byte[HelloCodec.Length];

    private HelloSocket(Socket own) => this.own = own;

    /// <summary>Called for each hello that makes sense.</summary>
    public required Action<Endpoint, Hello> Received { get; init; }

    /// <summary>How many datagrams made no sense.</summary>
    public long Malformed { get; private set; }

    /// <summary>Binds the sockets.</summary>
    /// <exception cref="SocketException">The own address and port can't be had.</exception>
    public static HelloSocket Bind(Endpoint self, IEnumerable<Subnet> subnets, Action<Endpoint, Hello> received, Action<string> warn)
    {
        var own = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
        var bound = new HelloSocket(own) { Received = received };
        try
        {
            own.Bind(self.ToSystem());
        }
        catch (SocketException)
        {
            bound.Dispose();
            throw;
        }

        foreach (var subnet in subnets.Where(subnet => subnet.HasBroadcast))
            bound.Hear(new Endpoint(subnet.Broadcast, self.Port), warn);
        return bound;
    }

    /// <summary>Receives until the sockets are closed.</summary>
    public Task ReceiveAsync() => Task.WhenAll(broadcasts.Append(own).Select(ReceiveAsync));

    /// <summary>Sends a hello; what the network does not take is lost, as datagrams are.</summary>
    public void Send(Endpoint to, Hello hello)
    {
        var length = HelloCodec.Write(hello, outgoing);
        try
        {
            own.SendTo(outgoing.AsSpan(0, length), SocketFlags.None, to.ToSocketAddress());
        }
        catch (SocketException)
        {
            // No route, a full queue, a firewall: finding asks again.
        }
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        own.Dispose();
        broadcasts.ForEach(socket => socket.Dispose());
    }

    private void Hear(Endpoint broadcast, Action<string> warn)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(broadcast.ToSystem());
            broadcasts.Add(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            warn($"cannot hear broadcasts to {broadcast}: {SystemReason.Of(e)}");
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        var buffer = new byte[HelloCodec.Length + 1]; // one more: a longer datagram must not look like a whole one
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            try
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, sender);
                if (HelloCodec.TryRead(buffer.AsSpan(0, length), out var hello) == ReadStatus.Done)
                    Received(sender.ToRoj(), hello!);
                else
                    Malformed++;
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                // An earlier datagram of ours was refused somewhere: nothing of this socket's.
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }
}

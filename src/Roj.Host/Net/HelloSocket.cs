using System.Net.Sockets;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Wire;

namespace Roj.Host.Net;

/// <summary>A <see cref="DatagramSocket"/> that hears and speaks nothing but hellos.</summary>
internal sealed class HelloSocket : IDisposable
{
    private readonly byte[] outgoing = new byte[HelloCodec.Length];
    private readonly DatagramSocket socket;
    private readonly Action<Endpoint, Hello> received;

    private HelloSocket(
        Endpoint self, IEnumerable<Subnet> subnets, Action<Endpoint, Hello> received, Action<string> warn, SealGate? gate)
    {
        this.received = received;
        socket = DatagramSocket.Bind(self, subnets, HelloCodec.Length, Receive, warn, gate);
    }

    /// <summary>How many datagrams made no sense.</summary>
    public long Malformed { get; private set; }

    /// <summary>Binds the sockets.</summary>
    /// <exception cref="SocketException">The own address and port can't be had.</exception>
    public static HelloSocket Bind(
        Endpoint self, IEnumerable<Subnet> subnets, Action<Endpoint, Hello> received, Action<string> warn, SealGate? gate = null) =>
        new(self, subnets, received, warn, gate);

    /// <summary>Receives until the sockets are closed.</summary>
    public Task ReceiveAsync() => socket.ReceiveAsync();

    /// <summary>Sends a hello; what the network does not take is lost, as datagrams are.</summary>
    public void Send(Endpoint to, Hello hello) => socket.Send(to, outgoing.AsSpan(0, HelloCodec.Write(hello, outgoing)));

    /// <summary>Closes the sockets.</summary>
    public void Dispose() => socket.Dispose();

    private void Receive(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (HelloCodec.TryRead(datagram, out var hello) == ReadStatus.Done)
            received(from, hello!);
        else
            Malformed++;
    }
}

using System.Net;
using System.Net.Sockets;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>The datagrams between nodes: one socket that speaks and hears what is meant for us, one for each network that hears
/// broadcasts.</summary>
/// <remarks>A socket bound to an address does not hear broadcasts on Linux, and one bound to the broadcast address hears nothing else.
/// Only the latter shares its address: nodes on one host must all hear, and two nodes with one address must not share their
/// mail.</remarks>
internal sealed class DatagramSocket : IDisposable
{
    // Those who flood us always have one more waiting: after so many the others on the loop have their turn.
    private const int BurstMax = 64;

    // What waits while the loop is busy: as much as the system grants (Linux: net.core.rmem_max), so that a burst costs no member.
    private const int WaitingBytes = 1 << 20;

    private readonly Socket own;
    private readonly SocketAddress recipient = new(AddressFamily.InterNetwork); // written anew for each datagram
    private readonly List<Socket> broadcasts = [];
    private readonly int bytesMax;
    private readonly DatagramHandler received;
    private readonly SealGate? gate;
    private readonly CutOff? cut;

    private DatagramSocket(Socket own, int bytesMax, DatagramHandler received, SealGate? gate, CutOff? cut)
    {
        (this.own, this.received, this.gate, this.cut) = (own, received, gate, cut);
        this.bytesMax = gate is null ? bytesMax : bytesMax + Seal.Overhead;
    }

    /// <summary>Binds the sockets.</summary>
    /// <param name="self">The own address and port.</param>
    /// <param name="subnets">Whose broadcasts are heard.</param>
    /// <param name="bytesMax">Bytes of a datagram at most.</param>
    /// <param name="received">Called for each datagram; of one that is longer it gets one byte more than may be.</param>
    /// <param name="warn">Told what can be lived with.</param>
    /// <param name="gate">What all of them pass; null where there is no key.</param>
    /// <param name="cut">Who is neither spoken to nor heard; null for nobody.</param>
    /// <exception cref="SocketException">The own address and port can't be had.</exception>
    public static DatagramSocket Bind(
        Endpoint self,
        IEnumerable<Subnet> subnets,
        int bytesMax,
        DatagramHandler received,
        Action<string> warn,
        SealGate? gate = null,
        CutOff? cut = null)
    {
        var own = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            EnableBroadcast = true,
            ReceiveBufferSize = WaitingBytes,
        };
        var bound = new DatagramSocket(own, bytesMax, received, gate, cut);
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

    /// <summary>Receives until the sockets are closed, or until what the handler threw on one of them.</summary>
    public async Task ReceiveAsync() => await await Task.WhenAny(broadcasts.Append(own).Select(ReceiveAsync));

    /// <summary>Sends a datagram; what the network does not take is lost, as datagrams are. One caller at a time.</summary>
    public void Send(Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (gate is null)
        {
            SendAsIs(to, datagram);
            return;
        }

        SendAsIs(to, gate.Out(to, datagram));
        if (gate.OutAgain(to, datagram) is { IsEmpty: false } again)
            SendAsIs(to, again);
    }

    /// <summary>Closes the sockets.</summary>
    public void Dispose()
    {
        own.Dispose();
        broadcasts.ForEach(socket => socket.Dispose());
    }

    private void SendAsIs(Endpoint to, ReadOnlySpan<byte> datagram)
    {
        if (cut?.Has(to) is true)
            return;
        to.CopyTo(recipient);
        try
        {
            own.SendTo(datagram, SocketFlags.None, recipient);
        }
        catch (SocketException)
        {
            // No route, a full queue, a firewall: whoever waits for an answer asks again.
        }
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

    private void Take(Endpoint from, ReadOnlySpan<byte> datagram)
    {
        if (cut?.Has(from) is true)
            return;
        if (gate is null)
            received(from, datagram);
        else if (gate.In(from, datagram, out var said, out var answer))
            received(from, said);
        else if (!answer.IsEmpty)
            SendAsIs(from, answer);
    }

    private async Task ReceiveAsync(Socket socket)
    {
        var buffer = new byte[bytesMax + 1]; // one more: a longer datagram must not look like a whole one
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        for (var burst = 1; ; burst++)
        {
            if (burst % BurstMax == 0)
                await Task.Yield();
            try
            {
                var length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, sender);
                Take(sender.ToRoj(), buffer.AsSpan(0, length));
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

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Roj.EndToEnd;

/// <summary>An interface of this network namespace, as packet(7) names it: for sockets that hear and say whole frames.</summary>
/// <param name="index">The interface's; 0 for all of them.</param>
internal sealed class LinkLayerEndPoint(int index) : EndPoint
{
    /// <summary>Every protocol, and what is sent as well as what comes (ETH_P_ALL), in the order of the network.</summary>
    public const ProtocolType EveryProtocol = (ProtocolType)0x0300;

    private const int Length = 20; // struct sockaddr_ll

    /// <inheritdoc/>
    public override AddressFamily AddressFamily => AddressFamily.Packet;

    /// <inheritdoc/>
    public override SocketAddress Serialize()
    {
        // family, protocol, ifindex, and what the kernel fills in.
        var address = new SocketAddress(AddressFamily.Packet, Length);
        BinaryPrimitives.WriteInt16LittleEndian(address.Buffer.Span[2..], (short)EveryProtocol);
        BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
        return address;
    }
}

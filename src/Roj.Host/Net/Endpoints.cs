using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Between the cores' endpoints and the runtime's.</summary>
internal static class Endpoints
{
    public static IPEndPoint ToSystem(this Endpoint endpoint) =>
        new(new IPAddress(BinaryPrimitives.ReverseEndianness(endpoint.Address)), endpoint.Port);

    public static Endpoint ToRoj(this IPEndPoint endpoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(bytes, out _);
        return new Endpoint(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endpoint.Port);
    }

    // A sockaddr_in: family in the machine's order, then port and address in the network's.
    public static Endpoint ToRoj(this SocketAddress address) => new(
        BinaryPrimitives.ReadUInt32BigEndian(address.Buffer.Span[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(address.Buffer.Span[2..]));

    public static SocketAddress ToSocketAddress(this Endpoint endpoint)
    {
        var address = new SocketAddress(AddressFamily.InterNetwork);
        endpoint.CopyTo(address);
        return address;
    }

    public static void CopyTo(this Endpoint endpoint, SocketAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], endpoint.Port);
        BinaryPrimitives.WriteUInt32BigEndian(address.Buffer.Span[4..], endpoint.Address);
    }
}

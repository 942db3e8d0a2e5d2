using System.Net;
using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Tests.Host;

/// <summary>Addresses that only this machine has: as many as callers are to seem.</summary>
internal static class Loopback
{
    public const uint First = 0x7F000001;

    /// <summary>127.0.0.1, 127.0.0.2 and so on.</summary>
    public static IPAddress Of(int number) => IPAddress.Parse(Endpoint.AddressText(First - 1 + (uint)number));

    /// <summary>A port that nobody has, most likely.</summary>
    public static Endpoint Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Endpoint(First, (ushort)((IPEndPoint)socket.LocalEndPoint!).Port);
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Roj.Host.Net;

/// <summary>Socket options of Linux that .NET has no name for (tcp(7)); nothing happens elsewhere, and all works without them.</summary>
internal static class LinuxSocket
{
    private const int Tcp = 6; // IPPROTO_TCP

    /// <summary>Has a socket say that it takes more only while fewer than <paramref name="bytes"/> wait in its kernel buffer to be sent
    /// for the first time (TCP_NOTSENT_LOWAT): what was handed over then has left, but for so much.</summary>
    public static void BoundUnsent(Socket socket, int bytes)
    {
        const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT
        Set(socket, NotSentLowWater, bytes);
    }

    /// <summary>Has the kernel hold back a caller until it has said something, for a second (TCP_DEFER_ACCEPT): for protocols in
    /// which the caller speaks first, one that says nothing costs no descriptor.</summary>
    public static void DeferAccept(Socket listener)
    {
        const int DeferAccept = 9; // TCP_DEFER_ACCEPT, in seconds
        Set(listener, DeferAccept, 1);
    }

    private static void Set(Socket socket, int option, int value)
    {
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(Tcp, option, MemoryMarshal.AsBytes([value]));
    }
}

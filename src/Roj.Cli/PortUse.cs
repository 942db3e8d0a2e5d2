using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary>Whether an address and port can be had, and who has it.</summary>
internal static class PortUse
{
    private const int ListenState = 0x0A; // TCP_LISTEN of the kernel's include/net/tcp_states.h

    /// <summary>What stands in the way of listening there by TCP; null for nothing.</summary>
    public static SocketError? Trouble(Endpoint place) => Trouble(place, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>What stands in the way of a socket for datagrams there; null for nothing.</summary>
    public static SocketError? DatagramTrouble(Endpoint place) => Trouble(place, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>The process that listens there by TCP, such as <c>process 123 (nginx)</c>; null where nobody can say.</summary>
    /// <remarks>Linux: proc(5), <c>/proc/net/tcp</c> and the descriptors of all processes that this user may look into.</remarks>
    public static string? Holder(Endpoint place) => Holder(place, "/proc/net/tcp", ListenState);

    /// <summary>The process that has the socket for datagrams there.</summary>
    public static string? DatagramHolder(Endpoint place) => Holder(place, "/proc/net/udp", state: null);

    private static SocketError? Trouble(Endpoint place, SocketType type, ProtocolType protocol)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(new IPAddress((uint)IPAddress.HostToNetworkOrder((int)place.Address)), place.Port));
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static string? Holder(Endpoint place, string list, int? state)
    {
        try
        {
            foreach (var line in File.ReadLines(list).Skip(1))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 9 && IsAt(words[1], place) && (state is null || Hex(words[3]) == state))
                    return Owner($"socket:[{words[9]}]");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another system, or one that does not tell.
        }

        return null;
    }

    // The address is in memory order: 0100007F:1B9E is 127.0.0.1:7070.
    private static bool IsAt(string word, Endpoint place)
    {
        var address = Hex(word[..8]);
        return Hex(word[9..]) == place.Port && (address == 0 || (uint)IPAddress.NetworkToHostOrder((int)address) == place.Address);
    }

    private static uint Hex(string digits) => uint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string? Owner(string socket)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                if (Directory.EnumerateFiles(process + "/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == socket))
                    return $"process {Path.GetFileName(process)} ({File.ReadAllText(process + "/comm").Trim()})";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another user's, or gone meanwhile.
            }
        }

        return null;
    }
}

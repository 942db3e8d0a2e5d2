using System.Net;
using System.Net.Sockets;

namespace Roj.Tests.Cluster;

/// <summary>A cluster of one test's own on this machine: a name, a port, and an address for each node.</summary>
internal sealed class Place
{
    private static int count;

    // Tests run at the same time, and so may several of these programs: the process tells them apart.
    private readonly string net = $"127.{64 + (Environment.ProcessId >> 8 & 63)}.{Environment.ProcessId & 255}";
    private readonly int first = 1 + 8 * (Interlocked.Increment(ref count) % 31);

    public Place()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(Address(0)), 0));
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public string Name { get; } = $"tests-{Guid.NewGuid():N}";

    public int Port { get; }

    /// <summary>Of one of up to eight nodes.</summary>
    public string Address(int index) => $"{net}.{first + index}";

    /// <summary>What one of up to eight nodes is told.</summary>
    public RojOptions Options(int index) => new()
    {
        Cluster = Name,
        Name = $"node-{index}",
        Address = Address(index),
        Port = Port,
        Sweep = false,
    };
}

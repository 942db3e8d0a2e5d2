using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Kernel;

namespace Roj.Tests.Host.Daemon;

/// <summary>Two hundred places that send a hundred thousand datagrams a second to one.</summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>How many a second.</summary>
    public const int PerSecond = 100_000;

    private const int SourcesMax = 200;
    private const uint Sources = 0x7F580100; // 127.88.1.0

    private readonly EndPoint to;
    private readonly Func<int, Span<byte>, int> write;
    private readonly List<Socket> sockets = [];

    /// <summary>Takes its places.</summary>
    /// <param name="to">Whom it floods.</param>
    /// <param name="write">Writes the datagram of a number; its length.</param>
    public Crowd(Endpoint to, Func<int, Span<byte>, int> write)
    {
        (this.to, this.write) = (to.ToSystem(), write);
        for (var i = 0u; i < SourcesMax; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            sockets.Add(socket);
            socket.Bind(new Endpoint(Sources + i, to.Port).ToSystem());
        }
    }

    /// <summary>Sends so many, as fast as it may.</summary>
    public Task FloodAsync(int count) => Task.Run(() =>
    {
        var buffer = new byte[2048];
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds * PerSecond < i)
                Thread.Yield();
            sockets[i % SourcesMax].SendTo(buffer.AsSpan(0, write(i, buffer)), SocketFlags.None, to);
        }
    });

    public void Dispose() => sockets.ForEach(socket => socket.Dispose());
}

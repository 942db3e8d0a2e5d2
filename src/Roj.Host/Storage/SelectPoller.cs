using System.Net;
using System.Net.Sockets;

namespace Roj.Host.Storage;

/// <summary>By select(2), which every system has: each waiting costs something for each socket.</summary>
internal sealed class SelectPoller : IPoller
{
    private readonly Dictionary<Socket, (IPolled Whose, bool Reads, bool Writes)> all = [];
    private readonly Socket bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<Socket> reads = [];
    private readonly List<Socket> writes = [];
    private readonly byte[] rung = new byte[1];

    public SelectPoller()
    {
        bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        bell.Connect(bell.LocalEndPoint!); // what is not from itself does not come in
        bell.Blocking = false;
    }

    /// <inheritdoc/>
    public void Add(Socket socket, IPolled whose) => all[socket] = (whose, true, false);

    /// <inheritdoc/>
    public void Change(Socket socket, IPolled whose, bool reads, bool writes) => all[socket] = (whose, reads, writes);

    /// <inheritdoc/>
    public void Remove(Socket socket) => all.Remove(socket);

    /// <inheritdoc/>
    public void Wait(int milliseconds)
    {
        reads.Clear();
        writes.Clear();
        reads.Add(bell);
        foreach (var (socket, (_, toRead, toWrite)) in all)
        {
            if (toRead)
                reads.Add(socket);
            if (toWrite)
                writes.Add(socket);
        }

        Socket.Select(reads, writes, null, milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds));
        if (reads.Remove(bell))
            _ = bell.Receive(rung, SocketFlags.None, out _);
        foreach (var socket in reads.ToArray())
        {
            if (all.TryGetValue(socket, out var one))
                one.Whose.Ready(reads: true, writes: writes.Remove(socket));
        }

        foreach (var socket in writes.ToArray())
        {
            if (all.TryGetValue(socket, out var one))
                one.Whose.Ready(reads: false, writes: true);
        }
    }

    /// <inheritdoc/>
    public void Wake() => _ = bell.Send(rung, SocketFlags.None, out _);

    /// <inheritdoc/>
    public void Dispose() => bell.Dispose();
}

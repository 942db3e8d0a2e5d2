using System.Net;
using System.Net.Sockets;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>Takes clients in who speak RESP. On the store's thread only.</summary>
/// <param name="poller">Says which sockets have something to do.</param>
/// <param name="password">What clients must say first; null if nothing.</param>
/// <param name="ask">Has the store carry out a call, which <see cref="Answer"/> answers, maybe before it returns.</param>
/// <param name="unix">The wall clock.</param>
internal sealed class RespServer(IPoller poller, ReadOnlyMemory<byte>? password, Action<ulong, StorageCall> ask, Func<long> unix) : IDisposable
{
    /// <summary>Clients at a time, as with Redis.</summary>
    public const int ClientsMax = 10_000;

    private const int AcceptsAtATime = 64;
    private const int Backlog = 511;

    private readonly Dictionary<ulong, (RespConnection Client, RespCall Call)> calls = [];
    private readonly HashSet<RespConnection> clients = [];
    private readonly List<RespConnection> flushing = [];
    private Socket? listener;
    private ulong lastCall;
    private long lastClient;

    /// <summary>What sockets are read into.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(64 * 1024);

    /// <summary>Who has something to be sent to.</summary>
    public List<RespConnection> Touched { get; } = [];

    /// <summary>Says which sockets have something to do.</summary>
    public IPoller Poller => poller;

    /// <summary>What clients are told of the node.</summary>
    public RespFacts Facts { get; set; } = new();

    /// <summary>Clients that are there.</summary>
    public int Clients => clients.Count;

    /// <summary>Clients that have been there.</summary>
    public long ClientsEver => lastClient;

    /// <summary>Calls that were answered.</summary>
    public long CallsEver { get; private set; }

    /// <summary>Takes clients in at an address.</summary>
    /// <exception cref="SocketException">It can't be listened on.</exception>
    public IPEndPoint Listen(IPEndPoint at)
    {
        listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(at);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            listener = null;
            throw;
        }

        poller.Add(listener, new Door(this));
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    /// <summary>Has the store carry out what a client wants.</summary>
    public void Pump(RespConnection client)
    {
        while (!client.IsClosed && client.Session.TryTake(unix(), out var call))
        {
            var id = ++lastCall;
            calls.Add(id, (client, call));
            ask(id, call.Call);
        }
    }

    /// <summary>The store answers a call.</summary>
    public void Answer(ulong id, StorageAnswer answer)
    {
        if (!calls.Remove(id, out var asked) || asked.Client.IsClosed)
            return;
        CallsEver++;
        asked.Client.Session.Answer(unix(), asked.Call, answer);
        asked.Client.Touch();
    }

    /// <summary>Sends what is to be sent.</summary>
    public void Flush()
    {
        while (Touched.Count > 0)
        {
            flushing.AddRange(Touched);
            Touched.Clear();
            foreach (var client in flushing)
            {
                Pump(client); // an answer may let more begin
                client.Flush();
            }

            flushing.Clear();
        }
    }

    /// <summary>A client is gone.</summary>
    public void Closed(RespConnection client) => clients.Remove(client);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (listener is not null)
        {
            poller.Remove(listener);
            listener.Dispose();
        }

        foreach (var client in clients.ToArray())
            client.Close();
    }

    private void Accept()
    {
        for (var i = 0; i < AcceptsAtATime; i++)
        {
            Socket socket;
            try
            {
                socket = listener!.Accept();
            }
            catch (SocketException)
            {
                return; // nobody else; or no descriptor is left, and he is taken in later
            }

            if (clients.Count >= ClientsMax)
            {
                socket.Blocking = false;
                socket.Send("-ERR max number of clients reached\r\n"u8, SocketFlags.None, out _);
                socket.Dispose();
                continue;
            }

            socket.Blocking = false;
            socket.NoDelay = true;
            var settings = new RespSettings
            {
                Password = password,
                ConnectionId = ++lastClient,
                Peer = $"{socket.RemoteEndPoint}",
                Local = $"{socket.LocalEndPoint}",
            };
            var client = new RespConnection(socket, new RespSession(settings, Facts), this);
            clients.Add(client);
            poller.Add(socket, client);
        }
    }

    private sealed class Door(RespServer server) : IPolled
    {
        public void Ready(bool reads, bool writes) => server.Accept();
    }
}

using System.Net;
using System.Net.Sockets;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>Takes clients in who speak RESP. On the store's thread only.</summary>
/// <param name="poller">Says which sockets have something to do.</param>
/// <param name="password">What clients must say first; null if nothing.</param>
/// <param name="ask">Has the store carry out a call, which <see cref="Answer"/> answers, maybe before it returns.</param>
/// <param name="time">What time it is.</param>
internal sealed class RespServer(IPoller poller, ReadOnlyMemory<byte>? password, Action<ulong, StorageCall> ask, Func<Moment> time)
    : IDisposable
{
    /// <summary>Clients at a time, as with Redis.</summary>
    public const int ClientsMax = 10_000;

    private const int AcceptsAtATime = 64;
    private const int Backlog = 511;

    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly Stack<int> free = [];
    private readonly HashSet<RespConnection> clients = [];
    private readonly List<RespConnection> flushing = [];
    private readonly GuessLimit guesses = new(GuessLimit.Usual);
    private (RespConnection? Client, RespCall Call)[] calls = new (RespConnection?, RespCall)[64]; // by their numbers
    private Socket? listener;
    private Instant lookAt;
    private int used;
    private long lastClient;

    /// <summary>What sockets are read into.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(64 * 1024);

    /// <summary>Who has something to be sent to.</summary>
    public List<RespConnection> Touched { get; } = [];

    /// <summary>Says which sockets have something to do.</summary>
    public IPoller Poller => poller;

    /// <summary>The time, as it was when this round began.</summary>
    public Instant Now => time().Now;

    /// <summary>What clients are told of the node.</summary>
    public RespFacts Facts
    {
        get;
        set
        {
            field = value;
            foreach (var client in clients)
                client.Session.Facts = value;
        }
    }
    = new();

    /// <summary>When <see cref="Look"/> is next due; null while nobody is there.</summary>
    public Instant? Deadline => clients.Count > 0 ? lookAt : null;

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
            // No ReuseAddress: the runtime's lets two listeners share a port, and allows what an earlier life left by itself.
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
        var session = client.Session;
        if (!session.IsTrusted && !LetsGuess(client))
            return;
        while (!client.IsClosed)
        {
            while (session.TryTake(time().Unix, out var call))
                ask(Number(client, call), call.Call);
            if (!session.IsHeld)
                return;
            guesses.Failed(Second, client.Source);
            if (!LetsGuess(client))
                return;
        }
    }

    /// <summary>The store answers a call.</summary>
    public void Answer(ulong id, StorageAnswer answer)
    {
        var (client, call) = calls[(int)id];
        if (client is null)
            return;
        calls[(int)id] = default;
        free.Push((int)id);
        if (client.IsClosed)
            return;
        CallsEver++;
        client.Session.Answer(time().Unix, call, answer);
        client.Touch();
    }

    /// <summary>Looks after all clients: who is waited for in vain is hung up on, and who guessed too often may guess again.</summary>
    public void Look()
    {
        lookAt = Now + pause;
        foreach (var client in clients.ToArray())
        {
            client.Look(Now);
            if (client.IsClosed || client.Session.IsTrusted)
                continue;
            Pump(client);
            client.Touch();
        }
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
                HoldsAfterGuess = true,
                ConnectionId = ++lastClient,
                Peer = $"{socket.RemoteEndPoint}",
                Local = $"{socket.LocalEndPoint}",
            };
            var source = SourceOf(((IPEndPoint)socket.RemoteEndPoint!).Address);
            var client = new RespConnection(socket, new RespSession(settings, Facts), source, this);
            if (clients.Count == 0)
                lookAt = Now; // nobody kept the facts up to date
            clients.Add(client);
            poller.Add(socket, client);
        }
    }

    private long Second => Now.Ticks / TimeSpan.TicksPerSecond;

    // By addresses of IPv4; those of IPv6 by the network that one user has.
    private static uint SourceOf(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return bytes.Length == 4 ? BitConverter.ToUInt32(bytes) : BitConverter.ToUInt32(bytes) ^ BitConverter.ToUInt32(bytes, 4);
    }

    private bool LetsGuess(RespConnection client)
    {
        if (!guesses.MayGuess(Second, client.Source))
            return false;
        client.Session.Resume();
        return true;
    }

    private ulong Number(RespConnection client, RespCall call)
    {
        if (!free.TryPop(out var id))
            id = used++;
        if (id == calls.Length)
            Array.Resize(ref calls, calls.Length * 2);
        calls[id] = (client, call);
        return (ulong)id;
    }

    private sealed class Door(RespServer server) : IPolled
    {
        public void Ready(bool reads, bool writes) => server.Accept();
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Roj.Host.Election;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Host.Daemon;

/// <summary>The exchanges between nodes: streams that others call us by, and those that we call others by.</summary>
/// <remarks>With keys all are under TLS (<see cref="Tls"/>), and who has not shown a key is nobody. At most
/// <see cref="CallersMax"/> callers at a time, <see cref="CallersPerSourceMax"/> of one address: of more, the first that is not known to be
/// ours makes room. Nobody is waited for longer than 3 s, for a connection 1 s, and no exchange lasts longer than 10 s. Before the cluster
/// is known 18 bytes are read, and of a caller's first frame 64; all that is being received together takes at most
/// <see cref="BytesMax"/>.</remarks>
internal sealed class ExchangeCalls(
    Endpoint own, ulong cluster, Func<Endpoint, bool> admits, Func<ExchangeMessage, ExchangeMessage?> reply, ClusterKeys? keys = null)
    : IDisposable
{
    /// <summary>Callers at a time.</summary>
    public const int CallersMax = 32;

    /// <summary>Callers of one address at a time, so that no one address has all places.</summary>
    public const int CallersPerSourceMax = 8;

    /// <summary>Bytes of frames that are being received, together.</summary>
    public const int BytesMax = 2 * ExchangeCodec.LengthMax;

    private const int FirstFrameMax = 64; // a digest has 26, a claim all of them
    private const int FramesMax = 4; // digest, everything, everything; and one to find that there is no more
    private const int FirstBytes = 16 * 1024;
    private const int SentBytes = 64 * 1024; // for each of which the other is given time anew

    /// <summary>How long anybody is waited for each time, unless told otherwise.</summary>
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(3);

    // On a local network a connection takes a millisecond; who is dead must not keep the only exchange busy for long.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Tls? tls = keys is null ? null : new Tls(keys, Tls.Exchange, Tls.Rings, Tls.Links, Tls.Clients, Tls.Elections);
    private readonly LinkedList<Call> callers = [];
    private long heldBytes;
    private Drops drops;

    /// <summary>How long anybody is waited for each time.</summary>
    public TimeSpan Patience { get; init; } = UsualPatience;

    /// <summary>How long an exchange lasts at most, however busy it looks.</summary>
    public TimeSpan PatienceInAll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is said in the clear over a caller's socket.</summary>
    public Func<Socket, PlainChannel> Over { get; init; } = socket => new PlainChannel(socket);

    /// <summary>What was dropped so far.</summary>
    public Drops Drops => drops;

    /// <summary>Takes a ring of keys that another node gives us; what it gives back is the answer.</summary>
    public Func<Keyring, Keyring>? RingGiven { get; init; }

    /// <summary>Takes the connection of who called to speak about agreement or tokens, what it said first, and from which address; null
    /// where nobody may.</summary>
    public Action<Channel, LinkHello, uint>? Linked { get; set; }

    /// <summary>Answers who called to ask by HTTP, waiting each time as long as it is given; null where that is answered to
    /// nobody.</summary>
    public Func<Channel, Func<CancellationToken>, Task>? Asked { get; set; }

    /// <summary>The handshakes of this port; null where there is no key.</summary>
    public Tls? Tls => tls;

    /// <summary>How many callers have shown that they are ours: by a key, or by naming our cluster where there is none.</summary>
    public int Kin => callers.Count(caller => caller.IsKin);

    /// <summary>Opens the port.</summary>
    /// <exception cref="SocketException">It can't be had.</exception>
    public void Listen()
    {
        // No ReuseAddress: the runtime's lets two listeners share a port, and allows what an earlier life left by itself.
        listener.Bind(own.ToSystem());
        listener.Listen(2 * CallersMax);
    }

    /// <summary>Takes callers until this is closed.</summary>
    public async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Answer(await listener.AcceptAsync());
                await Task.Yield(); // while more wait, accepting never does: others on the loop have their turn
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                await Task.Delay(100); // no more files may be open, or the caller is gone again
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Calls a node and talks with it; returns when that has ended, well or not.</summary>
    /// <param name="node">Whom.</param>
    /// <param name="opening">What to say first, asked for when it can be said; null to hang up.</param>
    /// <param name="keyId">Which of our keys it is known to hold; null for the first.</param>
    public async Task CallAsync(Endpoint node, Func<ExchangeMessage?> opening, uint? keyId = null)
    {
        using var call = new Call(NewChannel(), Patience, PatienceInAll);
        await TalkAsync(call, FramesMax, async () =>
        {
            if (!await ConnectAsync(call, node, keyId, Tls.Exchange) || opening() is not { } first)
                return false;
            await SendAsync(call, first);
            return true;
        });
    }

    /// <summary>Gives a node a ring of keys.</summary>
    /// <param name="node">Whom.</param>
    /// <param name="keyId">Which key it is known to hold.</param>
    /// <param name="ring">The ring.</param>
    /// <returns>What it has then; null if it could not be told.</returns>
    public async Task<Keyring?> GiveAsync(Endpoint node, uint keyId, Keyring ring)
    {
        using var call = new Call(NewChannel(), Patience, PatienceInAll);
        Keyring? theirs = null;
        await TalkAsync(call, 0, async () =>
        {
            if (await ConnectAsync(call, node, keyId, Tls.Rings))
            {
                await SendAsync(call, ring);
                theirs = await ReadRingAsync(call);
            }

            return false;
        });
        return theirs;
    }

    /// <summary>Hangs up on all.</summary>
    public void Dispose()
    {
        listener.Dispose();
        foreach (var caller in callers.ToArray())
            caller.Dispose();
    }

    private async void Answer(Socket socket)
    {
        var channel = tls is null ? Over(socket) : new PlainChannel(socket);
        using var call = new Call(channel, Patience, PatienceInAll) { IsCaller = true };
        if (socket.RemoteEndPoint is not IPEndPoint from || !admits(from.ToRoj()))
        {
            drops = drops with { NotLocal = drops.NotLocal + 1 };
            return;
        }

        call.Source = from.ToRoj().Address;
        if (tls?.TryBegin(call.Source) == false || !HasRoom(call.Source)) // who may not begin makes nobody go
        {
            drops = drops with { Crowded = drops.Crowded + 1 };
            return;
        }

        callers.AddLast(call);
        await TalkAsync(call, FramesMax, async () =>
            await OpenAsync(call, tls?.AnswerAsync(call.Socket, call.Wait()))
            && !await TakeRingAsync(call) && !await TakeRequestAsync(call) && !await TakeLinkAsync(call));
        callers.Remove(call);
    }

    /// <summary>Whether there is a place for one more caller, made if need be.</summary>
    private bool HasRoom(uint source)
    {
        var isOneAddress = callers.Count(caller => caller.Source == source) >= CallersPerSourceMax;
        if (!isOneAddress && callers.Count < CallersMax)
            return true;
        if (callers.FirstOrDefault(caller => !caller.IsKin && (!isOneAddress || caller.Source == source)) is not { } oldest)
            return false;
        drops = drops with { Crowded = drops.Crowded + 1 };
        callers.Remove(oldest);
        oldest.Dispose();
        return true;
    }

    /// <summary>Has a call go on under the handshake, or in the clear if there is to be none; false if that came to nothing.</summary>
    private async Task<bool> OpenAsync(Call call, Task<SealedChannel?>? shaking)
    {
        if (shaking is null)
            return true;
        if (await shaking is not { } channel)
        {
            drops = drops with { Untrusted = drops.Untrusted + 1 };
            return false;
        }

        call.Channel = channel;
        call.IsKin = true;
        return true;
    }

    private async Task TalkAsync(Call call, int framesMax, Func<Task<bool>> begin)
    {
        try
        {
            var isOn = await begin();
            for (var frames = 0; isOn && frames < framesMax; frames++)
            {
                if (await ReadAsync(call, call.IsCaller && frames == 0 ? FirstFrameMax : ExchangeCodec.LengthMax) is not { } message
                    || reply(message) is not { } answer)
                {
                    return;
                }

                await SendAsync(call, answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or InvalidDataException)
        {
            drops = drops with { Calls = drops.Calls + 1 };
        }
    }

    private async Task<bool> ConnectAsync(Call call, Endpoint node, uint? keyId, SslApplicationProtocol protocol)
    {
        // From our own address: others admit by it.
        call.Socket.Bind(own.WithPort(0).ToSystem());
        await call.Socket.ConnectAsync(node.ToSystem(), call.Wait(ConnectPatience));
        return await OpenAsync(call, tls?.CallAsync(call.Socket, keyId, call.Wait(), protocol));
    }

    /// <summary>Whether a caller came to give us a ring; then that is done.</summary>
    private async Task<bool> TakeRingAsync(Call call)
    {
        if (call.Channel is not SealedChannel channel || channel.Protocol != Tls.Rings)
            return false;
        if (RingGiven is { } given && await ReadRingAsync(call) is { } ring)
            await SendAsync(call, given(ring));
        return true;
    }

    /// <summary>Whether a caller came to ask by HTTP, as elections have it; then that is done.</summary>
    private async Task<bool> TakeRequestAsync(Call call)
    {
        var isOne = call.Channel is SealedChannel { Protocol: var protocol }
            ? protocol == Tls.Elections
            : await FirstByteAsync(call) is { } first && NodeRequest.BeginsWith(first);
        if (!isOne || Asked is not { } asked)
            return false;
        await asked(call.Channel, call.Wait);
        return true;
    }

    /// <summary>What came first over a connection in the clear, and stays to be received; null if it ended.</summary>
    private static async Task<byte?> FirstByteAsync(Call call)
    {
        await call.Channel.ReceiveAsync(Memory<byte>.Empty, call.Wait());
        var first = new byte[1];
        return call.Socket.Receive(first, SocketFlags.Peek) > 0 ? first[0] : null;
    }

    /// <summary>Whether a caller came to speak about agreement or tokens; then it is no caller any more.</summary>
    private async Task<bool> TakeLinkAsync(Call call)
    {
        if (call.Channel is SealedChannel { Protocol: var protocol } && protocol != Tls.Links && protocol != Tls.Clients)
            return false;
        if (call.Channel.IsPlain && await FirstByteAsync(call) != LinkHello.FirstByte)
            return false;
        if (await Caller.HearAsync(call.Channel, call.Wait()) is not { } hello)
            throw new InvalidDataException();
        if (call.Channel is SealedChannel made && made.Protocol == Tls.Links != hello.Kind is not LinkKind.Client)
            throw new InvalidDataException();
        if (hello.Cluster != cluster)
            drops = drops with { OtherCluster = drops.OtherCluster + 1 };
        else if (Linked is { } linked)
            linked(call.HandOver(), hello, call.Source);
        return true;
    }

    // A ring is two bytes of length and its text.
    private static async Task SendAsync(Call call, Keyring ring)
    {
        var text = ring.Write();
        await call.Channel.SendAsync((byte[])[(byte)(text.Length >> 8), (byte)text.Length, .. text], call.Wait());
    }

    private static async Task<Keyring?> ReadRingAsync(Call call)
    {
        var head = new byte[sizeof(ushort)];
        await FillAsync(call, head, 0, head.Length);
        var text = new byte[BinaryPrimitives.ReadUInt16BigEndian(head) is var length and <= Keyring.BytesMax
            ? length
            : throw new InvalidDataException()];
        await FillAsync(call, text, 0, text.Length);
        return Keyring.TryRead(text, out var ring) ? ring : throw new InvalidDataException();
    }

    private async Task SendAsync(Call call, ExchangeMessage message)
    {
        var frame = ExchangeCodec.Write(cluster, message);
        for (var sent = 0; sent < frame.Length; sent += SentBytes)
            await call.Channel.SendAsync(frame.AsMemory(sent..Math.Min(frame.Length, sent + SentBytes)), call.Wait());
    }

    /// <summary>The next message; null if there is none any more, or it is another cluster's.</summary>
    /// <exception cref="InvalidDataException">It is nothing of ours, or too much.</exception>
    private async Task<ExchangeMessage?> ReadAsync(Call call, int lengthMax)
    {
        var head = new byte[ExchangeCodec.HeadLength];
        if (await call.Channel.ReceiveAsync(head, call.Wait()) is not (> 0 and var received))
            return null;
        await FillAsync(call, head, received, head.Length);
        if (ExchangeCodec.TryReadHead(head, out var its, out var length) != ReadStatus.Done || length > lengthMax)
            throw new InvalidDataException();
        if (its != cluster)
        {
            drops = drops with { OtherCluster = drops.OtherCluster + 1 };
            return null;
        }

        call.IsKin = true;
        var frame = head;
        var counted = 0;
        try
        {
            for (var held = head.Length; held < length; held = frame.Length)
            {
                // Twice as much as came, not at once as much as was announced.
                var room = Math.Min(length, Math.Max(FirstBytes, 2 * held));
                heldBytes += room - counted;
                counted = room;
                if (heldBytes > BytesMax)
                    throw new InvalidDataException();
                Array.Resize(ref frame, room);
                await FillAsync(call, frame, held, room);
            }

            return ExchangeCodec.TryRead(frame, out _, out var message, out _) == ReadStatus.Done
                ? message
                : throw new InvalidDataException();
        }
        finally
        {
            heldBytes -= counted;
        }
    }

    private static async Task FillAsync(Call call, byte[] buffer, int from, int to)
    {
        while (from < to)
        {
            var received = await call.Channel.ReceiveAsync(buffer.AsMemory(from, to - from), call.Wait());
            from += received > 0 ? received : throw new InvalidDataException();
        }
    }

    private static PlainChannel NewChannel() => new(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    private sealed class Call(PlainChannel channel, TimeSpan each, TimeSpan inAll) : IDisposable
    {
        private readonly CancellationTokenSource patience = new();
        private readonly long begun = Environment.TickCount64;
        private bool isHandedOver;

        public Socket Socket => channel.Socket;

        public Channel Channel { get; set; } = channel;

        public bool IsCaller { get; init; }

        /// <summary>Whose address it comes from.</summary>
        public uint Source { get; set; }

        /// <summary>Whether it has shown that it is ours.</summary>
        public bool IsKin { get; set; }

        /// <summary>Gives the connection away: it is not this call's to end any more.</summary>
        public Channel HandOver()
        {
            isHandedOver = true;
            return Channel;
        }

        /// <summary>What one more wait is given.</summary>
        public CancellationToken Wait() => Wait(each);

        /// <summary>The same, if it is given less.</summary>
        public CancellationToken Wait(TimeSpan atMost)
        {
            var left = inAll - TimeSpan.FromMilliseconds(Environment.TickCount64 - begun);
            patience.CancelAfter(left <= TimeSpan.Zero ? TimeSpan.Zero : left < atMost ? left : atMost);
            return patience.Token;
        }

        public void Dispose()
        {
            if (!isHandedOver)
                Channel.Dispose();
            patience.Dispose();
        }
    }
}

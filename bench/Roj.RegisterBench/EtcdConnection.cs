using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Roj.EndToEnd;

namespace Roj.RegisterBench;

/// <summary>The least of gRPC that changes a key in etcd, or reads one.</summary>
/// <remarks>Over .NET's HttpClient the load generator takes a fifth of this machine away from etcd. Here one thread reads what has come,
/// lets the clients go on whose answers are in it, and sends all that they ask next at once.</remarks>
internal sealed class EtcdConnection : IRegisterConnection
{
    /// <summary>Changes keys.</summary>
    public const string Put = "/etcdserverpb.KV/Put";

    /// <summary>Reads keys, linearizable.</summary>
    public const string Range = "/etcdserverpb.KV/Range";

    private const int BufferBytes = 256 * 1024;

    private readonly Lock gate = new();
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dictionary<int, Change> waiting = [];
    private readonly byte[] firstHeaders;
    private readonly int answerBytesMin;
    private readonly byte[] outgoing = new byte[BufferBytes];
    private int outgoingBytes;
    private int stream = 1;
    private bool isReading;
    private bool isBroken;

    /// <summary>Connects.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="method">What all requests on it are.</param>
    /// <param name="answerBytesMin">How long an answer is at least: a reading that finds nothing is no reading.</param>
    public EtcdConnection(IPEndPoint address, string method = Put, int answerBytesMin = 1)
    {
        firstHeaders = EtcdFrames.FirstHeaders(address.ToString(), method);
        this.answerBytesMin = answerBytesMin;
        socket.Connect(address);
        socket.Send(EtcdFrames.Greeting());
        new Thread(Read) { IsBackground = true, Name = "etcd" }.Start();
    }

    // 64 KiB may be under way before etcd says what it took, which it does at every quarter: 256 clients of 200 bytes never get there.
    /// <inheritdoc/>
    public Task PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
    {
        lock (gate)
        {
            if (isBroken)
                throw new LabException("etcd hung up");
            var change = new Change();
            waiting.Add(stream, change);
            var headers = stream == 1 ? firstHeaders : [];
            outgoingBytes += EtcdFrames.WritePut(outgoing.AsSpan(outgoingBytes), stream, headers, key.Span, value.Span);
            stream += 2; // those of a client are odd
            if (!isReading)
                Send();
            return change.Task;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Read()
    {
        try
        {
            var buffer = new byte[BufferBytes];
            for (var held = 0; ;)
            {
                var received = socket.Receive(buffer.AsSpan(held));
                if (received == 0)
                    throw new LabException("etcd hung up");
                held += received;
                lock (gate)
                    isReading = true;
                var taken = Take(buffer.AsSpan(0, held));
                lock (gate)
                {
                    isReading = false;
                    Send();
                }

                buffer.AsSpan(taken, held - taken).CopyTo(buffer);
                held -= taken;
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or LabException)
        {
            Fail(broken);
        }
    }

    // Whole frames; gives back how many bytes they were.
    private int Take(ReadOnlySpan<byte> input)
    {
        var taken = 0;
        while (input.Length - taken >= EtcdFrames.HeadBytes)
        {
            var head = input[taken..];
            var length = BinaryPrimitives.ReadInt32BigEndian(head) >>> 8;
            if (head.Length < EtcdFrames.HeadBytes + length)
                break;
            var id = BinaryPrimitives.ReadInt32BigEndian(head[5..]);
            Take(head[3], head[4], id, head.Slice(EtcdFrames.HeadBytes, length));
            taken += EtcdFrames.HeadBytes + length;
        }

        return taken;
    }

    private void Take(byte kind, byte flags, int id, ReadOnlySpan<byte> content)
    {
        switch (kind)
        {
            case EtcdFrames.Settings or EtcdFrames.Ping when (flags & EtcdFrames.Acknowledged) == 0:
                Acknowledge(kind, kind == EtcdFrames.Ping ? content : []);
                break;
            case EtcdFrames.Data or EtcdFrames.Headers:
                var isMessage = kind == EtcdFrames.Data && content.Length >= answerBytesMin;
                TakeAnswer(id, isMessage, isLast: (flags & EtcdFrames.EndStream) != 0);
                break;
            case EtcdFrames.Reset or EtcdFrames.GoAway:
                throw new LabException("etcd ended a stream, or the connection, in an error");
        }
    }

    // An answer with a message went well: a refusal consists of trailers alone, so the headers need not be decoded.
    private void TakeAnswer(int id, bool isMessage, bool isLast)
    {
        Change? change;
        lock (gate)
        {
            change = waiting[id];
            change.HasMessage |= isMessage;
            if (!isLast)
                return;
            waiting.Remove(id);
        }

        if (change.HasMessage)
            change.SetResult(); // its client goes on here and now, and what it asks next waits for the other answers
        else
            change.SetException(new LabException("etcd refused a change"));
    }

    private void Acknowledge(byte kind, ReadOnlySpan<byte> content)
    {
        lock (gate)
        {
            var into = outgoing.AsSpan(outgoingBytes);
            var head = EtcdFrames.WriteHead(into, content.Length, kind, EtcdFrames.Acknowledged, 0);
            content.CopyTo(into[head..]);
            outgoingBytes += head + content.Length;
        }
    }

    private void Send()
    {
        for (var sent = 0; sent < outgoingBytes;)
            sent += socket.Send(outgoing.AsSpan(sent, outgoingBytes - sent));
        outgoingBytes = 0;
    }

    private void Fail(Exception why)
    {
        Change[] left;
        lock (gate)
        {
            isBroken = true;
            left = [.. waiting.Values];
            waiting.Clear();
        }

        foreach (var change in left)
            change.SetException(new LabException($"etcd's answer is missing: {why.Message}"));
    }

    private sealed class Change : TaskCompletionSource
    {
        public bool HasMessage { get; set; }
    }
}

using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Tests.Membership;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Another node's port, UDP and TCP, at which a test says and hears each word itself.</summary>
internal sealed class Stranger : IDisposable
{
    private readonly Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Endpoint to;
    private readonly ulong cluster;

    public Stranger(Endpoint own, Endpoint to, string cluster)
    {
        (Own, this.to, this.cluster) = (own, to, SwimCodec.ClusterHash(cluster));
        datagrams.Bind(own.ToSystem());
        listener.Bind(own.ToSystem());
        listener.Listen();
    }

    public Endpoint Own { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Say(SwimMessage message)
    {
        var buffer = new byte[SwimCodec.Length];
        datagrams.SendTo(buffer.AsSpan(0, SwimCodec.Write(cluster, message, buffer)), to.ToSystem());
    }

    public void Say(Hello hello)
    {
        var buffer = new byte[HelloCodec.Length];
        datagrams.SendTo(buffer.AsSpan(0, HelloCodec.Write(hello, buffer)), to.ToSystem());
    }

    /// <summary>The first datagram that comes and is one of these; the others are passed over.</summary>
    public async Task<T> HearAsync<T>(Func<T, bool> isIt) where T : class
    {
        var buffer = new byte[1500];
        while (true)
        {
            var length = await datagrams.ReceiveAsync(buffer, Ended).AsTask().WaitAsync(Soon.Limit, Ended);
            HelloCodec.TryRead(buffer.AsSpan(0, length), out var hello);
            SwimCodec.TryRead(buffer.AsSpan(0, length), out _, out var message);
            if ((hello as T ?? message as T) is { } heard && isIt(heard))
                return heard;
        }
    }

    /// <summary>The next call to us.</summary>
    public async Task<Socket> CalledAsync() => await listener.AcceptAsync(Ended).AsTask().WaitAsync(Soon.Limit, Ended);

    /// <summary>The next frame of a call.</summary>
    public static async Task<ExchangeMessage?> ReadAsync(Socket call)
    {
        var bytes = new byte[64 * 1024];
        for (var count = 0; ;)
        {
            var received = await call.ReceiveAsync(bytes.AsMemory(count), Ended).AsTask().WaitAsync(Soon.Limit, Ended);
            count += received;
            if (received == 0 || ExchangeCodec.TryRead(bytes.AsSpan(0, count), out _, out var message, out _) == ReadStatus.Malformed)
                return null;
            if (message is not null)
                return message;
        }
    }

    /// <summary>Says something in a call.</summary>
    public async Task WriteAsync(Socket call, ExchangeMessage message) =>
        await call.SendAsync(ExchangeCodec.Write(cluster, message), Ended);

    /// <summary>Takes the call that a node makes to get to know us, and tells it that we are <paramref name="number"/>.</summary>
    public async Task<ExchangeMessage?> IntroduceAsync(int number)
    {
        using var call = await CalledAsync();
        Assert.IsType<ExchangeMessage.Digest>(await ReadAsync(call));
        await WriteAsync(call, new ExchangeMessage.Everything([Observer.Record(number) with { Node = Own }], IsLast: false));
        return await ReadAsync(call);
    }

    /// <summary>A ping to node 1 of <paramref name="number"/>, of whom it may never have heard.</summary>
    public void Ping(int number, uint sequence) => Say(new SwimMessage.Ping(Finding.Id(number), 1, sequence, Finding.Id(1), []));

    public void Dispose()
    {
        datagrams.Dispose();
        listener.Dispose();
    }
}

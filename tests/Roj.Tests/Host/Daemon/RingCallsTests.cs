using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;
using Roj.Tests.Host.Net;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>The bad-input rows "TCP" behind the handshake: what who holds the key should not say, to the port of exchanges and of
/// rings.</summary>
public sealed class RingCallsTests
{
    private const ulong Cluster = 7;

    private static readonly ClusterKey Ours = ClusterKey.Create();
    private static readonly ClusterKey Another = ClusterKey.Create();

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "a length of 0", [0, 0] },
        { "one byte more than a ring may have", [.. Length(Keyring.BytesMax + 1), .. new byte[Keyring.BytesMax + 1]] },
        { "65,535 bytes", [0xFF, 0xFF, .. new byte[65_535]] },
        { "text of another kind", Framed("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
        { "bytes that are no text", [0, 4, 0xFF, 0xFE, 0, 1] },
        { "no key", Framed("roj keyring 1\n") },
        { "four keys", Framed("roj keyring 1\n" + string.Concat(Enumerable.Range(0, 4).Select(_ => ClusterKey.Create().Reveal() + "\n"))) },
        { "a key twice", Framed($"roj keyring 1\n{Ours.Reveal()}\n{Ours.Reveal()}\n") },
        { "the greatest number that there is", Framed($"roj keyring {ulong.MaxValue}\n{Another.Reveal()}\n{Ours.Reveal()}\n") },
        { "a number of 2^64", Framed($"roj keyring 18446744073709551616\n{Another.Reveal()}\n{Ours.Reveal()}\n") },
        { "a number of -1", Framed($"roj keyring -1\n{Another.Reveal()}\n{Ours.Reveal()}\n") },
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Garbage), DisableDiscoveryEnumeration = true)]
    public void What_is_no_ring_is_hung_up_on_and_changes_nothing(string what, byte[] bytes) => OnLoop(async called =>
    {
        Assert.Empty(await SayAsync(called, Tls.Rings, bytes));
        await Soon.UntilAsync(() => called.Calls.Drops.Calls == 1, what + " is counted");
        Assert.Empty(called.Kept);
        await called.RotatesAsync();
    });

    [Fact]
    public void Rings_of_other_clusters_and_of_other_times_are_answered_with_ours() => OnLoop(async called =>
    {
        foreach (var text in (string[])[
            $"roj keyring 9\n{Another.Reveal()}\n", // a foreign cluster's
            $"roj keyring {Keyring.LeadMax + 1}\n{Another.Reveal()}\n{Ours.Reveal()}\n", // out of the blue
            $"roj keyring {Keyring.VersionMax}\n{Another.Reveal()}\n{Ours.Reveal()}\n",
            $"roj keyring 0\n{Ours.Reveal()}\n"]) // nothing new
        {
            Assert.Equal(Framed($"roj keyring 0\n{Ours.Reveal()}\n"), await SayAsync(called, Tls.Rings, Framed(text)));
        }

        Assert.Empty(called.Kept);
        await called.RotatesAsync();
        Assert.Equal(0, called.Calls.Drops.Calls);
    });

    [Fact]
    public void A_ring_as_far_ahead_as_any_is_taken() => OnLoop(async called =>
    {
        var theirs = Framed($"roj keyring {Keyring.LeadMax}\n{Another.Reveal()}\n{Ours.Reveal()}\n");
        Assert.Equal(theirs, await SayAsync(called, Tls.Rings, theirs));
        Assert.Equal(Another.Id, Assert.Single(called.Kept).First.Id);
        await called.RotatesAsync();
    });

    [Fact]
    public void Who_never_says_its_ring_is_hung_up_on() => OnLoop(
        async called =>
        {
            Assert.Empty(await SayAsync(called, Tls.Rings, []));
            Assert.Empty(await SayAsync(called, Tls.Rings, [3, 0xFF, 1])); // announces 1,023 bytes, and says one
            await Soon.UntilAsync(() => called.Calls.Drops.Calls == 2, "both took too long");
            Assert.Empty(called.Kept);
        },
        patience: 200);

    [Fact]
    public void Who_says_a_byte_now_and_then_has_its_time_and_no_more() => OnLoop(
        async called =>
        {
            using var slow = await CallAsync(called, Tls.Rings);
            try
            {
                await slow.SendAsync(Length(Keyring.BytesMax), Cancelled);
                while (called.Calls.Drops.Calls == 0)
                {
                    await slow.SendAsync("r"u8.ToArray(), Cancelled);
                    await Task.Delay(20, Cancelled);
                }
            }
            catch (SocketException)
            {
                // Hung up on.
            }

            await Soon.UntilAsync(() => called.Calls.Drops.Calls == 1, "it is given up");
        },
        patienceInAll: 400);

    [Fact]
    public void Frames_that_can_not_be_are_hung_up_on_though_the_key_is_right() => OnLoop(async called =>
    {
        byte[] rest = [.. "ROJX"u8, 1, 1, .. new byte[8]];
        var crowd = ExchangeCodec.Write(Cluster, new ExchangeMessage.Everything([Observer.Record(2)], false));
        BinaryPrimitives.WriteUInt32BigEndian(crowd.AsSpan(ExchangeCodec.HeadLength), 1_000_000); // members that are not there
        byte[][] frames =
        [
            new byte[18], // a length of 0
            [0xFF, 0xFF, 0xFF, 0xFF, .. rest], // -1
            [0x80, 0, 0, 0, .. rest], // 2^31
            [0x80, 0, 0, 0, 0, 0, 0, 0, .. rest], // 2^63, of which a length here is the first half
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            crowd,
        ];
        foreach (var frame in frames)
            Assert.Empty(await SayAsync(called, Tls.Exchange, frame));
        await Soon.UntilAsync(() => called.Calls.Drops.Calls == frames.Length, "all are counted");
        Assert.Equal(0, called.Replies);
        Assert.NotEmpty(await SayAsync(called, Tls.Exchange, ExchangeCodec.Write(Cluster, new ExchangeMessage.Digest(1))));
    });

    private static byte[] Length(int length) => [(byte)(length >> 8), (byte)length];

    private static byte[] Framed(string text) => [.. Length(text.Length), .. Encoding.ASCII.GetBytes(text)];

    /// <summary>Says something behind the handshake; all that comes back until the other hangs up, or has answered.</summary>
    private static async Task<byte[]> SayAsync(Called called, SslApplicationProtocol protocol, byte[] bytes)
    {
        using var channel = await CallAsync(called, protocol);
        var answer = new byte[4096];
        try
        {
            await channel.SendAsync(bytes, Cancelled);
            return answer[..await channel.ReceiveAsync(answer, Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled)];
        }
        catch (SocketException)
        {
            return []; // reset, with what was sent unread
        }
    }

    private static async Task<SealedChannel> CallAsync(Called called, SslApplicationProtocol protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, called.Own.Port, Cancelled);
        var channel = await new Tls(Rings.Of(Ours), Tls.Exchange, Tls.Rings).CallAsync(socket, null, Cancelled, protocol);
        Assert.NotNull(channel);
        return channel;
    }

    private static void OnLoop(Func<Called, Task> test, int patience = 3_000, int patienceInAll = 10_000) =>
        new EventLoop().Run(async () =>
        {
            using var called = new Called(patience, patienceInAll);
            var accepting = called.Calls.AcceptAsync();
            await test(called).WaitAsync(3 * Soon.Limit);
            called.Dispose();
            await accepting;
        });

    /// <summary>A node's port between nodes, as the node itself has it.</summary>
    private sealed class Called : IDisposable
    {
        private readonly ClusterKeys keys = Rings.Of(Ours);
        private readonly KeyRotation rotation;

        public Called(int patience, int patienceInAll)
        {
            rotation = new KeyRotation(keys, Kept.Add, (_, _, _) => Task.FromResult<Keyring?>(null));
            Calls = new ExchangeCalls(Own, Cluster, _ => true, Reply, keys)
            {
                Patience = TimeSpan.FromMilliseconds(patience),
                PatienceInAll = TimeSpan.FromMilliseconds(patienceInAll),
                RingGiven = rotation.Heard,
            };
            Calls.Listen();
        }

        public Endpoint Own { get; } = Loopback.Free();

        public ExchangeCalls Calls { get; }

        public List<Keyring> Kept { get; } = [];

        public int Replies { get; private set; }

        /// <summary>The next rotation is made, and its ring can be read by others.</summary>
        public async Task RotatesAsync()
        {
            var before = keys.Current;
            Assert.Empty(await rotation.RotateAsync([], atOnce: false));
            Assert.True(keys.Current.IsNewerThan(before));
            Assert.True(Keyring.TryRead(keys.Current.Write(), out _));
        }

        public void Dispose() => Calls.Dispose();

        private ExchangeMessage.Same Reply(ExchangeMessage message)
        {
            Replies++;
            return new ExchangeMessage.Same();
        }
    }
}

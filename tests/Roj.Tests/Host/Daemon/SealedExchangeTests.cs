using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>The same port where there is a key: exchanges under TLS, and nothing else.</summary>
public sealed class SealedExchangeTests
{
    private const ulong Cluster = 7;

    private static readonly ClusterKey Ours = ClusterKey.Create();
    private static readonly ClusterKey Older = ClusterKey.Create();
    private static readonly ClusterKey Foreign = ClusterKey.Create();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Holders_of_the_key_exchange_and_others_hear_nothing() => OnLoop(async called =>
    {
        Assert.True(await IsAnsweredAsync(called, Rings.Of(Ours)));
        Assert.Equal(0, called.Calls.Drops.Untrusted);
        var (answered, drops) = await CallAsync(called, Rings.Of(Foreign));
        Assert.False(answered);
        Assert.Equal(1, drops.Untrusted); // the caller does not trust whom it called either
        await Soon.UntilAsync(() => called.Calls.Drops.Untrusted == 1, "it is counted");
        Assert.False(await IsAnsweredAsync(called, null)); // in the clear
        await Soon.UntilAsync(() => called.Calls.Drops.Untrusted == 2, "it is counted");
        Assert.Equal(1, called.Replies);
    });

    [Fact]
    public void A_node_without_a_key_answers_no_holder() => OnLoop(
        async called =>
        {
            Assert.False(await IsAnsweredAsync(called, Rings.Of(Ours)));
            Assert.True(await IsAnsweredAsync(called, null));
        },
        isOpen: true);

    [Fact]
    public void Older_keys_are_taken_until_they_are_retired() => OnLoop(async called =>
    {
        Assert.True(await IsAnsweredAsync(called, Rings.Of(Older)));
        Assert.True(await IsAnsweredAsync(called, Rings.Of(Foreign, Older), Older.Id)); // who knows what the other holds can say so
        Assert.True(called.Keys.Take(called.Keys.Current.Retire(), _ => { }));
        Assert.False(await IsAnsweredAsync(called, Rings.Of(Older)));
    });

    [Fact]
    public void A_frame_of_many_records_comes_whole() => OnLoop(async called =>
    {
        var records = Enumerable.Range(1, 4000).Select(i => Tests.Membership.Keeping.Observer.Record(i)).ToArray();
        called.Answer = new ExchangeMessage.Everything(records, false);
        ExchangeMessage? heard = null;
        using var calls = called.Caller(Rings.Of(Ours), message =>
        {
            heard = message;
            return null;
        });
        await calls.CallAsync(called.Own, () => new ExchangeMessage.Digest(1)).WaitAsync(Soon.Limit, Cancelled);
        Assert.Equal(4000, Assert.IsType<ExchangeMessage.Everything>(heard).Records.Count);
    });

    [Fact]
    public void Who_never_ends_its_handshake_is_hung_up_on() => OnLoop(
        async called =>
        {
            using var silent = await ConnectAsync(called.Own, 1);
            using var stalled = await ConnectAsync(called.Own, 2);
            await stalled.SendAsync(new byte[] { 0x16, 3, 1, 2, 0, 1 }, Cancelled);
            await Soon.UntilAsync(() => called.Calls.Drops.Calls == 2, "both took too long");
            Assert.True(silent.Poll(Soon.Limit, SelectMode.SelectRead));
            Assert.True(stalled.Poll(Soon.Limit, SelectMode.SelectRead));
        },
        patience: 200);

    [Fact]
    public void A_handshake_that_comes_a_byte_at_a_time_has_its_time_and_no_more() => OnLoop(
        async called =>
        {
            using var slow = await ConnectAsync(called.Own, 1);
            try
            {
                await slow.SendAsync(new byte[] { 0x16, 3, 1, 4, 0 }, Cancelled);
                while (called.Calls.Drops.Calls == 0)
                {
                    await slow.SendAsync(new byte[] { 1 }, Cancelled);
                    await Task.Delay(20, Cancelled);
                }
            }
            catch (SocketException)
            {
                // Hung up on.
            }

            await Soon.UntilAsync(() => called.Calls.Drops.Calls + called.Calls.Drops.Untrusted == 1, "it is given up");
        },
        patience: 300);

    [Fact]
    public void A_thousand_idle_callers_keep_no_member_out() => OnLoop(async called =>
    {
        const int Idle = 1000;
        List<Socket> idle = [];
        try
        {
            for (var i = 0; i < Idle; i++)
                idle.Add(await ConnectAsync(called.Own, 2 + (i / ExchangeCalls.CallersPerSourceMax)));
            await Soon.UntilAsync(() => called.Calls.Drops.Crowded >= Idle - ExchangeCalls.CallersMax, "all have called");
            // As many handshakes as may be were begun in this second; a member calls again in the next.
            for (var begun = Stopwatch.GetTimestamp(); !await IsAnsweredAsync(called, Rings.Of(Ours));)
                Assert.True(Stopwatch.GetElapsedTime(begun) < Soon.Limit, "a member is answered");
            Assert.True(called.Calls.Drops.Crowded > Idle - ExchangeCalls.CallersMax); // and took an idle one's place
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    });

    [Fact]
    public void Handshakes_of_one_address_are_counted_and_another_is_answered() => OnLoop(async called =>
    {
        const int Calls = 100;
        for (var i = 0; i < Calls; i++)
            (await ConnectAsync(called.Own, 9)).Dispose();
        await Soon.UntilAsync(() => called.Calls.Drops is var drops && drops.Untrusted + drops.Crowded >= Calls, "all came to nothing");
        Assert.True(called.Calls.Drops.Crowded > 0);
        Assert.True(await IsAnsweredAsync(called, Rings.Of(Ours)));
    });

    [Fact]
    public void A_leaf_for_the_swarm_does_not_open_this_door() => OnLoop(async called =>
    {
        using var leaf = Rings.Leaf(Ours);
        using var socket = await ConnectAsync(called.Own, 1);
        await using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsClientAsync(Rings.Options(leaf, "roj-swarm/1"), Cancelled);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Refused.
        }

        await Soon.UntilAsync(() => called.Calls.Drops.Untrusted == 1, "it is refused");
    });

    private static async Task<bool> IsAnsweredAsync(Called called, ClusterKeys? keys, uint? keyId = null) =>
        (await CallAsync(called, keys, keyId)).Answered;

    private static async Task<(bool Answered, Drops Drops)> CallAsync(Called called, ClusterKeys? keys, uint? keyId = null)
    {
        var answered = false;
        using var calls = called.Caller(keys, _ =>
        {
            answered = true;
            return null;
        });
        await calls.CallAsync(called.Own, () => new ExchangeMessage.Digest(1), keyId).WaitAsync(Soon.Limit, Cancelled);
        return (answered, calls.Drops);
    }

    private static async Task<Socket> ConnectAsync(Endpoint node, int from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Loopback.Of(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, node.Port, Cancelled);
        return socket;
    }

    private static void OnLoop(Func<Called, Task> test, int patience = 3_000, bool isOpen = false) => new EventLoop().Run(async () =>
    {
        using var called = new Called(isOpen, TimeSpan.FromMilliseconds(patience));
        var accepting = called.Calls.AcceptAsync();
        await test(called).WaitAsync(3 * Soon.Limit);
        called.Dispose();
        await accepting;
    });

    private sealed class Called : IDisposable
    {
        private readonly TimeSpan patience;

        public Called(bool isOpen, TimeSpan patience)
        {
            this.patience = patience;
            Calls = new ExchangeCalls(Own, Cluster, _ => true, Reply, isOpen ? null : Keys) { Patience = patience };
            Calls.Listen();
        }

        public ClusterKeys Keys { get; } = Rings.Of(Ours, Older);

        public Endpoint Own { get; } = Loopback.Free();

        public ExchangeCalls Calls { get; }

        public ExchangeMessage Answer { get; set; } = new ExchangeMessage.Same();

        public int Replies { get; private set; }

        /// <summary>Another node, that only calls.</summary>
        public ExchangeCalls Caller(ClusterKeys? keys, Func<ExchangeMessage, ExchangeMessage?> hear) =>
            new(new Endpoint(Loopback.First, 0), Cluster, _ => true, hear, keys) { Patience = patience };

        public void Dispose() => Calls.Dispose();

        private ExchangeMessage Reply(ExchangeMessage message)
        {
            Replies++;
            return Answer;
        }
    }
}

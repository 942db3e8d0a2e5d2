using System.Net;
using System.Net.Sockets;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Tests.Membership;
using Roj.Tests.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>A neighbourhood on real sockets, and whoever talks to it played by the test.</summary>
public sealed class MemberShellTests
{
    private const string Cluster = "shell";
    private const ulong Boot = 5;
    private const uint First = 0x7F4E0000; // 127.78.0.0

    private static readonly TimeSpan patience = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void A_hello_and_a_ping_are_answered() => OnLoop(async life =>
    {
        using var stranger = life.Stranger(2);
        stranger.Say(life.Hello(2, boot: 77));
        var answer = await stranger.HearAsync<Hello>(hello => hello.Kind == HelloKind.Answer);
        Assert.Equal((Finding.Id(1), Boot, 77UL), (answer.Id, answer.Boot, answer.YourBoot));

        stranger.Ping(2, sequence: 9);
        var ack = await stranger.HearAsync<SwimMessage>(message => message is SwimMessage.Ack);
        Assert.Equal((Finding.Id(1), 9u), (ack.Sender, ack.Sequence));
    });

    [Fact]
    public void Who_is_met_is_asked_for_all_that_it_knows_and_told_all_that_we_know() => OnLoop(async life =>
    {
        using var stranger = life.Stranger(2);
        stranger.Ping(2, sequence: 1);
        var told = Assert.IsType<ExchangeMessage.Everything>(await stranger.IntroduceAsync(2));
        Assert.True(told.IsLast);
        Assert.Equal([Finding.Id(1), Finding.Id(2)], told.Records.Select(record => record.Id).Order());
        await life.MeetsAsync(2);
    });

    [Fact]
    public void Who_never_answers_an_exchange_does_not_hold_up_the_next() => OnLoop(async life =>
    {
        using var silent = life.Stranger(2);
        using var other = life.Stranger(3);
        silent.Ping(2, sequence: 1);
        using var call = await silent.CalledAsync(); // taken, and nothing is said
        other.Ping(3, sequence: 1);
        await other.IntroduceAsync(3).WaitAsync(Soon.Limit / 2, TestContext.Current.CancellationToken);
        await life.MeetsAsync(3);
        Assert.Equal(1, life.Shell.Drops.Calls);
    });

    [Fact]
    public void Its_farewell_is_heard() => OnLoop(async life =>
    {
        using var stranger = life.Stranger(2);
        stranger.Ping(2, sequence: 1);
        await stranger.IntroduceAsync(2);
        await life.MeetsAsync(2);
        var leaving = life.Shell.LeaveAsync();
        await stranger.HearAsync<SwimMessage>(message =>
            message.News.Any(rumour => rumour.Id == Finding.Id(1) && rumour.State == MemberState.Left));
        await leaving.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.Contains(life.News, news => news is NodeNews.Leaving);
    });

    [Theory]
    [InlineData(Boot, true)]
    [InlineData(99, false)]
    public void A_verdict_on_two_with_one_id_ends_whom_it_names(ulong ends, bool isOurs) => OnLoop(async life =>
    {
        using var clone = life.Stranger(2);
        clone.Say(life.Hello(1, boot: 99) with { YourBoot = Boot });
        using var call = await clone.CalledAsync();
        var claim = Assert.IsType<ExchangeMessage.Claim>(await Stranger.ReadAsync(call));
        Assert.Equal((Finding.Id(1), Boot, 99UL), (claim.Id, claim.Boot, claim.YourBoot));
        await clone.WriteAsync(call, new ExchangeMessage.Verdict(99, ends, TimeSpan.FromHours(1)));
        if (isOurs)
        {
            var why = await life.Shell.Failed.Task.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
            Assert.StartsWith(
                $"another node with identity {Finding.Id(1)} runs at {clone.Own} since ",
                Assert.IsType<NodeException>(why).Message,
                StringComparison.Ordinal);
            return;
        }

        await Soon.UntilAsync(() => life.News.Any(news => news is NodeNews.Kept(MembershipEvent.CloneEnds)), "it hears that it goes on");
        Assert.False(life.Shell.Failed.Task.IsCompleted);
    });

    [Fact]
    public void Garbage_costs_no_memory() => OnLoop(life =>
    {
        var ping = new byte[SwimCodec.Length];
        SwimCodec.Write(
            SwimCodec.ClusterHash(Cluster), new SwimMessage.Ping(Finding.Id(2), 1, 1, Finding.Id(1), []), ping);
        byte[][] garbage = [[], "HTTP/1.1"u8.ToArray(), new byte[640], [.. ping[..4], 2], ping[..40]];
        var from = new Endpoint(First + 2, 9);
        Drop(1); // what the runtime makes once
        var dropped = life.Shell.Drops.Malformed;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Drop(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(dropped + (garbage.Length * 1000), life.Shell.Drops.Malformed);
        Assert.Equal(0, allocated);
        return Task.CompletedTask;

        void Drop(int times)
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var datagram in garbage)
                    life.Shell.Receive(from, datagram);
            }
        }
    });

    private static void OnLoop(Func<Life, Task> test)
    {
        var loop = new EventLoop();
        loop.Run(async () =>
        {
            using var life = new Life(loop);
            await test(life).WaitAsync(3 * Soon.Limit);
        });
    }

    /// <summary>Node 1, which looks for nobody.</summary>
    private sealed class Life : IDisposable
    {
        private readonly Endpoint own = new(First + 1, FreePort());

        public Life(EventLoop loop)
        {
            var subnet = new Subnet(own.Address, 8);
            var finding = new FinderSettings
            {
                Cluster = Cluster,
                Id = Finding.Id(1),
                Boot = Boot,
                Own = own,
                Subnets = [subnet],
                Broadcast = false,
                Sweep = false,
            };
            var keeping = new KeeperSettings { Id = finding.Id, Own = own, Incarnation = 1 };
            var neighbourhood = new Neighbourhood(finding, keeping, Observer.Profile(1), default, new Rng(1));
            Shell = new MemberShell(loop, neighbourhood, Cluster, null, News.Add, patience);
            Shell.Listen([subnet]);
            Shell.Start([], []);
        }

        public MemberShell Shell { get; }

        public List<NodeNews> News { get; } = [];

        public Stranger Stranger(int number) => new(new Endpoint(First + (uint)number, own.Port), own, Cluster);

        public Hello Hello(int number, ulong boot) => new(HelloKind.Ask, Cluster, Finding.Id(number), boot, 0, own.Port, 0, [], []);

        public Task MeetsAsync(int number) => Soon.UntilAsync(
            () => News.Any(news => news is NodeNews.Kept(MembershipEvent.Changed({ State: MemberState.Alive } member, _))
                && member.Id == Finding.Id(number)),
            $"node {number} is a member");

        public void Dispose() => Shell.Dispose();

        private static ushort FreePort()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Membership.Wire;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>A hundred thousand datagrams a second, from many places, are no reason to grow, or to lose a member for good.</summary>
public sealed class DatagramFloodTests
{
    private const string Cluster = "flooded";
    private const int Datagrams = 2 * Crowd.PerSecond;
    private const int GrowthMax = 10 << 10; // KiB
    private const uint Flooded = 0x7F4F0001; // 127.79.0.1
    private const uint Other = 0x7F4F0002;

    [Fact]
    public void Who_always_has_one_more_waiting_does_not_keep_the_loop_to_itself() => new EventLoop().Run(async () =>
    {
        const int Waiting = 150;
        var own = new Endpoint(Flooded, FreePort());
        var heard = 0;
        using var socket = DatagramSocket.Bind(own, [], 100, (_, _) => heard++, _ => { });
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < Waiting; i++)
            stranger.SendTo([1], own.ToSystem());
        var receiving = socket.ReceiveAsync();
        Assert.InRange(heard, 1, 64);
        await Soon.UntilAsync(() => heard == Waiting, "the rest comes in later turns");
        Assert.False(receiving.IsCompleted);
    });

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_process_under_a_flood_grows_by_10_MiB_at_most_and_is_a_member_after_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc, and sends from many loopback addresses");
        using var folder = new ScratchFolder();
        var port = FreePort();
        using var flooded = Start(folder.At("flooded"), port);
        try
        {
            using var other = new RunningNode(new NodeOptions
            {
                DataPath = folder.At("other"),
                Address = Other,
                Port = port,
                Broadcast = false,
                Sweep = false,
                Cluster = Cluster,
                Join = [new Endpoint(Flooded, 0)],
            });
            await Soon.UntilAsync(() => other.Count(Is(MemberState.Alive)) == 1, "they are members");
            var text = await File.ReadAllTextAsync(folder.At("flooded/id"), TestContext.Current.CancellationToken);
            Assert.True(NodeId.TryParse(text.Trim(), out var id));
            using var sources = new Crowd(new Endpoint(Flooded, port), Babble(id));
            await sources.FloodAsync(Datagrams); // once: code is made, tables fill, and the collector finds its pace
            var before = ResidentKiB(flooded);
            var begun = Stopwatch.GetTimestamp();
            await sources.FloodAsync(Datagrams);
            var took = Stopwatch.GetElapsedTime(begun);
            var growth = ResidentKiB(flooded) - before;
            TestContext.Current.SendDiagnosticMessage($"{Datagrams / took.TotalSeconds:N0} a second; {growth} KiB more than {before}");
            Assert.InRange(growth, int.MinValue, GrowthMax);
            // The only other member may not have heard it for seconds, with so much before its answers: then it refutes.
            await Soon.UntilAsync(() => Is(MemberState.Alive)(other.News.Last(Is(null))), "it is a member");
            Assert.Equal(0, other.Count(Is(MemberState.Left)));
            Assert.False(flooded.HasExited);
        }
        finally
        {
            flooded.Kill();
        }
    }

    private static Func<NodeNews, bool> Is(MemberState? state) =>
        news => news is NodeNews.Kept(MembershipEvent.Changed({ } member, _))
            && member.State == (state ?? member.State) && member.Node.Address == Flooded;

    private static Process Start(string dataPath, ushort port)
    {
        var process = RojRun.Start(
            null, "node", "--data-dir", dataPath, "--address", Endpoint.AddressText(Flooded), "--port", $"{port}",
            "--http-port", $"{FreePort()}", "--cluster", Cluster, "--no-broadcast", "--no-sweep");
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static int ResidentKiB(Process process) => int.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2],
        CultureInfo.InvariantCulture);

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static Func<int, Span<byte>, int> Babble(NodeId flooded)
    {
        var rng = new Rng(1);
        return (number, buffer) =>
        {
            var id = new NodeId(new UInt128(rng.NextUInt64(), rng.NextUInt64()));
            switch (number % 3)
            {
                case 0:
                    return HelloCodec.Write(new Hello(HelloKind.Ask, Cluster, id, rng.NextUInt64() | 1, 0, 7071, 0, [], []), buffer);
                case 1:
                    return SwimCodec.Write(SwimCodec.ClusterHash(Cluster), new SwimMessage.Ping(id, 1, (uint)number, flooded, []), buffer);
                default:
                    var length = rng.Next(700);
                    rng.Fill(buffer[..length]);
                    return length;
            }
        };
    }
}

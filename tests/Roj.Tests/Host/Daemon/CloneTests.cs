using System.Net;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Kernel;
using Roj.Membership;
using Roj.Membership.Keeping;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Real nodes on the loopback whose data directories are copies of one.</summary>
public sealed class CloneTests
{
    private static readonly string id = new NodeId(0xC10E).ToString();

    private readonly ushort port = FreePort();

    [Fact]
    public async Task The_one_that_booted_later_stops_and_names_the_other_each_time()
    {
        using var folder = new ScratchFolder();
        using var first = Start(folder, 1);
        await first.ListeningAsync();
        for (var times = 0; times < 2; times++)
        {
            using var clone = Start(folder, 2);
            var end = await clone.EndAsync();
            Assert.StartsWith(
                $"another node with identity {id} runs at 127.0.0.1:{port} since 20", end!.Message, StringComparison.Ordinal);
            Assert.EndsWith($": this one stops; delete {folder.At("2/id")} to make it a new node", end.Message, StringComparison.Ordinal);
            Assert.False(end.IsWrongUse);
            Assert.Equal(id + "\n", File.ReadAllText(folder.At("2/id")));
        }

        Assert.True(first.IsRunning);
        Assert.Equal(2, first.Count(news => news is NodeNews.Kept(MembershipEvent.CloneEnds)));
    }

    [Fact]
    public async Task Of_three_that_start_at_once_one_is_left()
    {
        using var folder = new ScratchFolder();
        var clones = Enumerable.Range(1, 3).Select(number => Start(folder, number)).ToArray();
        try
        {
            await Soon.UntilAsync(() => clones.Count(clone => clone.IsRunning) == 1, "two of them stop");
            var survivor = clones.Single(clone => clone.IsRunning);
            await Task.Delay(500, TestContext.Current.CancellationToken); // it has nobody left to lose to
            Assert.True(survivor.IsRunning);
        }
        finally
        {
            Array.ForEach(clones, clone => clone.Dispose());
        }
    }

    [Fact]
    public async Task A_node_that_is_started_again_at_once_is_no_clone()
    {
        using var folder = new ScratchFolder();
        using var other = Start(folder, 1, "0000000000000000000000000000002a");
        for (var times = 0; times < 3; times++)
        {
            using var node = Start(folder, 2);
            await Soon.UntilAsync(() => node.Count(IsAlive) > 0, "they see each other");
        }

        Assert.Equal(0, other.Count(news => news is NodeNews.Found(FindingEvent.IdentityClash)));
        Assert.True(other.IsRunning);
    }

    [Fact]
    public async Task The_program_ends_with_1()
    {
        using var folder = new ScratchFolder();
        using var first = Start(folder, 1);
        await first.ListeningAsync();
        Give(folder, 2, id);
        var run = await RojRun.OfAsync(
            null, "node", "--data-dir", folder.At("2"), "--address", "127.0.0.2", "--port", $"{port}", "--http-port", $"{FreePort()}",
            "--no-broadcast", "--no-sweep", "--join", "127.0.0.1");
        Assert.Equal(1, run.Exit);
        Assert.Matches($"(?m)^roj: another node with identity {id} runs at 127\\.0\\.0\\.1:{port} since .*", run.Error);
    }

    private static bool IsAlive(NodeNews news) => news is NodeNews.Kept(MembershipEvent.Changed({ State: MemberState.Alive }, _));

    private RunningNode Start(ScratchFolder folder, int number, string? identity = null)
    {
        Give(folder, number, identity ?? id);
        return new RunningNode(new NodeOptions
        {
            DataPath = folder.At($"{number}"),
            Address = 0x7F000000u + (uint)number,
            Port = port,
            Broadcast = false,
            Sweep = false,
            Join = [.. Enumerable.Range(1, 3).Select(other => new Endpoint(0x7F000000u + (uint)other, 0))],
        });
    }

    private static void Give(ScratchFolder folder, int number, string identity)
    {
        Directory.CreateDirectory(folder.At($"{number}"));
        File.WriteAllText(folder.At($"{number}/id"), identity + "\n");
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

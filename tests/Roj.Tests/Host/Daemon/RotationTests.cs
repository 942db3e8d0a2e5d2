using System.Net;
using System.Net.Sockets;
using Roj.Host.Daemon;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>The key of a running cluster is changed: real nodes on the loopback, and nobody is lost.</summary>
public sealed class RotationTests : IDisposable
{
    private const uint First = 0x7F510001; // 127.81.0.1

    private readonly ScratchFolder folder = new();
    private readonly ushort port = FreePort();
    private readonly ClusterKey key = ClusterKey.Create();
    private readonly List<Keyed> nodes = [];

    public RotationTests() => KeyFile.Create(folder.At("key"), key);

    public void Dispose()
    {
        nodes.ForEach(node => node.Dispose());
        folder.Dispose();
    }

    [Fact]
    public async Task All_change_and_who_was_away_is_told_when_it_is_back()
    {
        foreach (var number in (uint[])[0, 1, 2])
            Begin(number);
        await Soon.UntilAsync(() => nodes.All(node => node.Alive == 2), "all see all");
        nodes[2].Dispose();
        nodes.RemoveAt(2);
        await Soon.UntilAsync(() => nodes.All(node => node.Left == 1), "one has left");

        var rotated = await nodes[0].Shell.RotateAsync(atOnce: false);
        Assert.Equal((1ul, 1), (rotated.Version, rotated.Told));
        Assert.Empty(rotated.Missed);
        Assert.NotEqual($"{key.Id:x8}", rotated.Key);
        Assert.Equal([$"{rotated.Key} {key.Id:x8}", $"{rotated.Key} {key.Id:x8}"], nodes.Select(node => node.Words));
        Assert.Equal(rotated.Key, $"{KeyStore.Spoken(folder.At("1")).Id:x8}"); // on disk

        Begin(2); // with the old key in its file
        await Soon.UntilAsync(() => nodes[2].Alive == 2 && nodes[2].Words == nodes[0].Words, "it is back, and has the new key");
        Assert.All(nodes, node => Assert.Equal(0, node.Dead));
    }

    [Fact]
    public async Task At_once_the_old_key_is_worth_nothing()
    {
        foreach (var number in (uint[])[0, 1])
            Begin(number);
        await Soon.UntilAsync(() => nodes.All(node => node.Alive == 1), "all see all");
        var rotated = await nodes[1].Shell.RotateAsync(atOnce: true);
        Assert.Equal([rotated.Key, rotated.Key], nodes.Select(node => node.Words));
        Begin(2);
        await Soon.UntilAsync(() => nodes[0].Refused > 2, "it was refused more than once");
        Assert.Equal(0, nodes[2].Alive);
        nodes[2].Dispose();
        nodes.RemoveAt(2);

        File.Delete(folder.At("key"));
        KeyFile.Create(folder.At("key"), KeyStore.Spoken(folder.At("0"))); // by hand
        Begin(2);
        await Soon.UntilAsync(() => nodes[2].Alive == 2, "it is in");
        Assert.All(nodes, node => Assert.Equal(0, node.Dead));
    }

    private void Begin(uint number) => nodes.Add(new Keyed(new NodeOptions
    {
        DataPath = folder.At($"{number}"),
        Name = $"n{number}",
        Address = First + number,
        Port = port,
        SwarmPort = (ushort)(port + 1),
        Broadcast = false,
        Sweep = false,
        Join = [new Endpoint(First, 0), new Endpoint(First + 1, 0)],
        KeyPath = folder.At("key"),
    }));

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)(((IPEndPoint)socket.LocalEndPoint!).Port & ~1); // the next is the swarm's
    }

    private sealed class Keyed : IDisposable
    {
        private readonly RunningNode node;
        private readonly TaskCompletionSource<MemberShell> shell = new();

        public Keyed(NodeOptions options) => node = new RunningNode(options, job => job.Serve = (its, _) =>
        {
            shell.TrySetResult(its);
            return Task.FromResult<IAsyncDisposable>(new MemoryStream());
        });

        public MemberShell Shell => shell.Task.Result;

        /// <summary>Its keys, by name.</summary>
        public string Words => string.Join(' ', KeyView.Of(Shell.Keys!.Current).Keys);

        /// <summary>How many datagrams no key of its opened.</summary>
        public long Refused => Shell.AskAsync((_, _) => Shell.Drops).Result.Sealed.Foreign;

        public int Alive => Now(MemberState.Alive);

        public int Left => Now(MemberState.Left);

        /// <summary>How often anybody was called dead.</summary>
        public int Dead => node.Count(news => news is NodeNews.Kept(MembershipEvent.Changed({ State: MemberState.Dead }, _)));

        public void Dispose() => node.Dispose();

        private int Now(MemberState state) => node.News.OfType<NodeNews.Kept>().Select(kept => kept.What).OfType<MembershipEvent.Changed>()
            .GroupBy(changed => changed.Member.Id).Count(all => all.Last().Member.State == state);
    }
}

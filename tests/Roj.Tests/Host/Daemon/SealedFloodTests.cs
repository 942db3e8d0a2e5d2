using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;
using Roj.Membership.Wire;
using Roj.Tests.Cli;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>With a key, a hundred thousand datagrams a second from strangers, and recordings of friends, cost nobody his
/// membership.</summary>
public sealed class SealedFloodTests
{
    private const int Nodes = 3;
    private const int GrowthMax = 16 << 10; // KiB
    private const uint First = 0x7F500001; // 127.80.0.1: the one that is flooded

    private static readonly TimeSpan FloodTime = TimeSpan.FromSeconds(10);

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Members_stay_members_while_one_of_them_is_flooded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc, and sends from many loopback addresses");
        using var folder = new ScratchFolder();
        var key = ClusterKey.Create();
        KeyFile.Create(folder.At("key"), key);
        var port = FreePort();
        using var cluster = new Cluster(folder, port);
        await Soon.UntilAsync(() => cluster.Said("\"state\":\"alive\"") >= Nodes * (Nodes - 1), "all see all");
        using var sources = new Crowd(new Endpoint(First, port), await SpeakAsync(key, port));
        await sources.FloodAsync(Crowd.PerSecond); // once: code is made, tables fill, and the collector finds its pace
        var before = cluster.ResidentKiB;
        var begun = Stopwatch.GetTimestamp();
        await sources.FloodAsync((int)(Crowd.PerSecond * FloodTime.TotalSeconds));
        var (took, growth) = (Stopwatch.GetElapsedTime(begun), cluster.ResidentKiB - before);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken); // what it did would show by now
        TestContext.Current.SendDiagnosticMessage(
            $"{Crowd.PerSecond * FloodTime.TotalSeconds / took.TotalSeconds:N0} a second; {growth} KiB more than {before}; "
            + $"suspected {cluster.Said("\"state\":\"suspect\"")} times");
        Assert.Equal(0, cluster.Said("\"state\":\"dead\""));
        Assert.Equal(0, cluster.Said("\"state\":\"left\""));
        Assert.InRange(growth, int.MinValue, GrowthMax);
        Assert.Equal(Nodes, cluster.Running);
    }

    /// <summary>What an attacker can send who hears all: the headers of strangers, garbage, hellos without a key, what a member said, and
    /// what somebody with the key said to nobody.</summary>
    private static async Task<Func<int, Span<byte>, int>> SpeakAsync(ClusterKey key, ushort port)
    {
        var rng = new Rng(1);
        var (met, toNobody) = await RecordAsync(key, port);
        var hello = new byte[HelloCodec.Length];
        HelloCodec.Write(new Hello(HelloKind.Ask, "roj", new NodeId(7), 9, 0, 7071, 0, [], []), hello);
        return (number, buffer) =>
        {
            switch (number % 5)
            {
                case 0:
                    return Copy(met, buffer);
                case 1:
                    return Copy(toNobody, buffer);
                case 2:
                    return Copy(hello, buffer);
                case 3:
                    rng.Fill(buffer[..300]);
                    new SealHeader(key.Id, rng.NextUInt64(), rng.NextUInt64() | 1, 1).Write(buffer);
                    return 300;
                default:
                    var length = rng.Next(700);
                    rng.Fill(buffer[..length]);
                    return length;
            }
        };
    }

    private static int Copy(ReadOnlySpan<byte> datagram, Span<byte> buffer)
    {
        datagram.CopyTo(buffer);
        return datagram.Length;
    }

    /// <summary>Somebody with the key meets the node, and says something that it takes once.</summary>
    private static async Task<(byte[] Met, byte[] ToNobody)> RecordAsync(ClusterKey key, ushort port)
    {
        var flooded = new Endpoint(First, port);
        using var seal = new Seal(new ClusterKeys(Keyring.Of([key])), 77);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new Endpoint(0x7F580001, port).ToSystem());
        var toNobody = Sealed(seal, flooded);
        await socket.SendToAsync(toNobody, flooded.ToSystem());
        var answer = new byte[2048];
        var length = await socket.ReceiveAsync(answer).WaitAsync(Soon.Limit);
        Assert.Equal(SealVerdict.Fresh, seal.Open(default, flooded, answer.AsSpan(0, length), new byte[2048], out _));
        var met = Sealed(seal, flooded);
        await socket.SendToAsync(met, flooded.ToSystem());
        return (met, toNobody);
    }

    private static byte[] Sealed(Seal seal, Endpoint to)
    {
        var datagram = new byte[100 + Seal.Overhead];
        seal.Write(to, new byte[100], datagram);
        return datagram;
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Three nodes, each a process, and all that they say.</summary>
    private sealed class Cluster : IDisposable
    {
        private readonly ConcurrentQueue<string> lines = [];
        private readonly List<Process> nodes = [];

        public Cluster(ScratchFolder folder, ushort port)
        {
            for (var i = 0u; i < Nodes; i++)
            {
                var start = RojRun.Plan(
                    null, "node", "--data-dir", folder.At($"{i}"), "--address", Endpoint.AddressText(First + i), "--port", $"{port}",
                    "--http-port", $"{FreePort()}", "--swarm-port", $"{FreePort()}", "--join", Endpoint.AddressText(First),
                    "--no-broadcast", "--no-sweep", "--key-file", folder.At("key"), "--output", "json");
                start.Environment["DOTNET_GCgen0size"] = "0x100000"; // as the native program has it
                var process = Process.Start(start)!;
                nodes.Add(process);
                process.OutputDataReceived += (_, said) => lines.Enqueue(said.Data ?? "");
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }
        }

        public int Running => nodes.Count(node => !node.HasExited);

        public int ResidentKiB => int.Parse(
            File.ReadLines($"/proc/{nodes[0].Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..^2],
            CultureInfo.InvariantCulture);

        public int Said(string what) => lines.Count(line => line.Contains(what, StringComparison.Ordinal));

        public void Dispose()
        {
            nodes.ForEach(node => node.Kill());
            nodes.ForEach(node => node.Dispose());
        }
    }
}

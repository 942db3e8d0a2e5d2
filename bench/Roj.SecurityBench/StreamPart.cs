using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roj.EndToEnd;
using Roj.Host.Net;
using Roj.Host.Security;

namespace Roj.SecurityBench;

/// <summary>One connection over the loopback, both of its ends in this process: what the peers of a swarm send and receive by, with their
/// buffers, and no disk or swarm around it.</summary>
internal static class StreamPart
{
    private const long MiB = 1024 * 1024;
    private const int SendBytes = 64 * 1024; // a peer's send buffer
    private const int ReceiveBytes = 256 * 1024; // a block of a part of the swarm bench
    private const int UnsentBytesMax = 128 * 1024; // a peer's too
    private const int ShakesMax = 300;
    private const double Giga = 1e9;

    /// <summary>Measures with and without a key in turns.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(Options options)
    {
        var keys = new ClusterKeys(Keyring.Of([ClusterKey.Create()]));
        var (bytes, shakes) = options.IsQuick ? (256 * MiB, ShakesMax / 3) : (1024 * MiB, ShakesMax);
        await StreamAsync(null, 64 * MiB).ConfigureAwait(false); // what is compiled at first is not measured
        await StreamAsync(keys, 64 * MiB).ConfigureAwait(false);
        await ConnectAsync(null, shakes).ConfigureAwait(false);
        await ConnectAsync(keys, shakes).ConfigureAwait(false);
        List<(TimeSpan Took, TimeSpan Cpu)> plain = [], keyed = [];
        List<TimeSpan> plainCalls = [], keyedCalls = [];
        for (var turn = 0; turn < options.Repeat; turn++)
        {
            plain.Add(await StreamAsync(null, bytes).ConfigureAwait(false));
            keyed.Add(await StreamAsync(keys, bytes).ConfigureAwait(false));
            plainCalls.Add(await ConnectAsync(null, shakes).ConfigureAwait(false));
            keyedCalls.Add(await ConnectAsync(keys, shakes).ConfigureAwait(false));
        }

        var giga = bytes / Giga;
        return
        [
            new Figure(
                "one stream: processor of both ends, s per GB", Median(plain, run => run.Cpu) / giga, Median(keyed, run => run.Cpu) / giga),
            new Figure("one stream: GB/s", giga / Median(plain, run => run.Took), giga / Median(keyed, run => run.Took)),
            new Figure(
                "a connection and its handshake: processor of both ends, ms",
                1000 * Median(plainCalls, cpu => cpu),
                1000 * Median(keyedCalls, cpu => cpu)),
        ];
    }

    private static double Median<T>(IEnumerable<T> runs, Func<T, TimeSpan> value) =>
        MembershipBench.Rank.Of(runs.Select(value), 50);

    private static async Task<(TimeSpan Took, TimeSpan Cpu)> StreamAsync(ClusterKeys? keys, long bytes)
    {
        using var listener = Listen();
        var (caller, called) = await PairAsync(listener, keys).ConfigureAwait(false);
        using (caller)
        using (called)
        {
            LinuxSocket.BoundUnsent(caller.Socket, UnsentBytesMax);
            var (begun, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var sending = Task.Run(async () =>
            {
                var buffer = new byte[SendBytes];
                for (long sent = 0; sent < bytes; sent += buffer.Length)
                    await caller.SendAsync(buffer).ConfigureAwait(false);
            });
            await Task.Run(() => ReceiveAsync(called, bytes)).ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            return (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - cpu);
        }
    }

    private static async Task ReceiveAsync(Channel channel, long bytes)
    {
        var buffer = new byte[ReceiveBytes];
        var held = 0;
        for (long all = 0; all < bytes;)
        {
            var received = await channel.ReceiveAsync(buffer.AsMemory(held)).ConfigureAwait(false);
            if (received == 0)
                throw new LabException("the stream ended early");
            all += received;
            held = (held + received) % buffer.Length;
        }
    }

    /// <summary>The processor time of one connection, of many made one after another.</summary>
    private static async Task<TimeSpan> ConnectAsync(ClusterKeys? keys, int times)
    {
        using var listener = Listen();
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++)
        {
            var (caller, called) = await PairAsync(listener, keys).ConfigureAwait(false);
            caller.Dispose();
            called.Dispose();
        }

        return (Environment.CpuUsage.TotalTime - cpu) / times;
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<(Channel Caller, Channel Called)> PairAsync(Socket listener, ClusterKeys? keys)
    {
        var calling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var accepting = listener.AcceptAsync();
        await calling.ConnectAsync(listener.LocalEndPoint!).ConfigureAwait(false);
        var answering = await accepting.ConfigureAwait(false);
        answering.NoDelay = true;
        if (keys is null)
            return (new PlainChannel(calling), new PlainChannel(answering));
        var tls = new Tls(keys, Tls.Swarm);
        var called = tls.AnswerAsync(answering, CancellationToken.None);
        var caller = await tls.CallAsync(calling, keyId: null, CancellationToken.None).ConfigureAwait(false);
        return caller is null || await called.ConfigureAwait(false) is not { } answered
            ? throw new LabException("no handshake")
            : (caller, answered);
    }
}

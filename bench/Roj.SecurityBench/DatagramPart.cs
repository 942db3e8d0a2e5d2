using System.Diagnostics;
using Roj.EndToEnd;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Sealing;

namespace Roj.SecurityBench;

/// <summary>Datagrams sealed and opened, on one core.</summary>
internal static class DatagramPart
{
    private const int SaidBytes = 256;
    private const int BatchCount = 1000;

    private static readonly TimeSpan Each = TimeSpan.FromSeconds(1);

    /// <summary>Measures; without a key there is nothing to do.</summary>
    public static IReadOnlyList<Figure> Run(Options options)
    {
        Measure(); // what is compiled at first is not measured
        var perSecond = Enumerable.Range(0, options.Repeat).Select(_ => Measure()).Order().ElementAt(options.Repeat / 2);
        return
        [
            new Figure($"datagrams of {SaidBytes} bytes sealed and opened, per second of a core", null, perSecond),
            new Figure("bytes of such a datagram", SaidBytes, SaidBytes + Seal.Overhead),
        ];
    }

    private static double Measure()
    {
        var ring = Keyring.Of([ClusterKey.Create()]);
        using var one = new Seal(new ClusterKeys(ring), 1);
        using var other = new Seal(new ClusterKeys(ring), 2);
        var (here, there) = (new Endpoint(0x7f000001, 1), new Endpoint(0x7f000001, 2));
        var said = new byte[SaidBytes];
        var (outgoing, opened) = (new byte[SaidBytes + Seal.Overhead], new byte[SaidBytes + Seal.Overhead]);
        SealVerdict Pass(Seal from, Endpoint fromAt, Seal to, Endpoint toAt) =>
            to.Open(Instant.Zero, fromAt, outgoing.AsSpan(0, from.Write(toAt, said, outgoing)), opened, out _);

        // A stranger to begin with, who is told the other's session.
        if (Pass(one, here, other, there) is not SealVerdict.Stranger)
            throw new LabException("a datagram was believed before its sender was met");
        var introduction = new byte[Seal.Overhead];
        other.Introduce(outgoing, introduction);
        one.Open(Instant.Zero, there, introduction, opened, out _);

        var (begun, cpu, passed) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0);
        for (; Stopwatch.GetElapsedTime(begun) < Each; passed += BatchCount)
        {
            for (var i = 0; i < BatchCount; i++)
            {
                if (Pass(one, here, other, there) is not SealVerdict.Fresh)
                    throw new LabException("a datagram did not arrive");
            }
        }

        return passed / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
    }
}

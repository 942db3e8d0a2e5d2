using System.Diagnostics;
using Xunit;

namespace Roj.Simulation.Tests;

/// <summary>Figures for people, not judgements: run them with <c>-explicit only</c>.</summary>
public sealed class SpeedTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void Ping_pong()
    {
        for (var round = 0; round < 3; round++)
        {
            var lab = new Lab(1, 10);
            foreach (var probe in lab.Probes)
                probe.Hearing = (from, payload) => { probe.Datagrams.Clear(); probe.Send(Probe.Port, from, payload.Span); };
            foreach (var probe in lab.Probes[1..])
                probe.Send(lab.A, new byte[64]);
            var watch = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            lab.RunFor(40);
            Report("ping-pong", lab.World, watch, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    /// <summary>Every machine sends 1 MiB to the next one: a thousand seeds of 3 to 20.</summary>
    [Fact(Explicit = true)]
    public void A_thousand_seeds()
    {
        var block = Lab.RandomBytes(1 << 20);
        var watch = Stopwatch.StartNew();
        var (events, bytes) = (0L, 0L);
        for (var seed = 1UL; seed <= 1000; seed++)
        {
            var lab = new Lab(seed, 3 + (int)(seed % 18));
            for (var i = 0; i < lab.Probes.Length; i++)
                lab.Probes[i].Connect(lab.Probes[(i + 1) % lab.Probes.Length].Endpoint);
            lab.RunFor(1);
            foreach (var probe in lab.Probes)
                probe.Connected[0].Write(block);
            lab.RunFor(10);
            events += lab.World.Events;
            bytes += lab.Network.Counts.StreamBytes;
            Assert.All(lab.Probes, one => Assert.Equal(block.Length, one.Bytes.Count));
        }

        output.WriteLine($"1000 seeds: {watch.Elapsed.TotalSeconds:F1} s, {events} events, {bytes >> 20} MiB");
    }

    private void Report(string what, World world, Stopwatch watch, long allocated) =>
        output.WriteLine(
            $"{what}: {world.Events} events in {watch.ElapsedMilliseconds} ms: {world.Events / watch.Elapsed.TotalSeconds / 1e6:F2} M/s, "
            + $"{(double)allocated / world.Events:F1} B/event");
}

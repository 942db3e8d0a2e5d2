using Roj.Kernel;
using Roj.Simulation.Faults;
using Roj.Simulation.Network;
using Xunit;

namespace Roj.Simulation.Tests;

/// <summary>What a stream promises must hold under every mixture of faults: a prefix of what was written, and the same end for both
/// ends.</summary>
public sealed class StreamStormTests
{
    private const int Seeds = 60;
    private static readonly byte[] Text = Lab.RandomBytes(1 << 20);

    [Fact]
    public void Streams_deliver_a_prefix_always_and_everything_if_they_live()
    {
        var (whole, ended) = (0, 0);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var storm = new Storm(seed);
            storm.Run();
            whole += storm.Whole;
            ended += storm.Ended;
        }

        // Both fates must have been seen, or the storm was none.
        Assert.InRange(whole, Seeds, int.MaxValue);
        Assert.InRange(ended, Seeds, int.MaxValue);
    }

    private sealed class Storm(ulong seed)
    {
        private readonly Lab lab = new(seed, 5);
        private readonly List<SimStream> ends = [];

        internal int Whole { get; private set; }

        internal int Ended { get; private set; }

        internal void Run()
        {
            foreach (var probe in lab.Probes)
            {
                Begin(probe);
                probe.Starting = Begin;
                probe.Reading = Check;
            }

            var until = Instant.Zero + TimeSpan.FromSeconds(90);
            FaultClass[] classes = [.. FaultProfile.Survivable.Where(one => one is not FaultClass.AddressChange)];
            new Nemesis(lab.World, FaultProfile.Of(until, TimeSpan.FromSeconds(20), classes)).Start();
            lab.World.Run(until + TimeSpan.FromSeconds(120));
            Judge();
        }

        private void Begin(Probe probe)
        {
            foreach (var other in lab.Probes)
                ends.Add(probe.Connect(other.Endpoint, new Count()));
            Feed(probe);
        }

        /// <summary>Writes a little now and then on each stream, until there is no more text.</summary>
        private void Feed(Probe probe) => probe.After(TimeSpan.FromMilliseconds(500), () =>
        {
            foreach (var stream in probe.Connected.Concat(probe.Accepted).Where(one => one.IsOpen))
            {
                var count = CountOf(stream);
                var some = Math.Min(probe.Rng.Next(20_000), Text.Length - count.Written);
                if (stream.Write(Text.AsSpan(count.Written, some)))
                    count.Written += some;
            }

            if (lab.World.Now.SinceZero < TimeSpan.FromSeconds(150))
                Feed(probe);
        });

        private static Count CountOf(SimStream stream)
        {
            stream.Token ??= new Count();
            return (Count)stream.Token;
        }

        private static void Check(SimStream stream, ReadOnlyMemory<byte> bytes)
        {
            var count = CountOf(stream);
            Assert.True(bytes.Span.SequenceEqual(Text.AsSpan(count.Read, bytes.Length)));
            count.Read += bytes.Length;
        }

        private void Judge()
        {
            foreach (var client in ends.Where(one => one.IsOpen || one.End is not StreamEnd.Refused))
            {
                var server = lab.Probes.SelectMany(one => one.Accepted)
                    .SingleOrDefault(one => one.Local == client.Remote && one.Remote == client.Local);
                if (server is null)
                {
                    Assert.NotEqual(StreamEnd.None, client.End);
                    continue;
                }

                Assert.Equal(client.IsOpen, server.IsOpen);
                if (client.IsOpen)
                {
                    Assert.Equal(CountOf(client).Written, CountOf(server).Read);
                    Assert.Equal(CountOf(server).Written, CountOf(client).Read);
                    Whole++;
                }
                else
                {
                    Ended++;
                }
            }
        }

        private sealed class Count
        {
            internal int Written { get; set; }

            internal int Read { get; set; }
        }
    }
}
